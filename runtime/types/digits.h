// Decimal digits: fast two-at-a-time writing and ASCII digit tests.
#pragma once

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

/// Number of two digits at `p`, or a number above 99 when they are not both digits.
inline uint32_t read_two_digits(const char* p) {
  const uint32_t tens = static_cast<unsigned char>(p[0] - '0');
  const uint32_t ones = static_cast<unsigned char>(p[1] - '0');
  return tens < 10 && ones < 10 ? tens * 10 + ones : 1000;
}

}  // namespace mig
