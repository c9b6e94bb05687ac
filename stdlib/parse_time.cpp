// Parsing and writing dates and times by compiled formats.
#include "runtime/types/civil_time.h"
#include "runtime/types/digits.h"
#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/date_formats.h"
#include "stdlib/functions.h"
#include "stdlib/zone.h"

namespace mig::stdlib {

namespace {

constexpr const char* kNoFormat = "no format fits the text";
constexpr const char* kNoSuchDay = "the text fits a format, but there is no such date or time";
constexpr const char* kOutside = "outside the years 0001 to 9999";

// A number of `least` to `most` digits.
bool take_number(const char*& p, const char* end, int least, int most, int32_t& number) {
  int count = 0;
  number = 0;
  for (; p != end && count < most && is_digit(*p); ++p, ++count) number = number * 10 + (*p - '0');
  return count >= least;
}

bool take_offset(const char*& p, const char* end, int32_t& minutes) {
  if (p == end) return false;
  if (*p == 'Z') return ++p, minutes = 0, true;
  if (*p != '+' && *p != '-') return false;
  const bool west = *p++ == '-';
  int32_t hour = 0, minute = 0;
  if (!take_number(p, end, 2, 2, hour)) return false;
  if (p != end && *p == ':') ++p;
  if (!take_number(p, end, 2, 2, minute) || hour > 23 || minute > 59) return false;
  minutes = (hour * 60 + minute) * (west ? -1 : 1);
  return true;
}

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool starts_with_name(const char* p, const char* end, const std::string& name) {
  if (name.empty() || static_cast<size_t>(end - p) < name.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (lower_ascii(p[i]) != lower_ascii(name[i])) return false;
  }
  return true;
}

Status parse(Context& context, int64_t& result, const Text& text, const DateFormats& formats) {
  const char* const cause = formats.parse(text, result);
  return cause == nullptr ? Status::kOk : fail(context, cause);
}

}  // namespace

bool DateFormats::take_month_name(const char*& p, const char* end, int32_t& month) const {
  size_t best = 0;
  for (size_t i = 0; i < 12; ++i) {
    for (const std::string* name : {&long_names_[i], &short_names_[i]}) {
      if (name->size() > best && starts_with_name(p, end, *name)) {
        best = name->size();
        month = static_cast<int32_t>(i) + 1;
      }
    }
  }
  p += best;
  return best != 0;
}

bool DateFormats::read_steps(const Format& format, const char* p, const char* end, DateFields& fields) const {
  for (const DateStep& step : format.steps) {
    bool good = false;
    switch (step.piece) {
      case DatePiece::kYear: good = take_number(p, end, 4, 4, fields.year); break;
      case DatePiece::kMonth: good = take_number(p, end, 2, 2, fields.month); break;
      case DatePiece::kDay: good = take_number(p, end, 2, 2, fields.day); break;
      case DatePiece::kHour: good = take_number(p, end, 2, 2, fields.hour); break;
      case DatePiece::kMinute: good = take_number(p, end, 2, 2, fields.minute); break;
      case DatePiece::kSecond: good = take_number(p, end, 2, 2, fields.second); break;
      case DatePiece::kFraction: {
        const char* const begin = p;
        good = take_number(p, end, 1, 6, fields.micros);
        for (int64_t i = p - begin; i < 6; ++i) fields.micros *= 10;
        break;
      }
      case DatePiece::kYearOfCentury:
        good = take_number(p, end, 2, 2, fields.year);
        fields.year += fields.year < pivot_ ? 2000 : 1900;
        break;
      case DatePiece::kDayOfYear: good = take_number(p, end, 3, 3, fields.day_of_year) && fields.day_of_year > 0; break;
      case DatePiece::kShortDay: good = take_number(p, end, 1, 2, fields.day); break;
      case DatePiece::kShortHour: good = take_number(p, end, 1, 2, fields.hour); break;
      case DatePiece::kHour12:
        good = take_number(p, end, 2, 2, fields.hour) && fields.hour >= 1 && fields.hour <= 12;
        fields.hour %= 12;
        break;
      case DatePiece::kMonthName: good = take_month_name(p, end, fields.month); break;
      case DatePiece::kHalfOfDay:
        good = end - p >= 2 && (lower_ascii(*p) == 'a' || lower_ascii(*p) == 'p') && lower_ascii(p[1]) == 'm';
        if (good) fields.half = lower_ascii(*p) == 'p' ? 1 : 0;
        p += 2;
        break;
      case DatePiece::kOffset: good = take_offset(p, end, fields.offset_minutes); break;
      case DatePiece::kZulu:
      case DatePiece::kLiteral:
        good = p != end && *p == step.literal;
        ++p;
        break;
    }
    if (!good) return false;
  }
  return p == end;
}

[[gnu::always_inline]] inline const char* DateFormats::finish(bool has_offset, const DateFields& fields, int64_t& result) const {
  const int32_t hour = fields.hour + (fields.half == 1 ? 12 : 0);
  if (hour > 23 || fields.minute > 59 || fields.second > 59) return kNoSuchDay;
  const int64_t time = micros_from_time(hour, fields.minute, fields.second, fields.micros);
  if (result_ == FormatResult::kTime) return result = time, nullptr;
  int64_t days = 0;
  if (fields.day_of_year != 0) {
    if (!is_valid_date(fields.year, 1, 1) || fields.day_of_year > (is_leap_year(fields.year) ? 366 : 365)) return kNoSuchDay;
    days = days_from_civil(fields.year, 1, 1) + fields.day_of_year - 1;
  } else {
    if (!is_valid_date(fields.year, fields.month, fields.day)) return kNoSuchDay;
    days = days_from_civil(fields.year, fields.month, fields.day);
  }
  if (result_ == FormatResult::kDate) return result = days, nullptr;
  const int64_t civil = days * kMicrosPerDay + time;
  if (has_offset && fields.offset_minutes != 0) {
    result = civil - fields.offset_minutes * int64_t{60'000'000};
    return result >= kMinMicros && result <= kMaxMicros ? nullptr : kOutside;
  }
  if (zone_ != nullptr && !has_offset) return zone_->to_instant(civil, result);
  return result = civil, nullptr;
}

inline std::span<const uint16_t> DateFormats::layouts_for(const Text& text) const {
  const Choice& choice = choices_[choice_of_size_[text.size]];
  if (text.size == 0) return {};
  const Choice::Range range = choice.by_byte[static_cast<unsigned char>(text.data[choice.at])];
  return {chosen_.data() + range.first, range.count};
}

MIG_READS_BEHIND const char* DateFormats::parse(const Text& text, int64_t& result) const {
  if (text.size > kMaxTextSize) return kNoFormat;
  const char* cause = kNoFormat;
  const std::span<const uint16_t> layouts = layouts_for(text);
  if (layouts.empty()) return kNoFormat;
  const DateText bytes(text.data, text.size);
  for (const uint16_t index : layouts) {
    const DateLayout& layout = layouts_[index];
    if (layout.fixed) [[likely]] {
      DateFields fields;  // stay in registers
      if (!layout.read(bytes, fields)) continue;
      cause = finish(layout.has_offset, fields, result);
    } else {
      const Format& format = formats_[layout.format];
      DateFields fields;
      if (!read_steps(format, text.data, text.data + text.size, fields)) continue;
      cause = finish(format.has_offset, fields, result);
    }
    if (cause == nullptr) return nullptr;
  }
  return cause;
}

int DateFormats::write(int64_t value, char* out) const {
  const int64_t civil = result_ == FormatResult::kDate ? value * kMicrosPerDay : zone_ != nullptr ? zone_->to_civil(value) : value;
  const int64_t days = days_of(civil);
  const CivilDate date = civil_from_days(days);
  const CivilTime time = civil_time_of(civil - days * kMicrosPerDay);
  char* p = out;
  const auto two = [&](int32_t number) {
    write_two_digits(static_cast<uint32_t>(number), p);
    p += 2;
  };
  const auto name = [&](const std::string& text) {
    if (static_cast<size_t>(p - out) + text.size() > kMaxTextSize) return;
    std::memcpy(p, text.data(), text.size());
    p += text.size();
  };
  for (const DateStep& step : formats_[0].steps) {
    if (p - out > static_cast<int64_t>(kMaxTextSize) - 6) break;
    switch (step.piece) {
      case DatePiece::kYear:
        two(date.year / 100);
        two(date.year % 100);
        break;
      case DatePiece::kYearOfCentury: two(date.year % 100); break;
      case DatePiece::kMonth: two(date.month); break;
      case DatePiece::kDay: two(date.day); break;
      case DatePiece::kHour: two(time.hour); break;
      case DatePiece::kMinute: two(time.minute); break;
      case DatePiece::kSecond: two(time.second); break;
      case DatePiece::kFraction:
        two(time.micros / 10000);
        two(time.micros / 100 % 100);
        two(time.micros % 100);
        break;
      case DatePiece::kDayOfYear: {
        const int32_t day = static_cast<int32_t>(days - days_from_civil(date.year, 1, 1)) + 1;
        *p++ = static_cast<char>('0' + day / 100);
        two(day % 100);
        break;
      }
      case DatePiece::kShortDay:
      case DatePiece::kShortHour: {
        const int32_t number = step.piece == DatePiece::kShortDay ? date.day : time.hour;
        if (number >= 10) *p++ = static_cast<char>('0' + number / 10);
        *p++ = static_cast<char>('0' + number % 10);
        break;
      }
      case DatePiece::kHour12: two(time.hour % 12 == 0 ? 12 : time.hour % 12); break;
      case DatePiece::kMonthName:
        name(step.literal == 'B' ? long_names_[static_cast<size_t>(date.month - 1)] : short_names_[static_cast<size_t>(date.month - 1)]);
        break;
      case DatePiece::kHalfOfDay: name(time.hour < 12 ? "AM" : "PM"); break;
      case DatePiece::kOffset: {
        const int64_t minutes = floor_divide(civil - value, 60'000'000);
        const int32_t magnitude = static_cast<int32_t>(minutes < 0 ? -minutes : minutes);
        *p++ = minutes < 0 ? '-' : '+';
        two(magnitude / 60);
        *p++ = ':';
        two(magnitude % 60);
        break;
      }
      case DatePiece::kZulu:
      case DatePiece::kLiteral: *p++ = step.literal; break;
    }
  }
  return static_cast<int>(p - out);
}

MIG_FUNCTION(parse_date)(Context& context, int64_t& result, const Text& text, const DateFormats& formats) {
  return parse(context, result, text, formats);
}
MIG_FUNCTION(parse_time)(Context& context, int64_t& result, const Text& text, const DateFormats& formats) {
  return parse(context, result, text, formats);
}
MIG_FUNCTION(parse_datetime)(Context& context, int64_t& result, const Text& text, const DateFormats& formats) {
  return parse(context, result, text, formats);
}
MIG_FUNCTION(parse_timestamp)(Context& context, int64_t& result, const Text& text, const DateFormats& formats) {
  return parse(context, result, text, formats);
}

MIG_FUNCTION(parse_duration)(Context& context, int64_t& result, const Text& text) {
  if (read_duration(text.view(), result)) return Status::kOk;
  return fail(context, "not a duration such as PT1H30M or 1h30min");
}

MIG_FUNCTION(format_time)(Context& context, Text& result, const int64_t& value, const DateFormats& format) {
  char* const out = arena_chars(context, DateFormats::kMaxTextSize);
  return result = {out, static_cast<uint64_t>(format.write(value, out))}, Status::kOk;
}

}  // namespace mig::stdlib
