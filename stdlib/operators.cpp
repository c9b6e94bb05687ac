// What the operators of the language lower to, except where the code generator has instructions of its own.
#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"
#include "stdlib/shape.h"

namespace mig::stdlib {

namespace {

// Order of texts by their bytes.
int compare_texts(const Text& a, const Text& b) {
  const uint64_t size = a.size < b.size ? a.size : b.size;
  const int order = size == 0 ? 0 : std::memcmp(a.data, b.data, size);
  if (order != 0) return order;
  return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

Status in_time_range(int64_t micros) { return micros >= kMinMicros && micros <= kMaxMicros ? Status::kOk : Status::kOverflow; }

}  // namespace

MIG_FUNCTION(int_add)(Context&, int64_t& result, const int64_t& a, const int64_t& b) {
  return __builtin_add_overflow(a, b, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(int_sub)(Context&, int64_t& result, const int64_t& a, const int64_t& b) {
  return __builtin_sub_overflow(a, b, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(int_mul)(Context&, int64_t& result, const int64_t& a, const int64_t& b) {
  return __builtin_mul_overflow(a, b, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(int_neg)(Context&, int64_t& result, const int64_t& a) {
  return __builtin_sub_overflow(int64_t{0}, a, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(int_equal)(Context&, bool& result, const int64_t& a, const int64_t& b) { return result = a == b, Status::kOk; }
MIG_FUNCTION(int_less)(Context&, bool& result, const int64_t& a, const int64_t& b) { return result = a < b, Status::kOk; }
MIG_FUNCTION(int_less_equal)(Context&, bool& result, const int64_t& a, const int64_t& b) { return result = a <= b, Status::kOk; }
MIG_FUNCTION(bool_equal)(Context&, bool& result, const bool& a, const bool& b) { return result = a == b, Status::kOk; }
MIG_FUNCTION(bool_less)(Context&, bool& result, const bool& a, const bool& b) { return result = a < b, Status::kOk; }

MIG_FUNCTION(real_add)(Context&, double& result, const double& a, const double& b) { return result = a + b, Status::kOk; }
MIG_FUNCTION(real_sub)(Context&, double& result, const double& a, const double& b) { return result = a - b, Status::kOk; }
MIG_FUNCTION(real_mul)(Context&, double& result, const double& a, const double& b) { return result = a * b, Status::kOk; }
MIG_FUNCTION(real_div)(Context&, double& result, const double& a, const double& b) { return result = a / b, Status::kOk; }
MIG_FUNCTION(real_neg)(Context&, double& result, const double& a) { return result = -a, Status::kOk; }
MIG_FUNCTION(real_equal)(Context&, bool& result, const double& a, const double& b) { return result = a == b, Status::kOk; }
MIG_FUNCTION(real_less)(Context&, bool& result, const double& a, const double& b) { return result = a < b, Status::kOk; }
MIG_FUNCTION(real_less_equal)(Context&, bool& result, const double& a, const double& b) { return result = a <= b, Status::kOk; }

MIG_FUNCTION(decimal_add)(Context&, int128& result, const int128& a, const int128& b) {
  return decimal_add(a, b, result) ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(decimal_sub)(Context&, int128& result, const int128& a, const int128& b) {
  return decimal_subtract(a, b, result) ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(decimal_mul)(Context&, int128& result, const int128& a, const int128& b) {
  return decimal_multiply(a, b, result) ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(decimal_neg)(Context&, int128& result, const int128& a) { return result = -a, Status::kOk; }
MIG_FUNCTION(decimal_equal)(Context&, bool& result, const int128& a, const int128& b) { return result = a == b, Status::kOk; }
MIG_FUNCTION(decimal_less)(Context&, bool& result, const int128& a, const int128& b) { return result = a < b, Status::kOk; }
MIG_FUNCTION(decimal_less_equal)(Context&, bool& result, const int128& a, const int128& b) { return result = a <= b, Status::kOk; }
MIG_FUNCTION(decimal_compare)(Context&, int64_t& result, const int128& a, const int128& b) {
  return result = a < b ? -1 : a > b ? 1 : 0, Status::kOk;
}
MIG_FUNCTION(decimal_from_int)(Context&, int128& result, const int64_t& value, const int64_t& scale) {
  return decimal_rescale(value, 0, static_cast<int>(scale), Rounding::kHalfEven, result) ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(decimal_rescale)(Context&, int128& result, const int128& value, const int64_t& from, const int64_t& to) {
  return decimal_rescale(value, static_cast<int>(from), static_cast<int>(to), Rounding::kHalfEven, result) ? Status::kOk
                                                                                                           : Status::kOverflow;
}
MIG_FUNCTION(decimal_fits)(Context&, bool& result, const int128& value, const int64_t& precision) {
  return result = decimal_in_range(value, static_cast<int>(precision)), Status::kOk;
}
MIG_FUNCTION(uuid_less)(Context&, bool& result, const int128& a, const int128& b) {
  return result = static_cast<uint128>(a) < static_cast<uint128>(b), Status::kOk;
}

MIG_FUNCTION(text_equal)(Context&, bool& result, const Text& a, const Text& b) {
  result = a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size) == 0);
  return Status::kOk;
}
MIG_FUNCTION(text_compare)(Context&, int64_t& result, const Text& a, const Text& b) {
  const int order = compare_texts(a, b);
  return result = order < 0 ? -1 : order > 0 ? 1 : 0, Status::kOk;
}
MIG_FUNCTION(text_less)(Context&, bool& result, const Text& a, const Text& b) { return result = compare_texts(a, b) < 0, Status::kOk; }
MIG_FUNCTION(text_less_equal)(Context&, bool& result, const Text& a, const Text& b) {
  return result = compare_texts(a, b) <= 0, Status::kOk;
}

MIG_FUNCTION(cell_equal)(Context&, bool& result, const Cell& a, const Cell& b, const ValueShape& shape) {
  return result = cells_equal(shape, a, b), Status::kOk;
}
MIG_FUNCTION(cell_compare)(Context&, int64_t& result, const Cell& a, const Cell& b, const ValueShape& shape) {
  return result = compare_cells(shape, a, b), Status::kOk;
}
MIG_FUNCTION(list_contains)(Context&, bool& result, const List& list, const Cell& value, const ValueShape& shape) {
  result = false;
  for (uint64_t i = 0; i < list.count && !result; ++i) result = cells_equal(shape, list.items[i], value);
  return Status::kOk;
}

MIG_FUNCTION(time_add)(Context&, int64_t& result, const int64_t& time, const int64_t& duration) {
  if (__builtin_add_overflow(time, duration, &result)) return Status::kOverflow;
  return in_time_range(result);
}
MIG_FUNCTION(time_sub)(Context&, int64_t& result, const int64_t& time, const int64_t& duration) {
  if (__builtin_sub_overflow(time, duration, &result)) return Status::kOverflow;
  return in_time_range(result);
}
MIG_FUNCTION(time_difference)(Context&, int64_t& result, const int64_t& later, const int64_t& earlier) {
  return __builtin_sub_overflow(later, earlier, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(date_difference)(Context&, int64_t& result, const int64_t& later, const int64_t& earlier) {
  return __builtin_mul_overflow(later - earlier, kMicrosPerDay, &result) ? Status::kOverflow : Status::kOk;
}
MIG_FUNCTION(duration_mul)(Context&, int64_t& result, const int64_t& duration, const int128& factor, const int64_t& scale) {
  int128 product = 0;
  if (!decimal_multiply_shift(duration, factor, static_cast<int>(scale), Rounding::kHalfEven, product)) return Status::kOverflow;
  result = static_cast<int64_t>(product);
  return result == product ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(duration_div)(Context& context, int64_t& result, const int64_t& duration, const int64_t& divisor) {
  int128 quotient = 0;
  if (divisor == 0) return fail(context, "division by zero");
  if (!decimal_divide(duration, divisor, 0, Rounding::kHalfEven, quotient)) return Status::kOverflow;
  result = static_cast<int64_t>(quotient);
  return result == quotient ? Status::kOk : Status::kOverflow;
}
MIG_FUNCTION(duration_ratio)(Context&, double& result, const int64_t& duration, const int64_t& unit) {
  return result = static_cast<double>(duration) / static_cast<double>(unit), Status::kOk;
}
MIG_FUNCTION(cell_is_null)(Context&, bool& result, const Cell& value) { return result = !value.has_value(), Status::kOk; }
MIG_FUNCTION(cell_is_present)(Context&, bool& result, const Cell& value) { return result = value.state != Presence::kAbsent, Status::kOk; }
MIG_FUNCTION(cell_is_unavailable)(Context&, bool& result, const Cell& value) {
  return result = value.state == Presence::kUnavailable, Status::kOk;
}

}  // namespace mig::stdlib
