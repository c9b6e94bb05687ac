#include "runtime/types/decimal.h"

#include <cstring>

#include "runtime/types/digits.h"

namespace mig {

namespace {

struct Wide {  // unsigned 256 bits
  uint128 high;
  uint128 low;
};

constexpr uint128 magnitude(int128 value) { return value < 0 ? uint128{0} - static_cast<uint128>(value) : static_cast<uint128>(value); }

Wide multiply_wide(uint128 a, uint128 b) {
  const uint64_t a0 = static_cast<uint64_t>(a), a1 = static_cast<uint64_t>(a >> 64);
  const uint64_t b0 = static_cast<uint64_t>(b), b1 = static_cast<uint64_t>(b >> 64);
  const uint128 p00 = static_cast<uint128>(a0) * b0;
  const uint128 p01 = static_cast<uint128>(a0) * b1;
  const uint128 p10 = static_cast<uint128>(a1) * b0;
  const uint128 p11 = static_cast<uint128>(a1) * b1;
  const uint128 middle = (p00 >> 64) + static_cast<uint64_t>(p01) + static_cast<uint64_t>(p10);
  return {p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64), (middle << 64) | static_cast<uint64_t>(p00)};
}

// Quotient of at most 128 bits; false when it needs more. divisor != 0.
bool divide_wide(Wide number, uint128 divisor, uint128& quotient, uint128& remainder) {
  if (number.high == 0) {
    quotient = number.low / divisor;
    remainder = number.low % divisor;
    return true;
  }
  if (number.high >= divisor) return false;
  uint128 rest = number.high;
  quotient = 0;
  for (int bit = 127; bit >= 0; --bit) {
    const bool carry = (rest >> 127) != 0;
    rest = (rest << 1) | ((number.low >> bit) & 1);
    quotient <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  remainder = rest;
  return true;
}

// Whether the magnitude grows by one, for a remainder of a division by `divisor`.
bool rounds_away(uint128 quotient, uint128 remainder, uint128 divisor, bool negative, Rounding rounding) {
  if (remainder == 0) return false;
  const uint128 complement = divisor - remainder;
  switch (rounding) {
    case Rounding::kHalfEven: return remainder > complement || (remainder == complement && (quotient & 1) != 0);
    case Rounding::kHalfUp: return remainder >= complement;
    case Rounding::kHalfDown: return remainder > complement;
    case Rounding::kUp: return true;
    case Rounding::kDown: return false;
    case Rounding::kFloor: return negative;
    case Rounding::kCeiling: return !negative;
  }
  return false;
}

bool finish(uint128 quotient, uint128 remainder, uint128 divisor, bool negative, Rounding rounding, int128& result) {
  if (rounds_away(quotient, remainder, divisor, negative, rounding)) ++quotient;
  if (quotient >= static_cast<uint128>(power_of_ten(kMaxDecimalDigits))) return false;
  result = negative ? -static_cast<int128>(quotient) : static_cast<int128>(quotient);
  return true;
}

// Digits of a number with its exponent, as they stand in the text.
struct Digits {
  bool negative = false;
  uint128 value = 0;  // of all digits without leading zeros and without dropped trailing zeros
  int64_t scale = 0;  // value * 10^-scale
};

// Trailing zeros are kept so that a reader with its own scale sees them; more than 38 significant digits are an error
// unless the surplus are zeros behind the point.
NumberError scan(std::string_view text, NumberForm form, Digits& digits) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p == end) return NumberError::kSyntax;
  if (*p == '-' || (*p == '+' && form == NumberForm::kPlain)) digits.negative = *p++ == '-';
  if (p == end || !is_digit(*p)) return NumberError::kSyntax;
  if (form == NumberForm::kJson && *p == '0' && p + 1 != end && is_digit(p[1])) return NumberError::kSyntax;
  int significant = 0;
  int64_t dropped = 0;  // zeros after the 38th digit that are not yet part of the value
  bool too_long = false;
  const auto take = [&](char c) {
    const unsigned digit = static_cast<unsigned>(c - '0');
    if (significant == 0 && digit == 0) return;
    if (significant == kMaxDecimalDigits) {
      ++dropped;
      too_long |= digit != 0;
      return;
    }
    digits.value = digits.value * 10 + digit;
    ++significant;
  };
  uint64_t small = 0;
  const char* const begin_small = p;
  while (p != end && is_digit(*p) && p - begin_small < 18) small = small * 10 + static_cast<unsigned>(*p++ - '0');
  digits.value = small;
  if (end - begin_small > 18) {
    for (uint64_t rest = small; rest != 0; rest /= 10) ++significant;
  }
  while (p != end && is_digit(*p)) take(*p++);
  int64_t fraction = 0;
  if (p != end && *p == '.') {
    const char* const begin = ++p;
    if (end - begin_small <= 19) {  // all digits fit 64 bits
      while (p != end && is_digit(*p)) small = small * 10 + static_cast<unsigned>(*p++ - '0');
      digits.value = small;
    } else {
      while (p != end && is_digit(*p)) take(*p++);
    }
    if (p == begin) return NumberError::kSyntax;
    fraction = p - begin;
  }
  int64_t exponent = 0;
  if (p != end && form == NumberForm::kJson && (*p == 'e' || *p == 'E')) {
    ++p;
    bool negative = false;
    if (p != end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    if (p == end || !is_digit(*p)) return NumberError::kSyntax;
    while (p != end && is_digit(*p)) {
      if (exponent < 1'000'000'000) exponent = exponent * 10 + (*p - '0');
      ++p;
    }
    if (negative) exponent = -exponent;
  }
  if (p != end) return NumberError::kSyntax;
  digits.scale = fraction - exponent - dropped;
  if (too_long) return fraction > 0 ? NumberError::kScale : NumberError::kRange;
  return NumberError::kNone;
}

}  // namespace

bool decimal_multiply_wide(int128 a, int128 b, int128& result) {
  const Wide product = multiply_wide(magnitude(a), magnitude(b));
  if (product.high != 0) return false;
  return finish(product.low, 0, 1, (a < 0) != (b < 0), Rounding::kDown, result);
}

int128 decimal_shift_down(int128 value, int digits, Rounding rounding) {
  const bool negative = value < 0;
  const uint128 number = magnitude(value);
  uint128 quotient = 0;
  uint128 remainder = number;
  uint128 divisor = 0;
  if (digits <= kMaxDecimalDigits) {
    divisor = static_cast<uint128>(power_of_ten(digits));
    if ((number >> 64) == 0 && (divisor >> 64) == 0) {
      quotient = static_cast<uint64_t>(number) / static_cast<uint64_t>(divisor);
      remainder = static_cast<uint64_t>(number) % static_cast<uint64_t>(divisor);
    } else {
      quotient = number / divisor;
      remainder = number % divisor;
    }
  } else {
    divisor = ~uint128{0};  // stands for 10^39 and more: the value is far below its half
  }
  if (rounds_away(quotient, remainder, divisor, negative, rounding)) ++quotient;
  return negative ? -static_cast<int128>(quotient) : static_cast<int128>(quotient);
}

bool decimal_divide(int128 value, int128 divisor, int shift, Rounding rounding, int128& result) {
  if (divisor == 0 || shift < -kMaxDecimalDigits || shift > 2 * kMaxDecimalDigits) return false;
  const bool negative = (value < 0) != (divisor < 0);
  uint128 under = magnitude(divisor);
  Wide over{0, magnitude(value)};
  if (shift < 0) {
    const Wide product = multiply_wide(under, static_cast<uint128>(power_of_ten(-shift)));
    if (product.high != 0) {  // |divisor| * 10^n >= 2^128 > 2 * |value|, so only the direction of rounding matters
      return finish(0, 1, 3, negative && value != 0, value == 0 ? Rounding::kDown : rounding, result);
    }
    under = product.low;
  } else if (shift <= kMaxDecimalDigits) {
    over = multiply_wide(over.low, static_cast<uint128>(power_of_ten(shift)));
  } else if (over.low != 0) {
    over = multiply_wide(over.low, static_cast<uint128>(power_of_ten(kMaxDecimalDigits)));
    const uint128 factor = static_cast<uint128>(power_of_ten(shift - kMaxDecimalDigits));
    const Wide top = multiply_wide(over.high, factor);
    if (top.high != 0) return false;  // above 2^256, so the quotient is above 10^38
    const Wide bottom = multiply_wide(over.low, factor);
    over.low = bottom.low;
    if (__builtin_add_overflow(top.low, bottom.high, &over.high)) return false;
  }
  uint128 quotient = 0, remainder = 0;
  if (!divide_wide(over, under, quotient, remainder)) return false;
  if (quotient == ~uint128{0}) return false;
  return finish(quotient, remainder, under, negative, rounding, result);
}

bool decimal_multiply_shift(int128 a, int128 b, int digits, Rounding rounding, int128& result) {
  const uint128 divisor = static_cast<uint128>(power_of_ten(digits));
  uint128 quotient = 0, remainder = 0;
  if (!divide_wide(multiply_wide(magnitude(a), magnitude(b)), divisor, quotient, remainder)) return false;
  if (quotient == ~uint128{0}) return false;
  return finish(quotient, remainder, divisor, (a < 0) != (b < 0), rounding, result);
}

int decimal_digits(int128 value) {
  const uint128 number = magnitude(value);
  int digits = 1;
  while (digits <= kMaxDecimalDigits && number >= static_cast<uint128>(power_of_ten(digits))) ++digits;
  return digits;
}

namespace {

/// A number below 2^64 without leading zeros. Room for 24 bytes; returns how many are meant.
int write_number(uint64_t number, char* out) {
  constexpr uint64_t kTenTo16 = uint64_t{kTenTo8} * kTenTo8;
  if (number < kTenTo8) [[likely]]
    return write_up_to_8_digits(static_cast<uint32_t>(number), out);
  char* next = out;
  if (number >= kTenTo16) {
    next += write_up_to_8_digits(static_cast<uint32_t>(number / kTenTo16), next);
    number %= kTenTo16;
    write_last_digits(static_cast<uint32_t>(number / kTenTo8), 8, next);
    next += 8;
  } else {
    next += write_up_to_8_digits(static_cast<uint32_t>(number / kTenTo8), next);
  }
  write_last_digits(static_cast<uint32_t>(number % kTenTo8), 8, next);
  return static_cast<int>(next - out) + 8;
}

}  // namespace

int write_int64(int64_t value, char* out) {
  *out = '-';
  const auto number = static_cast<uint64_t>(value);
  return value < 0 ? 1 + write_number(0 - number, out + 1) : write_number(number, out);
}

namespace {

/// A number below 2^64 with less than 20 places.
int write_short_decimal(uint64_t number, bool negative, int scale, char* out) {
  char* target = out;
  *target = '-';
  target += negative;
  if (scale == 0) return static_cast<int>(target - out) + write_number(number, target);
  if (number < kTenTo8 && scale < 8) [[likely]] {
    // All digits at once, and those behind the point once more, one place further.
    const uint64_t digits = eight_digits(static_cast<uint32_t>(number)), text = digits | kZeroDigits;
    const int leading = std::countr_zero(digits | 1ull << (8 * (7 - scale))) >> 3;
    const int whole = 8 - scale - leading;
    const uint64_t front = text >> (8 * leading), behind = text >> (8 * (8 - scale));
    std::memcpy(target, &front, 8);
    target[whole] = '.';
    std::memcpy(target + whole + 1, &behind, 8);
    return static_cast<int>(target - out) + whole + 1 + scale;
  }
  const auto unit = static_cast<uint64_t>(power_of_ten(scale));
  target += write_number(number / unit, target);
  uint64_t places = number % unit;
  *target++ = '.';
  for (int left = scale; left > 0; left -= 8) {
    const int behind = left > 8 ? left - 8 : 0;
    const auto below = static_cast<uint64_t>(power_of_ten(behind));
    write_last_digits(static_cast<uint32_t>(behind == 0 ? places : places / below), left - behind, target);
    if (behind != 0) places %= below;
    target += left - behind;
  }
  return static_cast<int>(target - out);
}

}  // namespace

int write_decimal(int128 value, int scale, char* out) {
  if (const uint128 number = magnitude(value); (number >> 64) == 0 && scale < 19) [[likely]]
    return write_short_decimal(static_cast<uint64_t>(number), value < 0, scale, out);
  char digits[96];
  char* const end = digits + sizeof digits;
  char* begin = end;
  uint128 number = magnitude(value);
  while ((number >> 64) != 0) {
    constexpr uint64_t kChunk = 10'000'000'000'000'000'000u;
    char* const start = write_digits_backward(static_cast<uint64_t>(number % kChunk), begin);
    number /= kChunk;
    begin -= 19;
    std::memset(begin, '0', static_cast<size_t>(start - begin));
  }
  begin = write_digits_backward(static_cast<uint64_t>(number), begin);
  while (end - begin <= scale) *--begin = '0';
  char* target = out;
  if (value < 0) *target++ = '-';
  const size_t whole = static_cast<size_t>(end - begin) - static_cast<size_t>(scale);
  std::memcpy(target, begin, whole);
  target += whole;
  if (scale > 0) {
    *target++ = '.';
    std::memcpy(target, begin + whole, static_cast<size_t>(scale));
    target += scale;
  }
  return static_cast<int>(target - out);
}

NumberError read_decimal(std::string_view text, NumberForm form, int precision, int scale, int128& result) {
  Digits digits;
  if (const NumberError error = scan(text, form, digits); error != NumberError::kNone) return error;
  uint128 value = digits.value;
  while (digits.scale > scale && value != 0) {
    if (value % 10 != 0) return NumberError::kScale;
    value /= 10;
    --digits.scale;
  }
  if (value == 0) {
    result = 0;
    return NumberError::kNone;
  }
  const int64_t up = scale - digits.scale;
  if (up > kMaxDecimalDigits) return NumberError::kRange;
  int128 scaled = 0;
  if (!decimal_multiply(static_cast<int128>(value), power_of_ten(static_cast<int>(up)), scaled)) return NumberError::kRange;
  if (!decimal_in_range(scaled, precision)) return NumberError::kRange;
  result = digits.negative ? -scaled : scaled;
  return NumberError::kNone;
}

NumberError read_decimal_any_scale(std::string_view text, NumberForm form, int128& result, int& scale) {
  Digits digits;
  if (const NumberError error = scan(text, form, digits); error != NumberError::kNone) return error;
  uint128 value = digits.value;
  while (digits.scale > kMaxDecimalDigits && value != 0) {
    if (value % 10 != 0) return NumberError::kScale;
    value /= 10;
    --digits.scale;
  }
  if (value == 0) {
    result = 0;
    scale = digits.scale < 0 ? 0 : digits.scale > kMaxDecimalDigits ? kMaxDecimalDigits : static_cast<int>(digits.scale);
    return NumberError::kNone;
  }
  int128 signed_value = static_cast<int128>(value);
  if (digits.scale < 0) {
    if (digits.scale < -kMaxDecimalDigits) return NumberError::kRange;
    if (!decimal_multiply(signed_value, power_of_ten(static_cast<int>(-digits.scale)), signed_value)) return NumberError::kRange;
    digits.scale = 0;
  }
  result = digits.negative ? -signed_value : signed_value;
  scale = static_cast<int>(digits.scale);
  return NumberError::kNone;
}

NumberError read_int64(std::string_view text, NumberForm form, int64_t& result) {
  if (!text.empty() && text.size() <= 18) {
    const char* p = text.data();
    const char* const end = p + text.size();
    const bool negative = *p == '-';
    if (negative || (*p == '+' && form == NumberForm::kPlain)) ++p;
    const bool leading_zero = p != end && *p == '0' && p + 1 != end;
    uint64_t value = 0;
    const char* const begin = p;
    while (p != end && is_digit(*p)) value = value * 10 + static_cast<unsigned>(*p++ - '0');
    if (p == end && p != begin && !(leading_zero && form == NumberForm::kJson)) {
      result = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
      return NumberError::kNone;
    }
    if (form == NumberForm::kPlain) return NumberError::kSyntax;
  }
  if (form == NumberForm::kPlain && text.find('.') != std::string_view::npos) return NumberError::kSyntax;
  int128 value = 0;
  if (const NumberError error = read_decimal(text, form, kMaxDecimalDigits, 0, value); error != NumberError::kNone) return error;
  if (!decimal_detail::fits_int64(value)) return NumberError::kRange;
  result = static_cast<int64_t>(value);
  return NumberError::kNone;
}

}  // namespace mig
