// Dates and times of the proleptic Gregorian calendar, years 0001 to 9999, as days and microseconds since 1970-01-01.
#pragma once

#include <cstdint>
#include <string_view>

namespace mig {

constexpr int64_t kMinDays = -719162;  // 0001-01-01
constexpr int64_t kMaxDays = 2932896;  // 9999-12-31
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr int64_t kMinMicros = kMinDays * kMicrosPerDay;
constexpr int64_t kMaxMicros = (kMaxDays + 1) * kMicrosPerDay - 1;

struct CivilDate {
  int32_t year;   // 1..9999
  int32_t month;  // 1..12
  int32_t day;    // 1..31
};

struct CivilTime {
  int32_t hour;    // 0..23
  int32_t minute;  // 0..59
  int32_t second;  // 0..59
  int32_t micros;  // 0..999999
};

constexpr bool is_leap_year(int64_t year) { return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0); }

/// 28..31; month 1..12.
constexpr int32_t days_in_month(int64_t year, int32_t month) {
  return month == 2 ? (is_leap_year(year) ? 29 : 28) : 30 + ((month ^ (month >> 3)) & 1);
}

constexpr bool is_valid_date(int64_t year, int64_t month, int64_t day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, static_cast<int32_t>(month));
}

/// Days since 1970-01-01 of a valid date.
constexpr int64_t days_from_civil(int64_t year, int32_t month, int32_t day) {
  const uint32_t shifted_year = static_cast<uint32_t>(year + 4800 - (month <= 2 ? 1 : 0));
  const uint32_t shifted_month = static_cast<uint32_t>(month <= 2 ? month + 9 : month - 3);  // March is 0
  const uint32_t century = shifted_year / 100;
  return static_cast<int64_t>(shifted_year) * 365 + shifted_year / 4 - century + century / 4 + (153 * shifted_month + 2) / 5 +
         static_cast<uint32_t>(day) - 1 - 2472632;
}

/// kMinDays <= days <= kMaxDays.
constexpr CivilDate civil_from_days(int64_t days) {
  const uint32_t shifted = static_cast<uint32_t>(days + 719468);  // since 0000-03-01
  const uint32_t era = shifted / 146097;
  const uint32_t day_of_era = shifted % 146097;
  const uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t shifted_month = (5 * day_of_year + 2) / 153;
  const uint32_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const uint32_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return {static_cast<int32_t>(year), static_cast<int32_t>(month), static_cast<int32_t>(day)};
}

/// 1 (Monday) to 7 (Sunday), as ISO 8601.
constexpr int32_t iso_weekday(int64_t days) { return static_cast<int32_t>((days + 719162) % 7) + 1; }

/// Rounded towards the past.
constexpr int64_t floor_divide(int64_t value, int64_t divisor) { return value / divisor - (value % divisor < 0 ? 1 : 0); }

constexpr int64_t days_of(int64_t micros) { return floor_divide(micros, kMicrosPerDay); }
constexpr int64_t micros_of_day(int64_t micros) { return micros - days_of(micros) * kMicrosPerDay; }

constexpr CivilTime civil_time_of(int64_t micros_of_the_day) {
  const uint64_t micros = static_cast<uint64_t>(micros_of_the_day);
  const uint32_t seconds = static_cast<uint32_t>(micros / 1'000'000);
  return {static_cast<int32_t>(seconds / 3600), static_cast<int32_t>(seconds / 60 % 60), static_cast<int32_t>(seconds % 60),
          static_cast<int32_t>(micros % 1'000'000)};
}

constexpr int64_t micros_from_time(int64_t hour, int64_t minute, int64_t second, int64_t micros) {
  return ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + micros;
}

/// Adds calendar months; a day that the month does not have becomes its last. False outside years 0001..9999.
bool add_months(int64_t days, int64_t months, int64_t& result);

constexpr int kTimeTextSize = 48;  // enough for each of the following
/// Each writes and returns the size. Fractions are written only when not zero, without trailing zeros.
int write_date(int64_t days, char* out);                    // 2024-03-04
int write_time(int64_t micros, char* out);                  // 05:06:07.25
int write_datetime(int64_t micros, char* out);              // 2024-03-04T05:06:07
int write_timestamp(int64_t micros, char* out);             // 2024-03-04T05:06:07Z
int write_duration(int64_t micros, char* out);              // ISO 8601: P1DT2H3M4.5S, PT0S, -PT1M
int write_period(int64_t months, int64_t days, char* out);  // ISO 8601: P1Y2M3D, P0D, -P1M (all parts negative)

/// Each reads the whole text in the form that the writer above writes (any fraction of 1 to 6 digits). False when it is not one.
bool read_date(std::string_view text, int64_t& days);
bool read_time(std::string_view text, int64_t& micros);
/// `T` or one blank between date and time.
bool read_datetime(std::string_view text, int64_t& micros);
/// As read_datetime, then `Z` or an offset such as `-05:00`.
bool read_timestamp(std::string_view text, int64_t& micros);
/// ISO 8601 with weeks, days, hours, minutes, seconds, or the language's literals, `1d2h`, `250ms`, `5min`, `-10s`.
bool read_duration(std::string_view text, int64_t& micros);

}  // namespace mig
