// Decimal digits: written two or eight at a time, read eight at a time, and ASCII digit tests.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace mig {

namespace digits_detail {
struct Pairs {
  char text[200];
};
constexpr Pairs make_pairs() {
  Pairs pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs.text[2 * i] = static_cast<char>('0' + i / 10);
    pairs.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr Pairs kPairs = make_pairs();
}  // namespace digits_detail

constexpr bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Two digits of a number below 100.
inline void write_two_digits(uint32_t value, char* out) { std::memcpy(out, digits_detail::kPairs.text + value * 2, 2); }

/// Four digits of a number below 10000.
inline void write_four_digits(uint32_t value, char* out) {
  write_two_digits(value / 100, out);
  write_two_digits(value % 100, out + 2);
}

/// Writes the digits so that they end before `end`; returns where they begin.
inline char* write_digits_backward(uint64_t value, char* end) {
  while (value >= 100) {
    end -= 2;
    write_two_digits(static_cast<uint32_t>(value % 100), end);
    value /= 100;
  }
  if (value >= 10) {
    end -= 2;
    write_two_digits(static_cast<uint32_t>(value), end);
  } else {
    *--end = static_cast<char>('0' + value);
  }
  return end;
}

constexpr uint32_t kTenTo8 = 100'000'000;

/// The eight digits of a number below kTenTo8 as bytes 0..9, the first in the lowest byte.
constexpr uint64_t eight_digits(uint32_t value) {
  const uint64_t halves = value / 10'000 | static_cast<uint64_t>(value % 10'000) << 32;
  const uint64_t hundreds = (halves * 10'486 >> 20) & 0x0000'007F'0000'007F;
  const uint64_t pairs = hundreds | (halves - 100 * hundreds) << 16;
  const uint64_t tens = (pairs * 103 >> 10) & 0x000F'000F'000F'000F;
  return tens | (pairs - 10 * tens) << 8;
}

static_assert(std::endian::native == std::endian::little, "digits are written and read as words whose lowest byte stands first");
constexpr uint64_t kZeroDigits = 0x3030'3030'3030'3030;

/// A number below kTenTo8 without leading zeros. Room for 8 bytes; returns how many are meant.
inline int write_up_to_8_digits(uint32_t value, char* out) {
  const uint64_t digits = eight_digits(value);
  const int leading = std::countr_zero(digits | 1ull << 56) >> 3;  // at most seven
  const uint64_t text = (digits | kZeroDigits) >> (8 * leading);
  std::memcpy(out, &text, 8);
  return 8 - leading;
}

/// The last `count` of eight digits; room for 8 bytes, of which `count` are meant. 0 < count <= 8.
inline void write_last_digits(uint32_t value, int count, char* out) {
  const uint64_t text = (eight_digits(value) | kZeroDigits) >> (64 - 8 * count);
  std::memcpy(out, &text, 8);
}

/// Reads `size` digits, 1 to 8; 8 bytes from `p` on are readable. False: they are not all digits.
inline bool read_up_to_8_digits(const char* p, uint32_t size, uint32_t& value) {
  uint64_t word;
  std::memcpy(&word, p, 8);
  word = (word ^ kZeroDigits) << (64 - 8 * size);  // zeros in front
  constexpr uint64_t kLow = 0x7F7F'7F7F'7F7F'7F7F;
  const uint64_t above_nine = (((word & kLow) + 0x7676'7676'7676'7676) | word) & ~kLow;
  const uint64_t pairs = (word * (1 + (10 << 8)) >> 8) & 0x00FF'00FF'00FF'00FF;
  const uint64_t fours = (pairs * (1 + (100 << 16)) >> 16) & 0x0000'FFFF'0000'FFFF;
  value = static_cast<uint32_t>(fours * (1 + (10'000ull << 32)) >> 32);
  return above_nine == 0;
}

/// Number of two digits at `p`, or a number above 99 when they are not both digits.
inline uint32_t read_two_digits(const char* p) {
  const uint32_t tens = static_cast<unsigned char>(p[0] - '0');
  const uint32_t ones = static_cast<unsigned char>(p[1] - '0');
  return tens < 10 && ones < 10 ? tens * 10 + ones : 1000;
}

}  // namespace mig
