#include "stdlib/zone.h"

#include <absl/time/civil_time.h>

#include "runtime/types/civil_time.h"
#include "runtime/types/zoned.h"
#include "stdlib/arena_text.h"
#include "stdlib/date_formats.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

constexpr const char* kOutside = "outside the years 0001 to 9999";

bool in_range(int64_t micros) { return micros >= kMinMicros && micros <= kMaxMicros; }

// First instant of the day, month, ... that holds a civil time; unit as the words of start_of.
int64_t start_of(int64_t civil, int64_t unit) {
  if (unit == 5) return floor_divide(civil, 3'600'000'000) * 3'600'000'000;  // hour
  const int64_t days = days_of(civil);
  const CivilDate date = civil_from_days(days);
  switch (unit) {
    case 0: return days_from_civil(date.year, 1, 1) * kMicrosPerDay;
    case 1: return days_from_civil(date.year, (date.month - 1) / 3 * 3 + 1, 1) * kMicrosPerDay;
    case 2: return days_from_civil(date.year, date.month, 1) * kMicrosPerDay;
    case 3: return (days - (iso_weekday(days) - 1)) * kMicrosPerDay;
    default: return days * kMicrosPerDay;
  }
}

// First civil time of the next unit.
int64_t next_start(int64_t start, int64_t unit) {
  int64_t days = days_of(start);
  switch (unit) {
    case 0: return add_months(days, 12, days) ? days * kMicrosPerDay : kMaxMicros + 1;
    case 1: return add_months(days, 3, days) ? days * kMicrosPerDay : kMaxMicros + 1;
    case 2: return add_months(days, 1, days) ? days * kMicrosPerDay : kMaxMicros + 1;
    case 3: return start + 7 * kMicrosPerDay;
    case 5: return start + 3'600'000'000;
    default: return start + kMicrosPerDay;
  }
}

Text zoned_bytes(Context& context, const Zoned& value) {
  char* const bytes = arena_chars(context, kZonedBytes);
  return {bytes, pack_zoned(value, bytes)};
}

// The local time; at the very ends of time, where it has no date, the nearest that has one.
int64_t civil_of(const Text& bytes) {
  int64_t civil = 0;
  if (local_time(unpack_zoned(bytes.view()), civil)) return civil;
  return civil < kMinMicros ? kMinMicros : kMaxMicros;
}

int64_t clamp_micros(int64_t micros) { return micros < kMinMicros ? kMinMicros : micros > kMaxMicros ? kMaxMicros : micros; }

}  // namespace

std::shared_ptr<const Zone> Zone::load(const std::string& name, Dst dst, std::string& error) {
  auto zone = std::make_shared<Zone>();
  zone->dst_ = dst;
  zone->name_ = name;
  if (!is_zone_name(name) || !absl::LoadTimeZone(name, &zone->zone_)) {
    error = "the time zone database has no zone \"" + name + "\"";
    return nullptr;
  }
  zone->utc_ = name == "UTC" || name == "Etc/UTC";
  return zone;
}

const char* Zone::to_instant(int64_t civil, Dst dst, int64_t& instant) const {
  if (utc_) return instant = civil, nullptr;
  const int64_t days = days_of(civil);
  const CivilDate date = civil_from_days(days);
  const CivilTime time = civil_time_of(civil - days * kMicrosPerDay);
  const absl::TimeZone::TimeInfo info = zone_.At(absl::CivilSecond(date.year, date.month, date.day, time.hour, time.minute, time.second));
  absl::Time chosen = info.pre;
  if (info.kind != absl::TimeZone::TimeInfo::UNIQUE) {
    // `pre` uses the offset before the change, `post` the one after it: in a fold pre is the earlier instant, in a gap the later.
    const bool gap = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
    switch (dst) {
      case Dst::kFail:
        return gap ? "the zone skips this local time (clocks go forward)" : "the zone has this local time twice (clocks go back)";
      case Dst::kEarlier: chosen = gap ? info.post : info.pre; break;
      case Dst::kLater: chosen = gap ? info.pre : info.post; break;
      case Dst::kCompatible: chosen = info.pre; break;
    }
  }
  instant = absl::ToUnixSeconds(chosen) * kMicrosPerSecond + time.micros;
  return in_range(instant) ? nullptr : kOutside;
}

int64_t Zone::to_civil(int64_t instant) const {
  if (utc_) return instant;
  const absl::TimeZone::CivilInfo info = zone_.At(absl::FromUnixSeconds(floor_divide(instant, kMicrosPerSecond)));
  return clamp_micros(instant + info.offset * kMicrosPerSecond);
}

