// Exact decimals: unscaled 128-bit integers whose scale is known from the type. Values keep |value| < 10^38.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/types/value.h"

namespace mig {

constexpr int kMaxDecimalDigits = 38;

/// How digits that must go are dropped; the order is part of the constants that specs pass.
enum class Rounding : uint8_t { kHalfEven, kHalfUp, kHalfDown, kUp, kDown, kFloor, kCeiling };

namespace decimal_detail {
struct PowersOfTen {
  int128 value[kMaxDecimalDigits + 1];
};
constexpr PowersOfTen make_powers_of_ten() {
  PowersOfTen powers{};
  int128 power = 1;
  for (int i = 0; i <= kMaxDecimalDigits; ++i) {
    powers.value[i] = power;
    if (i != kMaxDecimalDigits) power *= 10;
  }
  return powers;
}
inline constexpr PowersOfTen kPowersOfTen = make_powers_of_ten();

constexpr bool fits_int64(int128 value) { return value == static_cast<int64_t>(value); }
}  // namespace decimal_detail

/// 10^n, 0 <= n <= 38.
constexpr int128 power_of_ten(int n) { return decimal_detail::kPowersOfTen.value[n]; }

/// |value| < 10^precision.
constexpr bool decimal_in_range(int128 value, int precision = kMaxDecimalDigits) {
  return value < power_of_ten(precision) && value > -power_of_ten(precision);
}

/// All operations answer false on overflow and then leave `result` undefined.
inline bool decimal_add(int128 a, int128 b, int128& result) { return !__builtin_add_overflow(a, b, &result) && decimal_in_range(result); }

inline bool decimal_subtract(int128 a, int128 b, int128& result) {
  return !__builtin_sub_overflow(a, b, &result) && decimal_in_range(result);
}

/// 256-bit path of decimal_multiply.
bool decimal_multiply_wide(int128 a, int128 b, int128& result);

/// The product has the sum of the scales.
inline bool decimal_multiply(int128 a, int128 b, int128& result) {
  if (decimal_detail::fits_int64(a) && decimal_detail::fits_int64(b)) [[likely]] {
    result = a * b;  // below 2^126 < 10^38
    return true;
  }
  return decimal_multiply_wide(a, b, result);
}

/// a / 10^digits, rounded; 0 <= digits. Never overflows.
int128 decimal_shift_down(int128 value, int digits, Rounding rounding);

/// Same number at another scale; going down rounds.
inline bool decimal_rescale(int128 value, int from, int to, Rounding rounding, int128& result) {
  if (to <= from) {
    result = to == from ? value : decimal_shift_down(value, from - to, rounding);
    return true;
  }
  if (to - from > kMaxDecimalDigits) return result = 0, value == 0;
  return decimal_multiply(value, power_of_ten(to - from), result);
}

/// value * 10^shift / divisor, rounded, with a 256-bit intermediate; -38 <= shift <= 76. False on overflow or when divisor is 0.
bool decimal_divide(int128 value, int128 divisor, int shift, Rounding rounding, int128& result);

/// a * b / 10^digits, rounded, with a 256-bit intermediate; 0 <= digits <= 38.
bool decimal_multiply_shift(int128 a, int128 b, int digits, Rounding rounding, int128& result);

/// Number of digits needed: 1 for 0..9.
int decimal_digits(int128 value);

constexpr int kDecimalTextSize = 48;  // enough for every decimal and every int128
/// Writes `-12.50` (the scale's digits, always); returns the size.
int write_decimal(int128 value, int scale, char* out);
constexpr int kInt64TextSize = 32;  // room that write_int64 wants: at most 20 bytes, and whole words of digits
int write_int64(int64_t value, char* out);

enum class NumberError : uint8_t {
  kNone,
  kSyntax,  // not a number of that form
  kScale,   // more digits behind the point than the type keeps, and they are not zeros
  kRange,   // more digits in front of the point than the type keeps
};

/// Which spellings are accepted; ASCII digits only.
enum class NumberForm : uint8_t {
  kPlain,  // [+-]?digits(.digits)?
  kJson,   // -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)?
};

/// Reads the whole text into decimal(precision, scale); never rounds (trailing zeros may go).
NumberError read_decimal(std::string_view text, NumberForm form, int precision, int scale, int128& result);

/// Reads the whole text and keeps its own scale (at most 38 digits and scale at most 38).
NumberError read_decimal_any_scale(std::string_view text, NumberForm form, int128& result, int& scale);

/// Reads the whole text into 64 bits. kJson accepts `1.0` and `1e3`, because numbers are judged by value.
NumberError read_int64(std::string_view text, NumberForm form, int64_t& result);

}  // namespace mig
