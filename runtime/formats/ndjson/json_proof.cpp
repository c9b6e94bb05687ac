#include "runtime/formats/ndjson/json_proof.h"

#include <bitset>
#include <cstring>

#include "runtime/formats/scan/masks.h"
#include "runtime/types/text.h"

namespace mig {
namespace {

constexpr uint32_t kMostDepth = 1024;
constexpr char kControl[] = "a control character stands in a text; it must be escaped";
constexpr char kEscape[] = "a backslash is not followed by a valid escape";
constexpr char kSurrogate[] = "a \\u escape is half of a surrogate pair";

constexpr char kNoValue[] = "this is not a JSON value";
constexpr char kBadNumber[] = "a number is not written as JSON wants it";

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
int hex_digit(char c) {
  if (is_decimal(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
/// Four hex digits, or -1.
int32_t hex4(const char* p, const char* end) {
  if (end - p < 4) return -1;
  int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
bool is_high(int32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low(int32_t c) { return c >= 0xDC00 && c < 0xE000; }

/// Walks a text that need not have readable bytes behind its end.
class Prover {
 public:
  Prover(std::string_view text, uint32_t max_depth)
      : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), max_depth_(max_depth < kMostDepth ? max_depth : kMostDepth) {}

  JsonFault run() {
    const uint64_t size = static_cast<uint64_t>(end_ - begin_);
    if (size >= 3 && std::memcmp(begin_, "\xEF\xBB\xBF", 3) == 0) return {"a byte order mark stands before the record", 0};
    const uint64_t bad = first_invalid_utf8(begin_, size);
    if (bad != size) return {"the bytes are not UTF-8", bad};
    if (const char* why = document()) return {why, static_cast<uint64_t>(p_ - begin_)};
    return {nullptr, 0};
  }

 private:
  void blanks() {
    while (p_ != end_ && (*p_ == ' ' || *p_ == '\t' || *p_ == '\r' || *p_ == '\n')) ++p_;
  }
  bool at(char c) const { return p_ != end_ && *p_ == c; }

  const char* document() {
    blanks();
    if (p_ == end_) return "the line is empty";
    while (true) {
      if (const char* why = value()) return why;
      // Behind a value: close what ends here, then go on to the next member.
      while (true) {
        blanks();
        if (depth_ == 0) return p_ == end_ ? nullptr : "something stands behind the end of the value";
        const bool object = objects_[depth_ - 1];
        if (at(',')) {
          ++p_;
          blanks();
          if (object) {
            if (const char* why = member_name()) return why;
          }
          break;
        }
        if (!at(object ? '}' : ']')) {
          return p_ == end_ ? "the line ends before the value does"
                 : object   ? "',' or '}' is expected here"
                            : "',' or ']' is expected here";
        }
        ++p_;
        --depth_;
      }
    }
  }

  /// A scalar, an empty container, or the opening of a container up to its first value.
  const char* value() {
    while (true) {
      blanks();
      if (p_ == end_) return "the line ends before the value does";
      switch (*p_) {
        case '"': return text();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        case '{':
        case '[': {
          const bool object = *p_ == '{';
          if (depth_ == max_depth_) return "lists and objects are nested too deep";
          objects_[depth_++] = object;
          ++p_;
          blanks();
          if (at(object ? '}' : ']')) {
            ++p_;
            --depth_;
            return nullptr;
          }
          if (object) {
            if (const char* why = member_name()) return why;
          }
          continue;
        }
        default: return number();
      }
    }
  }

  const char* member_name() {
    if (!at('"')) return p_ == end_ ? "the line ends before the value does" : "a field name in quotes is expected here";
    if (const char* why = text()) return why;
    blanks();
    if (!at(':')) return p_ == end_ ? "the line ends before the value does" : "':' is expected here";
    ++p_;
    return nullptr;
  }

  const char* text() {
    const char* const inside = p_ + 1;
    const char* close = inside;
    while (close != end_ && *close != '"') close += *close == '\\' && end_ - close > 1 ? 2 : 1;
    bool escaped = false;
    const char* fault = nullptr;
    if (const char* why = check_json_text(inside, close, escaped, fault)) {
      p_ = fault;
      return why;
    }
    if (close == end_) return "a text has no closing quote";
    p_ = close + 1;
    return nullptr;
  }

  const char* word(std::string_view expected) {
    if (static_cast<uint64_t>(end_ - p_) < expected.size() || std::memcmp(p_, expected.data(), expected.size()) != 0) return kNoValue;
    p_ += expected.size();
    return nullptr;
  }

  const char* number() {
    if (*p_ != '-' && !is_decimal(*p_)) return kNoValue;
    if (*p_ == '-') ++p_;
    if (at('0')) {
      ++p_;
    } else if (!digits()) {
      return kBadNumber;
    }
    if (at('.')) {
      ++p_;
      if (!digits()) return kBadNumber;
    }
    if (at('e') || at('E')) {
      ++p_;
      if (at('+') || at('-')) ++p_;
      if (!digits()) return kBadNumber;
    }
    return p_ != end_ && (is_decimal(*p_) || *p_ == '.') ? kBadNumber : nullptr;
  }
  bool digits() {
    const char* const first = p_;
    while (p_ != end_ && is_decimal(*p_)) ++p_;
    return p_ != first;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  uint32_t max_depth_;
  uint32_t depth_ = 0;
  std::bitset<kMostDepth> objects_;
};

}  // namespace

JsonFault prove_json(std::string_view text, uint32_t max_depth) { return Prover(text, max_depth).run(); }

uint64_t json_number_length(const char* p) {
  const char* const first = p;
  if (*p == '-') ++p;
  if (*p == '0') {
    ++p;
  } else {
    if (!is_decimal(*p)) return 0;
    while (is_decimal(*p)) ++p;
  }
  if (*p == '.') {
    if (!is_decimal(*++p)) return 0;
    while (is_decimal(*p)) ++p;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    if (!is_decimal(*p)) return 0;
    while (is_decimal(*p)) ++p;
  }
  return static_cast<uint64_t>(p - first);
}

const char* check_json_text(const char* p, const char* end, bool& escaped, const char*& fault) {
  while (p != end) {
    const auto c = static_cast<uint8_t>(*p);
    fault = p;
    if (c < 0x20) return kControl;
    if (c != '\\') {
      ++p;
      continue;
    }
    escaped = true;
    if (++p == end) return kEscape;
    switch (*p++) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': break;
      case 'u': {
        const int32_t unit = hex4(p, end);
        if (unit < 0) return kEscape;
        p += 4;
        if (is_low(unit)) return kSurrogate;
        if (is_high(unit)) {
          if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || !is_low(hex4(p + 2, end))) return kSurrogate;
          p += 6;
        }
        break;
      }
      default: return kEscape;
    }
  }
  return nullptr;
}

uint64_t unescape_json(const char* p, const char* end, char* out) {
  char* const first = out;
  while (p != end) {
    const auto* slash = static_cast<const char*>(std::memchr(p, '\\', static_cast<size_t>(end - p)));
    const char* const stop = slash == nullptr ? end : slash;
    std::memcpy(out, p, static_cast<size_t>(stop - p));
    out += stop - p;
    p = stop;
    if (p == end) break;
    p += 2;
    switch (p[-1]) {
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u': {
        auto unit = static_cast<uint32_t>(hex4(p, end));
        p += 4;
        if (is_high(static_cast<int32_t>(unit))) {
          unit = 0x10000 + ((unit - 0xD800) << 10) + (static_cast<uint32_t>(hex4(p + 2, end)) - 0xDC00);
          p += 6;
        }
        out += write_code_point(unit, out);
        break;
      }
      default: *out++ = p[-1]; break;
    }
  }
  return static_cast<uint64_t>(out - first);
}

}  // namespace mig
