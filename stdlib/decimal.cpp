// Functions of the number group, and calendar arithmetic that needs no zone.
#include "runtime/types/decimal.h"

#include "runtime/types/civil_time.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"
#include "stdlib/shape.h"

namespace mig::stdlib {

namespace {

constexpr const char* kByZero = "division by zero";

Rounding rounding_of(int64_t word) { return static_cast<Rounding>(word); }

Status round_to(int128& result, const int128& value, int64_t from, int64_t to, Rounding rounding) {
  return decimal_rescale(value, static_cast<int>(from), static_cast<int>(to), rounding, result) ? Status::kOk : Status::kOverflow;
}

// Whole months from a to b; the day of the month decides whether the last one is complete.
int64_t whole_months(int64_t from, int64_t to) {
  const CivilDate a = civil_from_days(from), b = civil_from_days(to);
  const int64_t months = (static_cast<int64_t>(b.year) - a.year) * 12 + (b.month - a.month);
  int64_t reached = 0;
  add_months(from, months, reached);
  if (months > 0 && reached > to) return months - 1;
  if (months < 0 && reached < to) return months + 1;
  return months;
}

}  // namespace

MIG_FUNCTION(int_min)(Context&, int64_t& result, const int64_t& a, const int64_t& b) { return result = a < b ? a : b, Status::kOk; }
MIG_FUNCTION(int_max)(Context&, int64_t& result, const int64_t& a, const int64_t& b) { return result = a > b ? a : b, Status::kOk; }
MIG_FUNCTION(decimal_min)(Context&, int128& result, const int128& a, const int128& b) { return result = a < b ? a : b, Status::kOk; }
MIG_FUNCTION(decimal_max)(Context&, int128& result, const int128& a, const int128& b) { return result = a > b ? a : b, Status::kOk; }
MIG_FUNCTION(cell_min)(Context&, Cell& result, const Cell& a, const Cell& b, const ValueShape& shape) {
  return result = compare_cells(shape, b, a) < 0 ? b : a, Status::kOk;
}
MIG_FUNCTION(cell_max)(Context&, Cell& result, const Cell& a, const Cell& b, const ValueShape& shape) {
  return result = compare_cells(shape, b, a) > 0 ? b : a, Status::kOk;
}
MIG_FUNCTION(int_clamp)(Context&, int64_t& result, const int64_t& x, const int64_t& low, const int64_t& high) {
  return result = x > high ? high : x < low ? low : x, Status::kOk;
}
MIG_FUNCTION(decimal_clamp)(Context&, int128& result, const int128& x, const int128& low, const int128& high) {
  return result = x > high ? high : x < low ? low : x, Status::kOk;
}
MIG_FUNCTION(int_abs)(Context&, int64_t& result, const int64_t& x) {
  if (x == INT64_MIN) return Status::kOverflow;
  return result = x < 0 ? -x : x, Status::kOk;
}
MIG_FUNCTION(decimal_abs)(Context&, int128& result, const int128& x) { return result = x < 0 ? -x : x, Status::kOk; }
MIG_FUNCTION(real_abs)(Context&, double& result, const double& x) { return result = __builtin_fabs(x), Status::kOk; }
MIG_FUNCTION(int_sign)(Context&, int64_t& result, const int64_t& x) { return result = (x > 0) - (x < 0), Status::kOk; }
MIG_FUNCTION(decimal_sign)(Context&, int64_t& result, const int128& x) { return result = (x > 0) - (x < 0), Status::kOk; }

MIG_FUNCTION(decimal_round_to)
(Context&, int128& result, const int128& x, const int64_t& from, const int64_t& to, const int64_t& rounding) {
  return round_to(result, x, from, to, rounding_of(rounding));
}
MIG_FUNCTION(decimal_floor_to)(Context&, int128& result, const int128& x, const int64_t& from, const int64_t& to) {
  return round_to(result, x, from, to, Rounding::kFloor);
}
MIG_FUNCTION(decimal_ceil_to)(Context&, int128& result, const int128& x, const int64_t& from, const int64_t& to) {
  return round_to(result, x, from, to, Rounding::kCeiling);
}
MIG_FUNCTION(decimal_trunc_to)(Context&, int128& result, const int128& x, const int64_t& from, const int64_t& to) {
  return round_to(result, x, from, to, Rounding::kDown);
}

MIG_FUNCTION(decimal_div)
(Context& context, int128& result, const int128& a, const int128& b, const int64_t& a_scale, const int64_t& b_scale, const int64_t& scale,
 const int64_t& rounding) {
  if (b == 0) return fail(context, kByZero);
  const int shift = static_cast<int>(scale - a_scale + b_scale);
  return decimal_divide(a, b, shift, rounding_of(rounding), result) ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(int_div)(Context& context, int64_t& result, const int64_t& a, const int64_t& b) {
  if (b == 0) return fail(context, kByZero);
  if (a == INT64_MIN && b == -1) return Status::kOverflow;
  result = a / b;
  if (a % b != 0 && (a < 0) != (b < 0)) --result;
  return Status::kOk;
}
MIG_FUNCTION(int_mod)(Context& context, int64_t& result, const int64_t& a, const int64_t& b) {
  if (b == 0) return fail(context, kByZero);
  if (b == -1) return result = 0, Status::kOk;
  const int64_t rest = a % b;
  return result = rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest, Status::kOk;
}
MIG_FUNCTION(decimal_percent_of)(Context&, int128& result, const int128& x, const int128& percent, const int64_t& scale) {
  return decimal_multiply_shift(x, percent, static_cast<int>(scale), Rounding::kHalfEven, result) ? Status::kOk : Status::kOverflow;
}

MIG_FUNCTION(fit_int)(Context& context, int64_t& result, const int64_t& x, const int64_t& low, const int64_t& high) {
  if (x < low) return fail(context, "number is too small");
  if (x > high) return fail(context, "number is too large");
  return result = x, Status::kOk;
}
MIG_FUNCTION(fit_decimal)
(Context& context, int128& result, const int128& x, const int64_t& from, const int64_t& precision, const int64_t& scale) {
  if (!decimal_rescale(x, static_cast<int>(from), static_cast<int>(scale), Rounding::kDown, result))
    return fail(context, "number is too large");
  if (scale < from) {
    int128 back = 0;
    if (!decimal_rescale(result, static_cast<int>(scale), static_cast<int>(from), Rounding::kDown, back) || back != x) {
      return fail(context, "more digits behind the point than the type keeps");
    }
  }
  return decimal_in_range(result, static_cast<int>(precision)) ? Status::kOk : fail(context, "number is too large");
}
MIG_FUNCTION(int_to_decimal)(Context&, int128& result, const int64_t& x) { return result = x, Status::kOk; }
MIG_FUNCTION(decimal_to_minor)(Context& context, int64_t& result, const int128& x, const int64_t& from, const int64_t& scale) {
  int128 minor = 0;
  if (const Status status = mig_fit_decimal(context, minor, x, from, kMaxDecimalDigits, scale); status != Status::kOk) return status;
  if (!decimal_detail::fits_int64(minor)) return fail(context, "number is too large");
  return result = static_cast<int64_t>(minor), Status::kOk;
}

MIG_FUNCTION(list_sum_int)(Context&, int64_t& result, const List& list) {
  int128 sum = 0;
  for (uint64_t i = 0; i < list.count; ++i) sum += list.items[i].integer;
  result = static_cast<int64_t>(sum);
  return sum == result ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(list_sum_decimal)(Context&, int128& result, const List& list) {
  result = 0;
  for (uint64_t i = 0; i < list.count; ++i) {
    if (!decimal_add(result, list.items[i].decimal, result)) return Status::kOverflow;
  }
  return Status::kOk;
}
MIG_FUNCTION(list_average)
(Context& context, Cell& result, const List& list, const int64_t& from, const int64_t& scale, const int64_t& rounding) {
  if (list.count == 0) return result = null_cell(), Status::kOk;
  int128 sum = 0;
  if (const Status status = mig_list_sum_decimal(context, sum, list); status != Status::kOk) return status;
  result = value_cell();
  const bool fits =
      decimal_divide(sum, static_cast<int128>(list.count), static_cast<int>(scale - from), rounding_of(rounding), result.decimal);
  return fits ? Status::kOk : Status::kOverflow;
}

MIG_FUNCTION(timestamp_days_until)(Context&, int64_t& result, const int64_t& from, const int64_t& to) {
  return result = floor_divide(to - from, kMicrosPerDay), Status::kOk;
}
MIG_FUNCTION(date_days_between)(Context&, int64_t& result, const int64_t& from, const int64_t& to) {
  return result = to - from, Status::kOk;
}
MIG_FUNCTION(date_months_between)(Context&, int64_t& result, const int64_t& from, const int64_t& to) {
  return result = whole_months(from, to), Status::kOk;
}
MIG_FUNCTION(date_years_between)(Context&, int64_t& result, const int64_t& from, const int64_t& to) {
  return result = whole_months(from, to) / 12, Status::kOk;
}
MIG_FUNCTION(date_add_period)(Context&, int64_t& result, const int64_t& date, const Cell& period) {
  if (!add_months(date, period.integer, result)) return Status::kOverflow;
  result += static_cast<int32_t>(period.extra);
  return result >= kMinDays && result <= kMaxDays ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(datetime_add_period)(Context& context, int64_t& result, const int64_t& civil, const Cell& period) {
  int64_t days = 0;
  if (const Status status = mig_date_add_period(context, days, days_of(civil), period); status != Status::kOk) return status;
  return result = days * kMicrosPerDay + micros_of_day(civil), Status::kOk;
}
MIG_FUNCTION(date_year)(Context&, int64_t& result, const int64_t& date) { return result = civil_from_days(date).year, Status::kOk; }
MIG_FUNCTION(date_month)(Context&, int64_t& result, const int64_t& date) { return result = civil_from_days(date).month, Status::kOk; }
MIG_FUNCTION(date_day)(Context&, int64_t& result, const int64_t& date) { return result = civil_from_days(date).day, Status::kOk; }
MIG_FUNCTION(date_weekday)(Context&, int64_t& result, const int64_t& date) { return result = iso_weekday(date), Status::kOk; }
MIG_FUNCTION(datetime_date)(Context&, int64_t& result, const int64_t& civil) { return result = days_of(civil), Status::kOk; }
MIG_FUNCTION(datetime_time)(Context&, int64_t& result, const int64_t& civil) { return result = micros_of_day(civil), Status::kOk; }
MIG_FUNCTION(date_at_time)(Context&, int64_t& result, const int64_t& date, const int64_t& time) {
  return result = date * kMicrosPerDay + time, Status::kOk;
}

MIG_FUNCTION(timestamp_from_unix)(Context& context, int64_t& result, const int64_t& number, const int64_t& unit) {
  const int64_t factor = unit == 0 ? 1'000'000 : unit == 1 ? 1'000 : 1;
  const bool overflow = __builtin_mul_overflow(number, factor, &result);
  if (overflow || result < kMinMicros || result > kMaxMicros) return fail(context, "outside the years 0001 to 9999");
  return Status::kOk;
}
MIG_FUNCTION(timestamp_to_unix)(Context&, int64_t& result, const int64_t& instant, const int64_t& unit) {
  return result = floor_divide(instant, unit == 0 ? 1'000'000 : unit == 1 ? 1'000 : 1), Status::kOk;
}

}  // namespace mig::stdlib
