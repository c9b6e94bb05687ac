// Codes of countries and currencies, and account numbers. Which codes there are comes from ICU.
#include <unicode/locid.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>
#include <unicode/unistr.h>

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "runtime/types/digits.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

// Upper case, ends trimmed, inner blanks, dots and hyphens as one blank.
std::string country_key(const Text& text) {
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data, static_cast<int32_t>(text.size)));
  wide.trim().toUpper(icu::Locale::getRoot());
  std::string upper, key;
  wide.toUTF8String(upper);
  bool blank = false;
  for (const char c : upper) {
    if (c == ' ' || c == '.' || c == '-' || c == '\t') {
      blank = !key.empty();
      continue;
    }
    if (blank) key += ' ';
    blank = false;
    key += c;
  }
  return key;
}

// Two-letter codes by every spelling: the code, the three-letter code, the English name.
const std::unordered_map<std::string, std::string>& countries() {
  static const auto* const all = [] {
    auto* map = new std::unordered_map<std::string, std::string>();
    for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
      const icu::Locale place("", *code);
      map->emplace(*code, *code);
      if (*place.getISO3Country() != '\0') map->emplace(place.getISO3Country(), *code);
      icu::UnicodeString shown;
      std::string name;
      place.getDisplayCountry(icu::Locale::getEnglish(), shown).toUTF8String(name);
      map->emplace(country_key({name.data(), name.size()}), *code);
    }
    static constexpr std::pair<const char*, const char*> kUsual[] = {{"USA", "US"},
                                                                     {"UNITED STATES OF AMERICA", "US"},
                                                                     {"U S A", "US"},
                                                                     {"U S", "US"},
                                                                     {"UK", "GB"},
                                                                     {"GREAT BRITAIN", "GB"},
                                                                     {"THE NETHERLANDS", "NL"},
                                                                     {"HOLLAND", "NL"},
                                                                     {"CZECH REPUBLIC", "CZ"},
                                                                     {"SOUTH KOREA", "KR"},
                                                                     {"RUSSIAN FEDERATION", "RU"},
                                                                     {"IVORY COAST", "CI"},
                                                                     {"TURKEY", "TR"},
                                                                     {"VIET NAM", "VN"}};
    for (const auto& [name, code] : kUsual) map->emplace(name, code);
    return map;
  }();
  return *all;
}

const std::unordered_set<std::string>& currencies() {
  static const auto* const all = [] {
    auto* set = new std::unordered_set<std::string>();
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration* const list = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &status);
    int32_t size = 0;
    while (list != nullptr) {
      const char* const code = uenum_next(list, &size, &status);
      if (code == nullptr || U_FAILURE(status)) break;
      set->emplace(code, static_cast<size_t>(size));
    }
    uenum_close(list);
    return set;
  }();
  return *all;
}

// Lengths of account numbers by country, from the register of their format.
constexpr std::string_view kIbanLengths =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL"
    "23IQ23IS26IT27JO30KW30KZ20"
    "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25SV28TL23TN24TR"
    "26UA29VA22VG24XK20";

size_t iban_length(std::string_view country) {
  for (size_t at = 0; at < kIbanLengths.size(); at += 4) {
    if (kIbanLengths.substr(at, 2) == country) return static_cast<size_t>((kIbanLengths[at + 2] - '0') * 10 + (kIbanLengths[at + 3] - '0'));
  }
  return 0;
}

}  // namespace

MIG_FUNCTION(parse_country)(Context& context, Text& result, const Text& text) {
  const auto it = countries().find(country_key(text));
  if (it == countries().end()) return fail(context, "neither a country code nor the English name of a country");
  return result = {it->second.data(), it->second.size()}, Status::kOk;
}

MIG_FUNCTION(parse_currency)(Context& context, Text& result, const Text& text) {
  const auto it = currencies().find(country_key(text));
  if (it == currencies().end()) return fail(context, "not the code of a currency that is in use");
  return result = {it->data(), it->size()}, Status::kOk;
}

MIG_FUNCTION(parse_iban)(Context& context, Text& result, const Text& text) {
  std::string iban;
  for (uint64_t i = 0; i < text.size; ++i) {
    const char c = text.data[i];
    if (c == ' ') continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!is_digit(upper) && (upper < 'A' || upper > 'Z')) return fail(context, "a character that an IBAN cannot have");
    iban += upper;
    if (iban.size() > 34) return fail(context, "longer than 34 characters");
  }
  if (iban.size() < 5) return fail(context, "too short");
  const size_t length = iban_length(std::string_view(iban).substr(0, 2));
  if (length == 0) return fail(context, "no country with IBANs");
  if (iban.size() != length) return fail(context, "not as long as the IBANs of its country");
  unsigned rest = 0;
  for (size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    rest = is_digit(c) ? (rest * 10 + static_cast<unsigned>(c - '0')) % 97 : (rest * 100 + static_cast<unsigned>(c - 'A') + 10) % 97;
  }
  if (rest != 1) return fail(context, "the check digits do not fit");
  return result = copy_text(context, iban), Status::kOk;
}

}  // namespace mig::stdlib
