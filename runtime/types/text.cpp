#include "runtime/types/text.h"

namespace mig {

namespace {

using text_detail::kHighBits;
using text_detail::load8;

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Length of the well-formed sequence at p, or 0.
uint32_t sequence_length(const char* p, const char* end) {
  const unsigned char a = static_cast<unsigned char>(p[0]);
  const auto byte = [&](int i) { return static_cast<unsigned char>(p[i]); };
  if (a < 0x80) return 1;
  if (a < 0xC2) return 0;
  if (a < 0xE0) return end - p >= 2 && is_continuation(p[1]) ? 2 : 0;
  if (a < 0xF0) {
    if (end - p < 3 || !is_continuation(p[1]) || !is_continuation(p[2])) return 0;
    if (a == 0xE0 && byte(1) < 0xA0) return 0;
    if (a == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (a > 0xF4 || end - p < 4 || !is_continuation(p[1]) || !is_continuation(p[2]) || !is_continuation(p[3])) return 0;
  if (a == 0xF0 && byte(1) < 0x90) return 0;
  if (a == 0xF4 && byte(1) > 0x8F) return 0;
  return 4;
}

// Number of continuation bytes (10xxxxxx) of a word.
uint64_t continuations(uint64_t word) { return (((word & (~word << 1) & kHighBits) >> 7) * 0x0101010101010101u) >> 56; }

}  // namespace

bool text_detail::is_ascii_long(const char* p, uint64_t size) {
  const char* const end = p + size;
  while (end - p >= 32) {
    if (((load8(p) | load8(p + 8) | load8(p + 16) | load8(p + 24)) & kHighBits) != 0) return false;
    p += 32;
  }
  uint64_t bits = load8(end - 8);
  while (end - p >= 8) {
    bits |= load8(p);
    p += 8;
  }
  return (bits & kHighBits) == 0;
}

bool is_valid_utf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    if (end - p >= 16 && ((load8(p) | load8(p + 8)) & kHighBits) == 0) {
      p += 16;
      continue;
    }
    const uint32_t length = sequence_length(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

uint64_t code_point_count(std::string_view text) {
  if (text.size() <= 32 && is_ascii(text)) return text.size();
  const char* p = text.data();
  const char* const end = p + text.size();
  uint64_t count = text.size();
  for (; end - p >= 8; p += 8) count -= continuations(load8(p));
  for (; p != end; ++p) count -= is_continuation(*p) ? 1 : 0;
  return count;
}

uint64_t utf16_length(std::string_view text) {
  uint64_t count = 0;
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    count += (is_continuation(c) ? 0u : 1u) + (byte >= 0xF0 ? 1u : 0u);
  }
  return count;
}

uint64_t bytes_of_code_points(std::string_view text, uint64_t count) {
  if (count >= text.size()) return text.size();
  const char* p = text.data();
  const char* const end = p + text.size();
  while (count >= 8 && end - p >= 8 && (load8(p) & kHighBits) == 0) {
    p += 8;
    count -= 8;
  }
  while (p != end) {
    if (!is_continuation(*p)) {
      if (count == 0) break;
      --count;
    }
    ++p;
  }
  return static_cast<uint64_t>(p - text.data());
}

CodePoint code_point_at(std::string_view text, uint64_t offset) {
  const char* const p = text.data() + offset;
  const auto bits = [&](int i, unsigned mask) { return static_cast<uint32_t>(static_cast<unsigned char>(p[i]) & mask); };
  switch (sequence_length(p, text.data() + text.size())) {
    case 1: return {bits(0, 0x7F), 1};
    case 2: return {bits(0, 0x1F) << 6 | bits(1, 0x3F), 2};
    case 3: return {bits(0, 0x0F) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F), 3};
    case 4: return {bits(0, 0x07) << 18 | bits(1, 0x3F) << 12 | bits(2, 0x3F) << 6 | bits(3, 0x3F), 4};
    default: return {0xFFFD, 1};
  }
}

CodePoint code_point_before(std::string_view text, uint64_t end) {
  uint64_t begin = end - 1;
  while (begin > 0 && end - begin < 4 && is_continuation(text[begin])) --begin;
  const CodePoint point = code_point_at(text.substr(0, end), begin);
  return begin + point.size == end ? point : CodePoint{0xFFFD, 1};
}

int write_code_point(uint32_t value, char* out) {
  const auto put = [&](int i, uint32_t byte) { out[i] = static_cast<char>(byte); };
  if (value < 0x80) {
    put(0, value);
    return 1;
  }
  if (value < 0x800) {
    put(0, 0xC0 | value >> 6);
    put(1, 0x80 | (value & 0x3F));
    return 2;
  }
  if (value < 0x10000) {
    put(0, 0xE0 | value >> 12);
    put(1, 0x80 | (value >> 6 & 0x3F));
    put(2, 0x80 | (value & 0x3F));
    return 3;
  }
  put(0, 0xF0 | value >> 18);
  put(1, 0x80 | (value >> 12 & 0x3F));
  put(2, 0x80 | (value >> 6 & 0x3F));
  put(3, 0x80 | (value & 0x3F));
  return 4;
}

std::string_view text_detail::trim_unicode(std::string_view text, bool start, bool end) {
  while (start && !text.empty()) {
    const CodePoint point = code_point_at(text, 0);
    if (!is_white_space(point.value)) break;
    text.remove_prefix(point.size);
  }
  while (end && !text.empty()) {
    const CodePoint point = code_point_before(text, text.size());
    if (!is_white_space(point.value)) break;
    text.remove_suffix(point.size);
  }
  return text;
}

std::string_view trim_text_start(std::string_view text) { return text_detail::trim_unicode(text, true, false); }
std::string_view trim_text_end(std::string_view text) { return text_detail::trim_unicode(text, false, true); }

}  // namespace mig
