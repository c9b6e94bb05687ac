// A compiled list of date formats: parsing looks at the text's length and separators once, then reads digits at fixed places.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/types/value.h"
#include "stdlib/date_layout.h"
#include "stdlib/prepared.h"

namespace mig::stdlib {

class Zone;

struct DateStep {
  DatePiece piece;
  char literal;  // kLiteral
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
  void make_choices();
  std::span<const uint16_t> layouts_for(const Text& text) const;
  bool load_names(const std::string& locale, std::string& error);
  bool read_steps(const Format& format, const char* p, const char* end, DateFields& fields) const;
  bool take_month_name(const char*& p, const char* end, int32_t& month) const;
  const char* finish(bool has_offset, const DateFields& fields, int64_t& result) const;

  std::vector<Format> formats_;
  std::vector<DateLayout> layouts_;
  std::array<std::vector<uint16_t>, kMaxTextSize + 1> by_size_;  // layouts for a text of that many bytes, in order of the formats
  /// Which of them one byte of such a text still allows.
  struct Choice {
    uint8_t at = 0;  // that byte
    struct Range {
      uint32_t first = 0, count = 0;  // in chosen_
    };
    std::array<Range, 256> by_byte;
  };
  std::array<uint8_t, kMaxTextSize + 1> choice_of_size_ = {};  // in choices_; 0: no layout
  std::vector<Choice> choices_;
  std::vector<uint16_t> chosen_;
  FormatResult result_ = FormatResult::kDate;
  std::shared_ptr<const Zone> zone_;  // null: none needed
  Dst dst_ = Dst::kFail;
  int32_t pivot_ = -1;  // two-digit years below it are 20xx, others 19xx
  MonthNames short_names_, long_names_;
};

}  // namespace mig::stdlib
