// A date format whose letters all stand at fixed places: its bytes are checked and its digits read all at once.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/types/read_behind.h"

namespace mig::stdlib {

/// Letters: %Y (4 digits) %m %d %H %M %S %I %y (2 digits; %y needs a pivot) %j (3) %f (1 to 6 digits) %e %k (1 or 2 digits)
/// %b %B (month names of a locale) %p (AM or PM) %z (+hhmm, +hh:mm or Z) %% ; a literal Z behind a time is the offset +00:00.
enum class DatePiece : uint8_t {
  kYear,
  kMonth,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kFraction,  // what a fixed layout may hold
  kYearOfCentury,
  kDayOfYear,
  kShortDay,
  kShortHour,
  kHour12,
  kMonthName,
  kHalfOfDay,
  kOffset,
  kZulu,
  kLiteral,
};

/// Fields that a text gave; what it did not give keeps these values.
struct DateFields {
  int32_t year = 0, month = 0, day = 0, day_of_year = 0;
  int32_t hour = 0, minute = 0, second = 0, micros = 0;
  int32_t half = -1;           // 0 AM, 1 PM
  int32_t offset_minutes = 0;  // of local time from UTC
};

/// A text of a date, as long as the longest layout; what lies behind the text has no influence.
class DateText {
 public:
  static constexpr size_t kSize = 32;
  using Half = uint8_t __attribute__((vector_size(16)));

  MIG_READS_BEHIND DateText(const char* p, size_t size) {
    using Unaligned = uint8_t __attribute__((vector_size(16), aligned(1), may_alias));
    if (lie_in_one_page(p, kSize)) [[likely]] {
      halves[0] = *reinterpret_cast<const Unaligned*>(p);
      halves[1] = *reinterpret_cast<const Unaligned*>(p + 16);
      return;
    }
    char bytes[kSize] = {};
    std::memcpy(bytes, p, size < kSize ? size : kSize);
    std::memcpy(halves, bytes, kSize);
  }
  Half halves[2];
};

/// One layout of fixed width: a format without letters of variable width, or one number of digits of its fraction.
struct DateLayout {
  static constexpr uint8_t kAbsent = DateText::kSize;  // where digits that are not there are found: zeros
  static constexpr uint8_t kAll = 0xFF;
  DateText::Half literal[2] = {};                                                   // expected bytes
  DateText::Half is_literal[2] = {};                                                // kAll: a literal stands there
  DateText::Half is_digit[2] = {};                                                  // kAll: a digit
  bool fixed = false;                                                               // else the steps of the format are tried
  uint8_t at[7] = {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent};  // by DatePiece up to kFraction
  bool has_offset = false;                                                          // a literal Z
  uint16_t format = 0;
  int32_t digit_micros[6] = {};  // what each digit of a fraction counts; 0: it has fewer

  /// `text`: the literal bytes, others NUL; `literals`: kAll for literals; both are as long as the texts. `at` is set. A longer text than a
  /// DateText stays without a fixed layout.
  void prepare(std::string_view text, std::string_view literals, size_t fraction_digits);
  /// Whether a byte may stand at a place of a text.
  bool may_hold(size_t place, unsigned char byte) const {
    const size_t half = place / 16, i = place % 16;
    if (!fixed) return true;
    return is_literal[half][i] != 0 ? literal[half][i] == byte : is_digit[half][i] != 0 && byte >= '0' && byte <= '9';
  }
  /// Whether there is a byte that may stand at a place of texts of both.
  bool meets(const DateLayout& other, size_t place) const {
    const size_t half = place / 16, i = place % 16;
    if (!fixed || !other.fixed) return true;
    if (is_literal[half][i] != 0) return other.may_hold(place, literal[half][i]);
    return other.is_literal[half][i] == 0 || may_hold(place, other.literal[half][i]);
  }
  /// Whether a text of that length has this layout, which is fixed. Numbers are not checked against the calendar.
  [[gnu::always_inline]] inline bool read(const DateText& text, DateFields& fields) const;
};

inline bool DateLayout::read(const DateText& text, DateFields& fields) const {
  // All literal bytes and all digits in one test; what follows need not check again.
  uint8_t digits[DateText::kSize + 16];
  DateText::Half wrong = {};
  for (size_t half = 0; half < 2; ++half) {
    const DateText::Half bytes = text.halves[half], numbers = bytes - '0';
    wrong |= ((bytes ^ literal[half]) & is_literal[half]) | (reinterpret_cast<DateText::Half>(numbers > 9) & is_digit[half]);
    const DateText::Half kept = numbers & is_digit[half];
    std::memcpy(digits + half * 16, &kept, 16);
  }
  std::memset(digits + DateText::kSize, 0, 16);
  uint64_t words[2];
  std::memcpy(words, &wrong, 16);
  if ((words[0] | words[1]) != 0) return false;
  const auto two = [&](DatePiece piece) {
    const uint8_t* const p = digits + at[static_cast<size_t>(piece)];
    return p[0] * 10 + p[1];
  };
  const uint8_t* const year = digits + at[0];
  fields.year = year[0] * 1000 + year[1] * 100 + year[2] * 10 + year[3];
  fields.month = two(DatePiece::kMonth);
  fields.day = two(DatePiece::kDay);
  fields.hour = two(DatePiece::kHour);
  fields.minute = two(DatePiece::kMinute);
  fields.second = two(DatePiece::kSecond);
  const uint8_t* const fraction = digits + at[static_cast<size_t>(DatePiece::kFraction)];
  int32_t micros = 0;
  for (size_t i = 0; i < 6; ++i) micros += fraction[i] * digit_micros[i];
  fields.micros = micros;
  return true;
}

}  // namespace mig::stdlib
