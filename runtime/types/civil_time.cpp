#include "runtime/types/civil_time.h"

#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

namespace mig {

namespace {

int write_fraction(uint32_t micros, char* out) {
  if (micros == 0) return 0;
  *out = '.';
  char digits[6];
  write_two_digits(micros / 10000, digits);
  write_two_digits(micros / 100 % 100, digits + 2);
  write_two_digits(micros % 100, digits + 4);
  int size = 6;
  while (digits[size - 1] == '0') --size;
  std::memcpy(out + 1, digits, static_cast<size_t>(size));
  return size + 1;
}

uint64_t magnitude(int64_t value) { return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value); }

int write_unsigned(uint64_t value, char* out) {
  char digits[24];
  char* const end = digits + sizeof digits;
  const char* const begin = write_digits_backward(value, end);
  std::memcpy(out, begin, static_cast<size_t>(end - begin));
  return static_cast<int>(end - begin);
}

// `HH:MM:SS` with an optional fraction at the front of text; advances it.
bool take_time(std::string_view& text, int64_t& micros) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
  const uint32_t hour = read_two_digits(text.data());
  const uint32_t minute = read_two_digits(text.data() + 3);
  const uint32_t second = read_two_digits(text.data() + 6);
  if (hour > 23 || minute > 59 || second > 59) return false;
  text.remove_prefix(8);
  int64_t fraction = 0;
  if (!text.empty() && text[0] == '.') {
    size_t count = 0;
    int64_t weight = 100'000;
    for (text.remove_prefix(1); count < text.size() && is_digit(text[count]); ++count, weight /= 10) {
      fraction += (text[count] - '0') * weight;
    }
    if (count == 0 || count > 6) return false;
    text.remove_prefix(count);
  }
  micros = micros_from_time(hour, minute, second, fraction);
  return true;
}

bool take_datetime(std::string_view& text, int64_t& micros) {
  int64_t days = 0;
  if (text.size() < 19 || !read_date(text.substr(0, 10), days)) return false;
  if (text[10] != 'T' && text[10] != ' ') return false;
  text.remove_prefix(11);
  if (!take_time(text, micros)) return false;
  micros += days * kMicrosPerDay;
  return true;
}

struct Unit {
  std::string_view name;
  int64_t micros;
};

