// Telephone numbers, by the metadata of libphonenumber.
#include <phonenumbers/phonenumberutil.h>

#include <string>

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr uint64_t kLongest = 250;  // characters that are looked at

const char* read_phone(const Text& text, const Text& region, PhoneNumber& number) {
  if (text.size > kLongest) return "longer than any telephone number";
  const auto answer =
      PhoneNumberUtil::GetInstance()->Parse(std::string(text.data, text.size), std::string(region.data, region.size), &number);
  switch (answer) {
    case PhoneNumberUtil::NO_PARSING_ERROR: break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return "no country code, and the region is none";
    case PhoneNumberUtil::NOT_A_NUMBER: return "not a telephone number";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN: return "too short";
    case PhoneNumberUtil::TOO_LONG_NSN: return "too long";
  }
  return PhoneNumberUtil::GetInstance()->IsValidNumber(number) ? nullptr : "no number of this country's plan";
}

}  // namespace

MIG_FUNCTION(parse_phone)(Context& context, Text& result, const Text& text, const Text& region) {
  PhoneNumber number;
  if (const char* const cause = read_phone(text, region, number)) return fail(context, cause);
  std::string out;
  PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &out);
  return result = copy_text(context, out), Status::kOk;
}

MIG_FUNCTION(format_phone)(Context& context, Text& result, const Text& phone) {
  PhoneNumber number;
  if (read_phone(phone, {"ZZ", 2}, number) != nullptr) return result = phone, Status::kOk;
  std::string out;
  PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::INTERNATIONAL, &out);
  return result = copy_text(context, out), Status::kOk;
}

MIG_FUNCTION(mask_phone)(Context& context, Text& result, const Text& phone) {
  std::string out(phone.data, phone.size);
  int digits = 0;
  for (const char c : out) digits += c >= '0' && c <= '9';
  // The first three digits stay, or a third of them where there are few.
  int kept = digits >= 9 ? 3 : digits / 3;
  for (char& c : out) {
    if (c >= '0' && c <= '9' && kept-- <= 0) c = '0';
  }
  return result = copy_text(context, out), Status::kOk;
}

}  // namespace mig::stdlib
