#include "compiler/base/written_name.h"

namespace mig {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string written_name(std::string_view name) {
  bool plain = !name.empty() && !is_digit(name[0]);
  for (const char c : name) plain &= is_letter(c) || is_digit(c) || c == '_';
  if (plain) return std::string(name);
  std::string out = "`";
  for (const char c : name) {
    if (c != '`' && c != '\n' && c != '\r') out += c;
  }
  return out + "`";
}

}  // namespace mig
