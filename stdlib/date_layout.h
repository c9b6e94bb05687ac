// A date format whose letters all stand at fixed places: its bytes are checked and its digits read all at once.
#pragma once

#include <cstdint>
#include <string_view>

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

/// One layout of fixed width: a format without letters of variable width, or one number of digits of its fraction.
struct DateLayout {
  static constexpr uint8_t kAbsent = 0xFF;
  static constexpr size_t kLeast = 8, kMost = 32;  // bytes of a text that can be read at once
  uint64_t literal[4] = {};                        // expected bytes of four words
  uint64_t mask[4] = {};                           // which of them are literal
  uint8_t word_at[4] = {};                         // where the words stand; the last ends with the text
  uint8_t words = 0;                               // 0: the text is too short or long for this way, or has other letters
  uint8_t at[7] = {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent};  // by DatePiece up to kFraction
  uint8_t fraction_digits = 0;
  bool has_offset = false;  // a literal Z
  uint16_t format = 0;

  /// `text`: the literal bytes, others NUL; `places`: 0xFF for literals. Both are as long as the texts, and `at` and `fraction_digits` are
  /// set.
  void prepare(std::string_view text, std::string_view places);
  /// Whether a text of that length has this layout; words != 0. Numbers are not checked against the calendar.
  bool read(const char* p, DateFields& fields) const;
};

}  // namespace mig::stdlib
