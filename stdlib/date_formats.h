// A compiled list of date formats: parsing looks at the text's length and separators once, then reads digits at fixed places.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/types/value.h"
#include "stdlib/prepared.h"

namespace mig::stdlib {

class Zone;

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

struct DateStep {
  DatePiece piece;
  char literal;  // kLiteral
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
  uint64_t literal[4] = {};  // expected bytes of four words
  uint64_t mask[4] = {};     // which of them are literal
  uint8_t word_at[4] = {};   // where the words stand; the last ends with the text
  uint8_t words = 0;         // 0: the text is too short or long for this way, or has other letters
  uint8_t at[7] = {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent};  // by DatePiece up to kFraction
  uint8_t fraction_digits = 0;
  uint16_t format = 0;
};

/// Immutable; shared by threads.
class DateFormats {
 public:
  static constexpr size_t kMaxTextSize = 64;
  static constexpr int64_t kForWriting = 4;  // flag bit of the PreparedSpec: one format, any set of fields

  /// Null and `error` set when a format is impossible, a zone is missing or unknown. spec.values may hold {pivot, locale}.
  static std::shared_ptr<const DateFormats> compile(const PreparedSpec& spec, std::string& error);

  /// Days for dates, microseconds for the others. Null when a format matched, else why none did (static text).
  const char* parse(const Text& text, int64_t& result) const;

  /// Writes a value (days for dates, else microseconds) by the first format; at most kMaxTextSize bytes. Returns the size.
  int write(int64_t value, char* out) const;

  /// Formats i < j that accept a common text with different meanings.
  std::vector<std::pair<size_t, size_t>> ambiguities() const;

 private:
  struct Format {
    std::vector<DateStep> steps;
    bool has_offset = false;
  };
  using MonthNames = std::array<std::string, 12>;

  bool add_format(const std::string& text, std::string& error);
  bool check_fields(const Format& format, const std::string& text, bool writing, std::string& error) const;
  void add_layouts(uint16_t index);
  bool load_names(const std::string& locale, std::string& error);
  bool read_layout(const DateLayout& layout, const char* p, DateFields& fields) const;
  bool read_steps(const Format& format, const char* p, const char* end, DateFields& fields) const;
  bool take_month_name(const char*& p, const char* end, int32_t& month) const;
  const char* finish(const Format& format, const DateFields& fields, int64_t& result) const;

  std::vector<Format> formats_;
  std::vector<DateLayout> layouts_;
  std::array<std::vector<uint16_t>, kMaxTextSize + 1> by_size_;  // layouts to try for a text of that many bytes, in order of the formats
  FormatResult result_ = FormatResult::kDate;
  std::shared_ptr<const Zone> zone_;  // null: none needed
  Dst dst_ = Dst::kFail;
  int32_t pivot_ = -1;  // two-digit years below it are 20xx, others 19xx
  MonthNames short_names_, long_names_;
};

}  // namespace mig::stdlib
