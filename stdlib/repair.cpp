// Texts damaged or wrapped on their way: HTML, twice encoded UTF-8, similarity, well-formed JSON.
#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"
#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

struct Entity {
  std::string_view name;
  uint32_t value;
};

constexpr Entity kEntities[] = {
#define MIG_HTML_ENTITY(name, value) {name, value},
#include "stdlib/html_entities.def"
#undef MIG_HTML_ENTITY
};

// The character reference at the front of text, which begins with '&'; 0 when there is none. Sets its size.
uint32_t read_entity(std::string_view text, size_t& size) {
  const size_t end = text.substr(0, 16).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  size = end + 1;
  std::string_view name = text.substr(1, end - 1);
  if (name[0] != '#') {
    const Entity* const found = std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                                                 [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
    return found != std::end(kEntities) && found->name == name ? found->value : 0;
  }
  name.remove_prefix(1);
  const bool hex = !name.empty() && (name[0] | 0x20) == 'x';
  if (hex) name.remove_prefix(1);
  if (name.empty()) return 0;
  uint32_t value = 0;
  for (const char c : name) {
    const char low = static_cast<char>(c | 0x20);
    const bool letter = hex && low >= 'a' && low <= 'f';
    if (!is_digit(c) && !letter) return 0;
    value = value * (hex ? 16 : 10) + static_cast<uint32_t>(letter ? low - 'a' + 10 : c - '0');
    if (value > 0x10FFFF) return 0;
  }
  return value >= 0xD800 && value <= 0xDFFF ? 0 : value;
}

// Code points of windows-1252 from 0x80 to 0x9F; 0 where it has none.
constexpr uint32_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                       0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                       0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

int byte_in_windows1252(uint32_t c) {
  if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) return static_cast<int>(c);
  for (int i = 0; i < 32; ++i) {
    if (kWindows1252[i] == c) return 0x80 + i;
  }
  return -1;
}

// UTF-8 that was read as windows-1252 and encoded again; writes what was meant. False when the text is not of that kind.
bool repair(std::string_view text, char* out, uint64_t& size) {
  size = 0;
  bool any = false;
  for (uint64_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    const int byte = byte_in_windows1252(point.value);
    if (byte < 0) return false;
    any |= byte >= 0x80;
    out[size++] = static_cast<char>(byte);
    i += point.size;
  }
  return any && is_valid_utf8({out, size});
}

constexpr uint64_t kMaxCompared = 1024;

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> points;
  for (uint64_t i = 0; i < text.size() && points.size() < kMaxCompared;) {
    const CodePoint point = code_point_at(text, i);
    points.push_back(point.value);
    i += point.size;
  }
  return points;
}

size_t edit_distance(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t k = 0; k < row.size(); ++k) row[k] = k;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t k = 0; k < b.size(); ++k) {
      const size_t change = diagonal + (a[i] == b[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({change, row[k] + 1, row[k + 1] + 1});
    }
  }
  return row.back();
}

// Checks one JSON text without recursion.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : p_(text.data()), end_(p_ + text.size()) {}

  bool run() {
    std::vector<char> open;
    for (;;) {
      blanks();
      if (p_ == end_) return false;
      if (*p_ == '{' || *p_ == '[') {
        if (open.size() == 512) return false;
        open.push_back(*p_++);
        blanks();
        if (p_ != end_ && *p_ == (open.back() == '{' ? '}' : ']')) {
          ++p_;
          open.pop_back();
        } else {
          if (open.back() == '{' && !key()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      for (;;) {
        blanks();
        if (open.empty()) return p_ == end_;
        if (p_ == end_) return false;
        const char c = *p_++;
        if (c == ',') {
          blanks();
          if (open.back() == '{' && !key()) return false;
          break;
        }
        if (c != (open.back() == '{' ? '}' : ']')) return false;
        open.pop_back();
      }
    }
  }

 private:
  void blanks() {
    while (p_ != end_ && (*p_ == ' ' || *p_ == '\t' || *p_ == '\n' || *p_ == '\r')) ++p_;
  }
  bool key() {
    if (p_ == end_ || *p_ != '"' || !string()) return false;
    blanks();
    return p_ != end_ && *p_++ == ':';
  }
  bool string() {
    for (++p_; p_ != end_; ++p_) {
      if (*p_ == '"') return ++p_, true;
      if (static_cast<unsigned char>(*p_) < 0x20) return false;
      if (*p_ != '\\') continue;
      if (++p_ == end_) return false;
      if (*p_ == 'u') {
        for (int i = 0; i < 4; ++i) {
          if (++p_ == end_ || !(is_digit(*p_) || ((*p_ | 0x20) >= 'a' && (*p_ | 0x20) <= 'f'))) return false;
        }
      } else if (std::string_view("\"\\/bfnrt").find(*p_) == std::string_view::npos) {
        return false;
      }
    }
    return false;
  }
  bool scalar() {
    if (*p_ == '"') return string();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (std::string_view(p_, static_cast<size_t>(end_ - p_)).substr(0, word.size()) == word) return p_ += word.size(), true;
    }
    return number();
  }
  bool digits() {
    const char* const begin = p_;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    return p_ != begin;
  }
  bool number() {
    if (*p_ == '-') ++p_;
    const char* const begin = p_;
    if (!digits() || (*begin == '0' && p_ - begin > 1)) return false;
    if (p_ != end_ && *p_ == '.') {
      ++p_;
      if (!digits()) return false;
    }
    if (p_ != end_ && (*p_ | 0x20) == 'e') {
      ++p_;
      if (p_ != end_ && (*p_ == '+' || *p_ == '-')) ++p_;
      return digits();
    }
    return true;
  }

  const char* p_;
  const char* end_;
};

}  // namespace