constexpr Unit kIsoDate[] = {{"W", 7 * kMicrosPerDay}, {"D", kMicrosPerDay}};
constexpr Unit kIsoTime[] = {{"H", 3'600'000'000}, {"M", 60'000'000}, {"S", 1'000'000}};
constexpr Unit kLiteral[] = {
    {"w", 7 * kMicrosPerDay}, {"d", kMicrosPerDay}, {"h", 3'600'000'000}, {"min", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}};

// Amounts with descending units, each at most once; advances text up to the first character that cannot go on.
template <size_t N>
bool take_units(std::string_view& text, const Unit (&units)[N], uint64_t& total, bool& any) {
  size_t next = 0;
  while (!text.empty() && is_digit(text[0])) {
    uint64_t amount = 0;
    while (!text.empty() && is_digit(text[0])) {
      if (__builtin_mul_overflow(amount, 10u, &amount) || __builtin_add_overflow(amount, static_cast<uint64_t>(text[0] - '0'), &amount)) {
        return false;
      }
      text.remove_prefix(1);
    }
    uint64_t fraction = 0, weight = 1;
    if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
      for (text.remove_prefix(1); !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
        if (weight == 1'000'000) return false;
        fraction = fraction * 10 + static_cast<uint64_t>(text[0] - '0');
        weight *= 10;
      }
    }
    size_t letters = 0;
    while (letters < text.size() && ((text[letters] | 0x20) >= 'a' && (text[letters] | 0x20) <= 'z')) ++letters;
    const std::string_view name = text.substr(0, letters);
    const Unit* unit = nullptr;
    for (; next < N && unit == nullptr; ++next) {
      // ISO units follow each other without a digit between `D` and `T`, so compare by prefix for single capitals.
      if (units[next].name == name || (name.size() > 1 && name[1] == 'T' && units[next].name == name.substr(0, 1))) {
        unit = &units[next];
      }
    }
    if (unit == nullptr) return false;
    const uint64_t micros = static_cast<uint64_t>(unit->micros);
    uint64_t part = 0;
    if (__builtin_mul_overflow(amount, micros, &part) || __builtin_add_overflow(total, part, &total)) return false;
    if (fraction != 0) {
      if (fraction * micros % weight != 0) return false;
      if (__builtin_add_overflow(total, fraction * micros / weight, &total)) return false;
    }
    text.remove_prefix(unit->name.size());
    any = true;
  }
  return true;
}

}  // namespace

bool add_months(int64_t days, int64_t months, int64_t& result) {
  const CivilDate date = civil_from_days(days);
  if (months > 120'000 || months < -120'000) return false;
  const int64_t total = static_cast<int64_t>(date.year) * 12 + (date.month - 1) + months;
  const int64_t year = floor_divide(total, 12);
  if (year < 1 || year > 9999) return false;
  const int32_t month = static_cast<int32_t>(total - year * 12) + 1;
  const int32_t last = days_in_month(year, month);
  result = days_from_civil(year, month, date.day < last ? date.day : last);
  return true;
}

int write_date(int64_t days, char* out) {
  const CivilDate date = civil_from_days(days);
  write_four_digits(static_cast<uint32_t>(date.year), out);
  out[4] = '-';
  write_two_digits(static_cast<uint32_t>(date.month), out + 5);
  out[7] = '-';
  write_two_digits(static_cast<uint32_t>(date.day), out + 8);
  return 10;
}

int write_time(int64_t micros, char* out) {
  const CivilTime time = civil_time_of(micros);
  write_two_digits(static_cast<uint32_t>(time.hour), out);
  out[2] = ':';
  write_two_digits(static_cast<uint32_t>(time.minute), out + 3);
  out[5] = ':';
  write_two_digits(static_cast<uint32_t>(time.second), out + 6);
  return 8 + write_fraction(static_cast<uint32_t>(time.micros), out + 8);
}

int write_datetime(int64_t micros, char* out) {
  const int64_t days = days_of(micros);
  write_date(days, out);
  out[10] = 'T';
  return 11 + write_time(micros - days * kMicrosPerDay, out + 11);
}

int write_timestamp(int64_t micros, char* out) {
  const int size = write_datetime(micros, out);
  out[size] = 'Z';
  return size + 1;
}

int write_duration(int64_t micros, char* out) {
  char* p = out;
  if (micros < 0) *p++ = '-';
  *p++ = 'P';
  uint64_t rest = magnitude(micros);
  const uint64_t day = static_cast<uint64_t>(kMicrosPerDay);
  if (rest >= day) {
    p += write_unsigned(rest / day, p);
    *p++ = 'D';
    rest %= day;
    if (rest == 0) return static_cast<int>(p - out);
  }
  *p++ = 'T';
  const uint32_t seconds = static_cast<uint32_t>(rest / 1'000'000);
  const uint32_t fraction = static_cast<uint32_t>(rest % 1'000'000);
  if (seconds >= 3600) {
    p += write_unsigned(seconds / 3600, p);
    *p++ = 'H';
  }
  if (seconds / 60 % 60 != 0) {
    p += write_unsigned(seconds / 60 % 60, p);
    *p++ = 'M';
  }
  if (seconds % 60 != 0 || fraction != 0 || rest == 0) {
    p += write_unsigned(seconds % 60, p);
    p += write_fraction(fraction, p);
    *p++ = 'S';
  }
  return static_cast<int>(p - out);
}

int write_period(int64_t months, int64_t days, char* out) {
  char* p = out;
  const bool negative = (months < 0 && days <= 0) || (months == 0 && days < 0);
  if (negative) *p++ = '-';
  *p++ = 'P';
  const auto part = [&](int64_t amount, char unit) {
    if (amount == 0) return;
    if (amount < 0 && !negative) *p++ = '-';
    p += write_unsigned(magnitude(amount), p);
    *p++ = unit;
  };
  part(months / 12, 'Y');
  part(months % 12, 'M');
  part(days, 'D');
  if (months == 0 && days == 0) {
    *p++ = '0';
    *p++ = 'D';
  }
  return static_cast<int>(p - out);
}

bool read_date(std::string_view text, int64_t& days) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const uint32_t century = read_two_digits(text.data()), year = read_two_digits(text.data() + 2);
  const uint32_t month = read_two_digits(text.data() + 5), day = read_two_digits(text.data() + 8);
  if (century > 99 || year > 99 || !is_valid_date(century * 100 + year, month, day)) return false;
  days = days_from_civil(century * 100 + year, static_cast<int32_t>(month), static_cast<int32_t>(day));
  return true;
}

bool read_time(std::string_view text, int64_t& micros) { return take_time(text, micros) && text.empty(); }

bool read_datetime(std::string_view text, int64_t& micros) { return take_datetime(text, micros) && text.empty(); }

bool read_timestamp(std::string_view text, int64_t& micros) {
  if (!take_datetime(text, micros)) return false;
  if (text == "Z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const uint32_t hour = read_two_digits(text.data() + 1), minute = read_two_digits(text.data() + 4);
  if (hour > 23 || minute > 59) return false;
  const int64_t offset = micros_from_time(hour, minute, 0, 0);
  micros += text[0] == '+' ? -offset : offset;
  return micros >= kMinMicros && micros <= kMaxMicros;
}

bool read_duration(std::string_view text, int64_t& micros) {
  bool negative = false;
  if (!text.empty() && text[0] == '-') {
    negative = true;
    text.remove_prefix(1);
  }
  uint64_t total = 0;
  bool any = false;
  if (!text.empty() && text[0] == 'P') {
    text.remove_prefix(1);
    if (!take_units(text, kIsoDate, total, any)) return false;
    if (!text.empty() && text[0] == 'T') {
      text.remove_prefix(1);
      bool any_time = false;
      if (!take_units(text, kIsoTime, total, any_time) || !any_time) return false;
      any = true;
    }
  } else if (!take_units(text, kLiteral, total, any)) {
    return false;
  }
  if (!any || !text.empty() || total > static_cast<uint64_t>(INT64_MAX)) return false;
  micros = negative ? -static_cast<int64_t>(total) : static_cast<int64_t>(total);
  return true;
}

}  // namespace mig
