// Syntax of addresses: e-mail, IP, URL. Written by hand: no pattern, one pass, no allocation.
#include "runtime/types/digits.h"
#include "stdlib/arena_text.h"
#include "stdlib/plain_email.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

enum : unsigned char { kAtom = 1, kLabel = 2 };

struct Classes {
  unsigned char of[256] = {};
};

constexpr Classes make_classes() {
  Classes classes;
  for (const char* p = "!#$%&'*+/=?^_`{|}~-"; *p != '\0'; ++p) classes.of[static_cast<unsigned char>(*p)] = kAtom;
  for (int c = '0'; c <= '9'; ++c) classes.of[c] = kAtom | kLabel;
  for (int c = 'a'; c <= 'z'; ++c) classes.of[c] = kAtom | kLabel;
  for (int c = 'A'; c <= 'Z'; ++c) classes.of[c] = kAtom | kLabel;
  classes.of[static_cast<unsigned char>('-')] = kAtom | kLabel;
  return classes;
}

constexpr Classes kClasses = make_classes();

bool is(char c, unsigned char wanted) { return (kClasses.of[static_cast<unsigned char>(c)] & wanted) != 0; }

// Labels of letters, digits and inner hyphens, joined by dots. Counts them; null, or what is wrong.
const char* check_host(const char* p, const char* end, int& labels) {
  labels = 0;
  if (p == end) return "no domain";
  for (;;) {
    const char* const begin = p;
    while (p != end && is(*p, kLabel)) ++p;
    if (p == begin) return p == end ? "the domain ends with a dot" : "a character that a domain cannot have";
    if (*begin == '-' || p[-1] == '-') return "a part of the domain begins or ends with '-'";
    if (p - begin > 63) return "a part of the domain is longer than 63 characters";
    ++labels;
    if (p == end) return nullptr;
    if (*p != '.') return *p == '@' ? "two '@' characters" : "a character that a domain cannot have";
    ++p;
  }
}

const char* check_email(const Text& text) {
  if (is_plain_email(text.data, text.size)) [[likely]]
    return nullptr;
  const char* p = text.data;
  const char* const end = p + text.size;
  if (text.size == 0) return "empty";
  if (text.size > 254) return "longer than 254 characters";
  while (p != end && (is(*p, kAtom) || *p == '.')) ++p;
  if (p == end) return "no '@'";
  if (*p != '@') return *p == ' ' ? "a blank inside" : "a character that an address cannot have";
  if (p == text.data) return "nothing before '@'";
  if (p - text.data > 64) return "longer than 64 characters before '@'";
  int labels = 0;
  if (const char* const cause = check_host(p + 1, end, labels)) return cause;
  return labels < 2 ? "the domain has no dot" : nullptr;
}

bool take_number(const char*& p, const char* end, int most_digits, int largest) {
  const char* const begin = p;
  int number = 0;
  while (p != end && p - begin < most_digits && is_digit(*p)) number = number * 10 + (*p++ - '0');
  return p != begin && number <= largest && (*begin != '0' || p - begin == 1);
}

bool is_ipv4(const char* p, const char* end) {
  for (int i = 0; i < 4; ++i) {
    if (i != 0 && (p == end || *p++ != '.')) return false;
    if (!take_number(p, end, 3, 255)) return false;
  }
  return p == end;
}

bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

bool is_ipv6(const char* p, const char* end) {
  int groups = 0;
  bool gap = false;
  if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
    gap = true;
    p += 2;
  }
  while (p != end) {
    const char* const begin = p;
    while (p != end && is_hex(*p) && p - begin < 4) ++p;
    if (p != end && *p == '.') return is_ipv4(begin, end) && (groups + 2 == 8 || (gap && groups + 2 < 8));
    if (p == begin) return false;
    ++groups;
    if (p == end) break;
    if (*p++ != ':' || p == end) return false;
    if (*p == ':') {
      if (gap) return false;
      gap = true;
      ++p;
    }
  }
  return gap ? groups < 8 : groups == 8;
}

const char* check_url(const Text& text) {
  const char* p = text.data;
  const char* const end = p + text.size;
  const auto letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  if (p == end || !letter(*p)) return "no scheme such as https://";
  while (p != end && (letter(*p) || is_digit(*p) || *p == '+' || *p == '-' || *p == '.')) ++p;
  if (end - p < 3 || p[0] != ':' || p[1] != '/' || p[2] != '/') return "no scheme such as https://";
  p += 3;
  const char* authority_end = p;
  while (authority_end != end && *authority_end != '/' && *authority_end != '?' && *authority_end != '#') ++authority_end;
  for (const char* at = authority_end; at != p; --at) {
    if (at[-1] == '@') {
      p = at;
      break;
    }
  }
  const char* host_end = p;
  if (p != authority_end && *p == '[') {
    while (host_end != authority_end && *host_end != ']') ++host_end;
    if (host_end == authority_end || !is_ipv6(p + 1, host_end)) return "not an IPv6 address in the brackets";
    ++host_end;
  } else {
    while (host_end != authority_end && *host_end != ':') ++host_end;
    int labels = 0;
    if (check_host(p, host_end, labels) != nullptr) return "the host is malformed";
  }
  if (host_end != authority_end) {
    const char* port = host_end + 1;
    if (*host_end != ':' || !take_number(port, authority_end, 5, 65535) || port != authority_end) return "the port is malformed";
  }
  for (const char* q = authority_end; q != end; ++q) {
    const unsigned char c = static_cast<unsigned char>(*q);
    if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' ||
        c == '}') {
      return "a character that a URL cannot have";
    }
  }
  return nullptr;
}

}  // namespace

MIG_FUNCTION(parse_email)(Context& context, Text& result, const Text& text) {
  const char* const cause = check_email(text);
  if (cause == nullptr) [[likely]]
    return result = text, Status::kOk;
  for (uint64_t i = 0; i < text.size; ++i) {
    if (static_cast<unsigned char>(text.data[i]) >= 0x80) return mig_parse_international_email(context, result, text);
  }
  return fail(context, cause);
}
MIG_FUNCTION(parse_ip)(Context& context, Text& result, const Text& text) {
  const char* const end = text.data + text.size;
  if (!is_ipv4(text.data, end) && !is_ipv6(text.data, end)) return fail(context, "neither an IPv4 nor an IPv6 address");
  return result = text, Status::kOk;
}
MIG_FUNCTION(parse_url)(Context& context, Text& result, const Text& text) {
  const char* const cause = check_url(text);
  return cause == nullptr ? (result = text, Status::kOk) : fail(context, cause);
}

}  // namespace mig::stdlib
