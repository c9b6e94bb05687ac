#include "compiler/sema/secret_text.h"

#include <algorithm>
#include <string>
#include <vector>

namespace mig::sema {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  char before = 0;
  for (const char c : name) {
    if (!is_lower(c) && !is_upper(c) && !is_digit(c)) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      if (is_upper(c) && is_lower(before)) words.emplace_back();
      words.back() += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    before = c;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Letters and digits (and `+`, `=` of base64) that change between lower case, upper case and digits at least once in `run` characters.
bool is_mixed(std::string_view text, size_t least, size_t run) {
  if (text.size() < least) return false;
  enum class Sort : uint8_t { kLower, kUpper, kDigit, kSign };
  size_t changes = 0, digits = 0, letters = 0;
  Sort before = Sort::kSign;
  for (const char c : text) {
    const Sort sort = is_lower(c) ? Sort::kLower : is_upper(c) ? Sort::kUpper : is_digit(c) ? Sort::kDigit : Sort::kSign;
    if (sort == Sort::kSign && c != '+' && c != '=') return false;
    digits += sort == Sort::kDigit;
    letters += sort == Sort::kLower || sort == Sort::kUpper;
    // A word may begin with a capital letter.
    const bool word = before == Sort::kUpper && sort == Sort::kLower;
    changes += before != Sort::kSign && sort != Sort::kSign && sort != before && !word;
    before = sort;
  }
  return digits > 0 && letters > 0 && changes >= std::max<size_t>(3, text.size() / run);
}

}  // namespace

SecretName names_a_secret(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  if (words.empty()) return SecretName::kNo;
  const std::string& last = words.back();
  for (const char* word : {"password", "passwd", "pwd", "passphrase", "secret", "apikey", "secretkey", "privatekey", "accesskey"}) {
    if (last == word) return SecretName::kYes;
  }
  if (last == "key" && words.size() >= 2) {
    for (const char* word : {"api", "secret", "private", "access", "signing", "encryption"}) {
      if (words[words.size() - 2] == word) return SecretName::kYes;
    }
  }
  for (const char* word : {"token", "auth", "authorization", "credential", "credentials", "pepper"}) {
    if (last == word) return SecretName::kMaybe;
  }
  return SecretName::kNo;
}

bool looks_generated(std::string_view text) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "}) {
    if (text.starts_with(scheme)) return looks_generated(text.substr(scheme.size()));
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("-_./~"), text.size());
    if (is_mixed(text.substr(0, end), 8, 5)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool looks_like_long_key(std::string_view text) { return is_mixed(text, 24, 4); }

bool is_issued_key(std::string_view text) {
  if (text.find("-----BEGIN ") != std::string_view::npos && text.find("PRIVATE KEY-----") != std::string_view::npos) return true;
  struct Prefix {
    std::string_view text;
    size_t rest;  // at least so many letters and digits follow
  };
  constexpr Prefix kPrefixes[] = {{"AKIA", 16},     {"ASIA", 16},     {"ghp_", 30},  {"gho_", 30},  {"github_pat_", 30}, {"glpat-", 18},
                                  {"sk_live_", 16}, {"rk_live_", 16}, {"xoxb-", 20}, {"xoxp-", 20}, {"AIza", 30},        {"SG.", 40},
                                  {"sk-", 32},      {"pk_", 30},      {"npm_", 30},  {"eyJ", 60}};
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) continue;
    const std::string_view rest = text.substr(prefix.text.size());
    const auto plain = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
    if (rest.size() >= prefix.rest && std::all_of(rest.begin(), rest.end(), plain)) return true;
  }
  return false;
}

bool has_password_in_address(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const size_t at = authority.rfind('@'), colon = authority.find(':');
  return at != std::string_view::npos && colon < at && colon + 1 < at;
}

}  // namespace mig::sema
