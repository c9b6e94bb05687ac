#include "compiler/rules/number_range.h"

#include <algorithm>

#include "runtime/types/decimal.h"

namespace mig::rules {

std::optional<NumberRange> range_of(const Type& type) {
  if (type.nullable || (type.kind != Kind::kInt && type.kind != Kind::kDecimal)) return std::nullopt;
  if (type.kind == Kind::kDecimal && type.precision == 0) return std::nullopt;
  NumberRange range{sema::interval_of(type), type.kind == Kind::kDecimal ? type.scale : 0};
  if (type.kind == Kind::kInt) {
    if (range.interval.low == kUnboundedLow) range.interval.has_low = false;
    if (range.interval.high == kUnboundedHigh) range.interval.has_high = false;
  }
  return range;
}

void align(NumberRange& a, NumberRange& b) {
  const int scale = std::max(a.scale, b.scale);
  a.interval = sema::rescaled(a.interval, a.scale, scale);
  b.interval = sema::rescaled(b.interval, b.scale, scale);
  a.scale = b.scale = scale;
}

std::string number_text(int128 value, int scale) {
  char buffer[64];
  return std::string(buffer, static_cast<size_t>(write_decimal(value, scale, buffer)));
}

std::string range_text(const NumberRange& range) {
  if (range.is_constant()) return "always " + number_text(range.interval.low, range.scale);
  if (range.has_low() && range.has_high())
    return "between " + number_text(range.interval.low, range.scale) + " and " + number_text(range.interval.high, range.scale);
  if (range.has_high()) return "at most " + number_text(range.interval.high, range.scale);
  if (range.has_low()) return "at least " + number_text(range.interval.low, range.scale);
  return "any number";
}

}  // namespace mig::rules
