// Postal codes by country: the forms that a country uses, and the spelling with the blanks and hyphens that belong into it.
#include <string>
#include <string_view>

#include "runtime/types/digits.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

struct Forms {
  std::string_view country;
  std::string_view forms;  // separated by '|': n a digit, a a letter, x either; anything else stands for itself
};

constexpr Forms kForms[] = {
    {"AD", "AD|ADnnn"},
    {"AL", "nnnn"},
    {"AR", "annnnaaa|nnnn"},
    {"AT", "nnnn"},
    {"AU", "nnnn"},
    {"BA", "nnnnn"},
    {"BD", "nnnn"},
    {"BE", "nnnn"},
    {"BG", "nnnn"},
    {"BR", "nnnnn-nnn"},
    {"BY", "nnnnnn"},
    {"CA", "ana nan"},
    {"CH", "nnnn"},
    {"CL", "nnnnnnn"},
    {"CN", "nnnnnn"},
    {"CO", "nnnnnn"},
    {"CY", "nnnn"},
    {"CZ", "nnn nn"},
    {"DE", "nnnnn"},
    {"DK", "nnnn"},
    {"EE", "nnnnn"},
    {"EG", "nnnnn"},
    {"ES", "nnnnn"},
    {"FI", "nnnnn"},
    {"FR", "nnnnn"},
    {"GB", "an naa|ann naa|aan naa|aann naa|ana naa|aana naa|GIR 0AA"},
    {"GE", "nnnn"},
    {"GR", "nnn nn"},
    {"HR", "nnnnn"},
    {"HU", "nnnn"},
    {"ID", "nnnnn"},
    {"IE", "ann xxxx|D6W xxxx"},
    {"IL", "nnnnnnn|nnnnn"},
    {"IN", "nnnnnn"},
    {"IS", "nnn"},
    {"IT", "nnnnn"},
    {"JP", "nnn-nnnn"},
    {"KR", "nnnnn"},
    {"KZ", "nnnnnn|annaxax"},
    {"LI", "nnnn"},
    {"LK", "nnnnn"},
    {"LT", "nnnnn"},
    {"LU", "nnnn"},
    {"LV", "LV-nnnn"},
    {"MA", "nnnnn"},
    {"MC", "nnnnn"},
    {"MD", "MD-nnnn"},
    {"ME", "nnnnn"},
    {"MK", "nnnn"},
    {"MT", "aaa nnnn"},
    {"MX", "nnnnn"},
    {"MY", "nnnnn"},
    {"NL", "nnnn aa"},
    {"NO", "nnnn"},
    {"NZ", "nnnn"},
    {"PE", "nnnnn"},
    {"PH", "nnnn"},
    {"PK", "nnnnn"},
    {"PL", "nn-nnn"},
    {"PT", "nnnn-nnn"},
    {"RO", "nnnnnn"},
    {"RS", "nnnnn"},
    {"RU", "nnnnnn"},
    {"SA", "nnnnn|nnnnn-nnnn"},
    {"SE", "nnn nn"},
    {"SG", "nnnnnn"},
    {"SI", "nnnn"},
    {"SK", "nnn nn"},
    {"TH", "nnnnn"},
    {"TN", "nnnn"},
    {"TR", "nnnnn"},
    {"TW", "nnn|nnnnn|nnnnnn"},
    {"UA", "nnnnn"},
    {"US", "nnnnn|nnnnn-nnnn"},
    {"UY", "nnnnn"},
    {"VN", "nnnnn|nnnnnn"},
    {"ZA", "nnnn"},
};

constexpr size_t kLongest = 12;

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_separator(char c) { return c == ' ' || c == '-'; }

/// The code as the form writes it, or "" when it has another one. `code`: letters and digits only, in upper case.
std::string fitted(std::string_view code, std::string_view form) {
  std::string out;
  size_t at = 0;
  for (const char c : form) {
    if (is_separator(c)) {
      out += c;
      continue;
    }
    if (at == code.size()) return {};
    const char next = code[at++];
    const bool good = c == 'n' ? is_digit(next) : c == 'a' ? is_letter(next) : c == 'x' ? is_digit(next) || is_letter(next) : next == c;
    if (!good) return {};
    out += next;
  }
  return at == code.size() ? out : std::string();
}

/// The code in one of the country's forms; "" when it fits none.
std::string fitted_to_country(std::string_view code, const Forms& forms) {
  for (std::string_view rest = forms.forms; !rest.empty();) {
    const size_t bar = std::min(rest.find('|'), rest.size());
    const std::string_view form = rest.substr(0, bar);
    rest.remove_prefix(std::min(bar + 1, rest.size()));
    if (std::string out = fitted(code, form); !out.empty()) return out;
    // A country's own letters in front may be left out.
    if (form.substr(0, 2) != forms.country) continue;
    if (std::string out = fitted(std::string(forms.country) + std::string(code), form); !out.empty()) return out;
  }
  return {};
}

}  // namespace

MIG_FUNCTION(parse_postal)(Context& context, Text& result, const Text& text, const Text& country) {
  Text place{};
  if (mig_parse_country(context, place, country) != Status::kOk) return Status::kFail;
  std::string code, spaced;  // without separators; as written, with single blanks
  for (uint64_t i = 0; i < text.size; ++i) {
    char c = text.data[i];
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '\t') c = ' ';
    if (is_separator(c)) {
      if (!spaced.empty() && !is_separator(spaced.back())) spaced += c;
      continue;
    }
    if (!is_digit(c) && !is_letter(c)) return fail(context, "a character that a postal code cannot have");
    if (code.size() == kLongest) return fail(context, "longer than 12 characters");
    code += c;
    spaced += c;
  }
  if (code.empty()) return fail(context, "empty");
  while (is_separator(spaced.back())) spaced.pop_back();
  for (const Forms& forms : kForms) {
    if (forms.country != place.view()) continue;
    std::string out = fitted_to_country(code, forms);
    // The country may stand in front, as on letters from abroad.
    if (out.empty() && code.size() > 2 && std::string_view(code).substr(0, 2) == place.view())
      out = fitted_to_country(std::string_view(code).substr(2), forms);
    return out.empty() ? fail(context, "not in the form of the postal codes of its country")
                       : (result = copy_text(context, out), Status::kOk);
  }
  return result = copy_text(context, spaced), Status::kOk;
}

}  // namespace mig::stdlib