MIG_FUNCTION(timestamp_date)(Context&, int64_t& result, const int64_t& instant, const Zone& zone) {
  return result = days_of(zone.to_civil(instant)), Status::kOk;
}
MIG_FUNCTION(timestamp_time)(Context&, int64_t& result, const int64_t& instant, const Zone& zone) {
  return result = micros_of_day(zone.to_civil(instant)), Status::kOk;
}
MIG_FUNCTION(timestamp_datetime)(Context&, int64_t& result, const int64_t& instant, const Zone& zone) {
  return result = zone.to_civil(instant), Status::kOk;
}
MIG_FUNCTION(datetime_at_zone)(Context& context, int64_t& result, const int64_t& civil, const Zone& zone) {
  const char* const cause = zone.to_instant(civil, result);
  return cause == nullptr ? Status::kOk : fail(context, cause);
}

MIG_FUNCTION(timestamp_to_zone)(Context& context, Text& result, const int64_t& instant, const Zone& zone) {
  return result = zoned_bytes(context, {instant, zone.name()}), Status::kOk;
}
MIG_FUNCTION(zoned_to_zone)(Context& context, Text& result, const Text& value, const Zone& zone) {
  return result = zoned_bytes(context, {unpack_zoned(value.view()).instant, zone.name()}), Status::kOk;
}
MIG_FUNCTION(zoned_instant)(Context&, int64_t& result, const Text& value) {
  return result = unpack_zoned(value.view()).instant, Status::kOk;
}
MIG_FUNCTION(zoned_zone)(Context&, Text& result, const Text& value) {
  return result = value.size < 8 ? Text{nullptr, 0} : Text{value.data + 8, value.size - 8}, Status::kOk;
}
MIG_FUNCTION(zoned_date)(Context&, int64_t& result, const Text& value) { return result = days_of(civil_of(value)), Status::kOk; }
MIG_FUNCTION(zoned_time)(Context&, int64_t& result, const Text& value) { return result = micros_of_day(civil_of(value)), Status::kOk; }
MIG_FUNCTION(zoned_datetime)(Context&, int64_t& result, const Text& value) { return result = civil_of(value), Status::kOk; }
MIG_FUNCTION(zoned_to_text)(Context& context, Text& result, const Text& value) {
  char* const out = arena_chars(context, kZonedTextSize);
  return result = {out, static_cast<uint64_t>(write_zoned(unpack_zoned(value.view()), out))}, Status::kOk;
}
MIG_FUNCTION(parse_zoned)(Context& context, Text& result, const Text& text) {
  Zoned value;
  if (const char* const cause = read_zoned(text.view(), value)) return fail(context, cause);
  return result = zoned_bytes(context, value), Status::kOk;
}

MIG_FUNCTION(timestamp_start_of)(Context&, int64_t& result, const int64_t& instant, const int64_t& unit, const Zone& zone) {
  const int64_t start = clamp_micros(start_of(zone.to_civil(instant), unit));
  if (zone.to_instant(start, Dst::kEarlier, result) != nullptr) result = instant;
  // A day whose midnight is skipped begins when the clocks have gone forward.
  if (zone.to_civil(result) < start) zone.to_instant(start, Dst::kLater, result);
  return Status::kOk;
}
MIG_FUNCTION(timestamp_end_of)(Context&, int64_t& result, const int64_t& instant, const int64_t& unit, const Zone& zone) {
  const int64_t next = next_start(start_of(zone.to_civil(instant), unit), unit);
  if (next > kMaxMicros || zone.to_instant(next, Dst::kEarlier, result) != nullptr) return result = kMaxMicros, Status::kOk;
  if (zone.to_civil(result) < next) zone.to_instant(next, Dst::kLater, result);
  --result;
  return Status::kOk;
}
MIG_FUNCTION(date_start_of)(Context&, int64_t& result, const int64_t& days, const int64_t& unit) {
  result = days_of(start_of(days * kMicrosPerDay, unit));
  if (result < kMinDays) result = kMinDays;
  return Status::kOk;
}
MIG_FUNCTION(date_end_of)(Context&, int64_t& result, const int64_t& days, const int64_t& unit) {
  const int64_t next = next_start(start_of(days * kMicrosPerDay, unit), unit);
  result = days_of(next) - 1;
  if (result > kMaxDays) result = kMaxDays;
  return Status::kOk;
}

}  // namespace mig::stdlib
