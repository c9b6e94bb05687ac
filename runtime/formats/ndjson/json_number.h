// JSON numbers into integers and decimals: grammar and value in one pass for the common lengths.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/formats/values/text_value.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

namespace mig {

const char* read_json_int_slow(const char* p, int64_t& value, const char*& why);
const char* read_json_decimal_slow(const char* p, int precision, int scale, int128& value, const char*& why);

/// The end of the number at `p`, or null when the grammar is broken. `why`: static cause when it is no integer of 64 bits.
inline const char* read_json_int(const char* p, int64_t& value, const char*& why) {
  const char* const first = p;
  const bool minus = *p == '-';
  p += minus;
  uint64_t digits = static_cast<uint8_t>(*p - '0');
  if (digits - 1 < 9) [[likely]] {
    const char* const start = p++;
    while (is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
    if (p - start <= 18 && *p != '.' && (*p | 0x20) != 'e') [[likely]] {
      value = minus ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
      return p;
    }
  }
  return read_json_int_slow(first, value, why);
}

/// The end of a number of at most 18 digits without exponent, its digits as one integer and how many stand behind the point; null for
/// any other text, well-formed or not.
inline const char* read_json_short(const char* p, int64_t& unscaled, int& places) {
  const bool minus = *p == '-';
  p += minus;
  const char* const start = p;
  if (!is_digit(*p) || (*p == '0' && is_digit(p[1]))) return nullptr;
  uint64_t digits = 0;
  while (is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
  places = 0;
  if (*p == '.') {
    const char* const point = p++;
    while (is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
    places = static_cast<int>(p - point) - 1;
    if (places == 0) return nullptr;
  }
  if (p - start > 18 || (*p | 0x20) == 'e') return nullptr;
  unscaled = minus ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
  return p;
}

/// As above, for decimal(precision, scale), judged by value.
inline const char* read_json_decimal(const char* p, int precision, int scale, int128& value, const char*& why) {
  const char* const first = p;
  const bool minus = *p == '-';
  p += minus;
  uint64_t digits = 0;
  const char* const start = p;
  if (is_digit(*p)) [[likely]] {
    const bool zero = *p == '0';
    digits = static_cast<uint8_t>(*p++ - '0');
    if (!zero) {
      while (is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
    }
    int places = 0;
    if (*p == '.') {
      const char* const point = p++;
      while (is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
      places = static_cast<int>(p - point) - 1;
      if (places == 0) return nullptr;
    }
    if (p - start <= 19 && places <= scale && (*p | 0x20) != 'e' && !is_digit(*p)) [[likely]] {
      const int128 scaled = static_cast<int128>(digits) * power_of_ten(scale - places < 19 ? scale - places : 0);
      if (scale - places < 19 && scaled < power_of_ten(precision)) [[likely]] {
        value = minus ? -scaled : scaled;
        return p;
      }
    }
  }
  return read_json_decimal_slow(first, precision, scale, value, why);
}

}  // namespace mig
