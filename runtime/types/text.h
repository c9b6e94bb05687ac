// UTF-8 text: validation, lengths, White_Space, cutting at code points. Every function has a fast path for ASCII.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mig {

namespace text_detail {
inline uint64_t load8(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, 8);
  return word;
}
constexpr uint64_t kHighBits = 0x8080808080808080u;
bool is_ascii_long(const char* p, uint64_t size);
}  // namespace text_detail

inline bool is_ascii(std::string_view text) {
  const char* const p = text.data();
  const uint64_t size = text.size();
  if (size > 32) return text_detail::is_ascii_long(p, size);
  if (size >= 8) {
    uint64_t bits = text_detail::load8(p + size - 8);
    for (uint64_t i = 0; i + 8 <= size; i += 8) bits |= text_detail::load8(p + i);
    return (bits & text_detail::kHighBits) == 0;
  }
  unsigned char bits = 0;
  for (uint64_t i = 0; i < size; ++i) bits = static_cast<unsigned char>(bits | static_cast<unsigned char>(p[i]));
  return bits < 0x80;
}

/// Well-formed UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// The following take well-formed UTF-8; they read no byte outside the text even when it is not.
uint64_t code_point_count(std::string_view text);
/// Code units that the text has in UTF-16.
uint64_t utf16_length(std::string_view text);
/// Bytes of the first `count` code points, or the text's size when it has fewer.
uint64_t bytes_of_code_points(std::string_view text, uint64_t count);

struct CodePoint {
  uint32_t value;
  uint32_t size;  // bytes, at least 1
};
/// The code point at `offset` < size; a malformed byte reads as U+FFFD of size 1.
CodePoint code_point_at(std::string_view text, uint64_t offset);
/// The code point that ends at `end` > 0.
CodePoint code_point_before(std::string_view text, uint64_t end);
/// Writes 1 to 4 bytes; returns how many.
int write_code_point(uint32_t value, char* out);

/// Unicode property White_Space (25 code points).
constexpr bool is_white_space(uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

namespace text_detail {
std::string_view trim_unicode(std::string_view text, bool start, bool end);
constexpr bool is_ascii_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }
}  // namespace text_detail

/// The text without White_Space at its ends: a view of the same bytes.
inline std::string_view trim_text(std::string_view text) {
  const char* first = text.data();
  const char* last = first + text.size();
  while (first != last && text_detail::is_ascii_space(*first)) ++first;
  while (first != last && text_detail::is_ascii_space(last[-1])) --last;
  const std::string_view trimmed(first, static_cast<size_t>(last - first));
  if (first == last || ((*first | last[-1]) & 0x80) == 0) [[likely]]
    return trimmed;
  return text_detail::trim_unicode(trimmed, true, true);
}
std::string_view trim_text_start(std::string_view text);
std::string_view trim_text_end(std::string_view text);

}  // namespace mig