MIG_FUNCTION(html_unescape)(Context& context, Text& result, const Text& text) {
  const std::string_view view = text.view();
  if (view.find('&') == std::string_view::npos) return result = text, Status::kOk;
  char* const out = arena_chars(context, text.size);
  char* p = out;
  for (size_t i = 0; i < view.size();) {
    size_t size = 0;
    const uint32_t value = view[i] == '&' ? read_entity(view.substr(i), size) : 0;
    if (value == 0) {
      *p++ = view[i++];
    } else {
      p += write_code_point(value, p);  // never longer than the reference
      i += size;
    }
  }
  return result = {out, static_cast<uint64_t>(p - out)}, Status::kOk;
}

MIG_FUNCTION(strip_html)(Context& context, Text& result, const Text& text) {
  const std::string_view view = text.view();
  char* const out = arena_chars(context, text.size);
  char* p = out;
  for (size_t i = 0; i < view.size();) {
    const char next = i + 1 < view.size() ? view[i + 1] : ' ';
    const bool tag = view[i] == '<' && ((next | 0x20) >= 'a' ? (next | 0x20) <= 'z' : next == '/' || next == '!');
    const bool comment = tag && view.substr(i, 4) == "<!--";
    const size_t end = !tag ? std::string_view::npos : comment ? view.find("-->", i + 4) : view.find('>', i + 1);
    if (end == std::string_view::npos) {
      *p++ = view[i++];
    } else {
      i = end + (comment ? 3 : 1);
    }
  }
  return mig_html_unescape(context, result, Text{out, static_cast<uint64_t>(p - out)});
}

MIG_FUNCTION(looks_mojibake)(Context& context, bool& result, const Text& text) {
  uint64_t size = 0;
  result = !is_ascii(text.view()) && repair(text.view(), arena_chars(context, text.size), size);
  return Status::kOk;
}
MIG_FUNCTION(repair_mojibake)(Context& context, Text& result, const Text& text) {
  if (is_ascii(text.view())) return result = text, Status::kOk;
  char* const out = arena_chars(context, text.size);
  uint64_t size = 0;
  if (!repair(text.view(), out, size)) return fail(context, "not UTF-8 that was read as windows-1252");
  return result = {out, size}, Status::kOk;
}

MIG_FUNCTION(text_similarity)(Context&, int128& result, const Text& a, const Text& b) {
  const std::vector<uint32_t> x = code_points(a.view()), y = code_points(b.view());
  const size_t longest = std::max(x.size(), y.size());
  if (longest == 0) return result = 10000, Status::kOk;
  const int128 same = static_cast<int128>(longest - edit_distance(x, y));
  decimal_divide(same, static_cast<int128>(longest), 4, Rounding::kHalfEven, result);
  return Status::kOk;
}

MIG_FUNCTION(parse_json)(Context& context, Text& result, const Text& text) {
  if (!is_valid_utf8(text.view()) || !JsonScan(text.view()).run()) return fail(context, "not one JSON text");
  return result = as_text(trim_text(text.view())), Status::kOk;
}

}  // namespace mig::stdlib
