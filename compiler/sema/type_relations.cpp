#include "compiler/sema/type_relations.h"

#include <algorithm>

#include "runtime/types/decimal.h"

namespace mig::sema {

namespace {

bool fits64(int128 value) { return value == static_cast<int64_t>(value); }

Interval of_precision(int precision) {
  const int128 most = power_of_ten(std::min(precision, kMaxDecimalDigits)) - 1;
  return {true, true, -most, most};
}

bool contains(Interval outer, Interval inner) {
  if (outer.has_low && (!inner.has_low || inner.low < outer.low)) return false;
  if (outer.has_high && (!inner.has_high || inner.high > outer.high)) return false;
  return true;
}

bool bounds_within(const Type& from, const Type& to) { return to.low <= from.low && from.high <= to.high; }

bool lengths_within(const Type& from, const Type& to) {
  const bool bounded = to.low > 0 || to.high != kUnboundedHigh;
  if (!bounded) return true;
  if (from.unit == to.unit) return std::max<int64_t>(from.low, 0) >= to.low && from.high <= to.high;
  // A code point is 1 to 4 bytes, and 1 or 2 units of UTF-16.
  const int64_t most = to.unit == LengthUnit::kBytes ? 4 : 2;
  if (from.unit != LengthUnit::kCodePoints) return false;
  return from.low >= to.low && from.high != kUnboundedHigh && from.high <= to.high / most;
}

Fit fit_decimal(const Type& from, const Type& to) {
  if (to.precision == 0) return Fit::kYes;
  const int scale = from.kind == Kind::kInt ? 0 : from.scale;
  if (from.kind == Kind::kDecimal && from.precision == 0) return Fit::kNarrowing;
  if (scale > to.scale) return Fit::kNarrowing;
  const Interval values = rescaled(interval_of(from), scale, to.scale);
  return contains(interval_of(to), values) ? Fit::kYes : Fit::kNarrowing;
}

Fit worst(Fit a, Fit b) { return std::max(a, b); }

Fit fit_records(const TypeTable& types, const Type& from, const Type& to) {
  Fit result = Fit::kYes;
  for (const RecordField& wanted : to.fields) {
    const auto given = std::find_if(from.fields.begin(), from.fields.end(), [&](const RecordField& f) { return f.name == wanted.name; });
    if (given == from.fields.end()) {
      if (!wanted.optional) return Fit::kDifferent;
      continue;
    }
    if (given->optional && !wanted.optional && !types[wanted.type].nullable) result = worst(result, Fit::kNull);
    result = worst(result, fit(types, given->type, wanted.type));
  }
  for (const RecordField& given : from.fields) {
    if (std::none_of(to.fields.begin(), to.fields.end(), [&](const RecordField& f) { return f.name == given.name; }))
      return Fit::kDifferent;
  }
  return result;
}

Fit fit_kinds(const TypeTable& types, const Type& from, const Type& to) {
  if (to.kind == Kind::kDecimal && (from.kind == Kind::kInt || from.kind == Kind::kDecimal)) {
    if (!to.name.empty() && from.name != to.name) return Fit::kDifferent;
    return fit_decimal(from, to);
  }
  if (from.kind != to.kind) return Fit::kDifferent;
  switch (from.kind) {
    case Kind::kInt:
      if (!to.name.empty() && from.name != to.name) return Fit::kDifferent;
      return bounds_within(from, to) ? Fit::kYes : Fit::kNarrowing;
    case Kind::kString:
      if (!to.name.empty()) return from.name == to.name ? Fit::kYes : Fit::kDifferent;
      return lengths_within(from, to) ? Fit::kYes : Fit::kNarrowing;
    case Kind::kEnum: return from.declaration == to.declaration ? Fit::kYes : Fit::kDifferent;
    case Kind::kList:
    case Kind::kSet: {
      const Fit element =
          types[from.element].kind == Kind::kNever && !types[from.element].nullable ? Fit::kYes : fit(types, from.element, to.element);
      return worst(element, lengths_within(from, to) ? Fit::kYes : Fit::kNarrowing);
    }
    case Kind::kMap: {
      const Fit parts = worst(fit(types, from.key, to.key), fit(types, from.element, to.element));
      return worst(parts, lengths_within(from, to) ? Fit::kYes : Fit::kNarrowing);
    }
    case Kind::kRecord: return fit_records(types, from, to);
    case Kind::kMoney: return to.name.empty() || to.name == from.name ? Fit::kYes : Fit::kDifferent;
    case Kind::kFunction: return from == to ? Fit::kYes : Fit::kDifferent;
    case Kind::kTypeVariable: return from.name == to.name ? Fit::kYes : Fit::kDifferent;
    case Kind::kBool:
    case Kind::kDecimal:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError: return from.name == to.name || to.name.empty() ? Fit::kYes : Fit::kDifferent;
  }
  return Fit::kDifferent;
}

}  // namespace

Interval interval_of(const Type& type) {
  if (type.kind == Kind::kInt) return {true, true, type.low, type.high};
  if (type.kind != Kind::kDecimal) return {};
  Interval interval = of_precision(type.precision == 0 ? kMaxDecimalDigits : type.precision);
  if (type.low != kUnboundedLow) interval.low = type.low;
  if (type.high != kUnboundedHigh) interval.high = type.high;
  return interval;
}

Interval rescaled(Interval interval, int from, int to) {
  const auto scale_end = [&](bool& has, int128& end) {
    int128 result = 0;
    if (has && !decimal_rescale(end, from, to, Rounding::kDown, result)) has = false;
    end = result;
  };
  if (to == from) return interval;
  scale_end(interval.has_low, interval.low);
  scale_end(interval.has_high, interval.high);
  return interval;
}

Interval hull(Interval a, Interval b) {
  return {a.has_low && b.has_low, a.has_high && b.has_high, std::min(a.low, b.low), std::max(a.high, b.high)};
}

Interval sum_of(Interval a, Interval b) {
  Interval result;
  result.has_low = a.has_low && b.has_low && !__builtin_add_overflow(a.low, b.low, &result.low);
  result.has_high = a.has_high && b.has_high && !__builtin_add_overflow(a.high, b.high, &result.high);
  return result;
}

Interval negated(Interval a) { return {a.has_high, a.has_low, -a.high, -a.low}; }

Interval product_of(Interval a, Interval b) {
  if (!a.has_low || !a.has_high || !b.has_low || !b.has_high) return {};
  Interval result{true, true, 0, 0};
  bool first = true;
  for (const int128 x : {a.low, a.high}) {
    for (const int128 y : {b.low, b.high}) {
      int128 product = 0;
      if (__builtin_mul_overflow(x, y, &product)) return {};
      result.low = first ? product : std::min(result.low, product);
      result.high = first ? product : std::max(result.high, product);
      first = false;
    }
  }
  return result;
}

int digits_of(Interval interval) {
  if (!interval.has_low || !interval.has_high) return kMaxDecimalDigits + 1;
  return std::max(decimal_digits(interval.low), decimal_digits(interval.high));
}

TypeId decimal_within(TypeTable& types, int precision, int scale, Interval interval) {
  Type type;
  type.kind = Kind::kDecimal;
  type.precision = static_cast<uint8_t>(precision);
  type.scale = static_cast<uint8_t>(scale);
  const Interval whole = of_precision(precision);
  if (interval.has_low && interval.low > whole.low && fits64(interval.low)) type.low = static_cast<int64_t>(interval.low);
  if (interval.has_high && interval.high < whole.high && fits64(interval.high)) type.high = static_cast<int64_t>(interval.high);
  return types.intern(std::move(type));
}

TypeId int_within(TypeTable& types, Interval interval, bool& overflows) {
  const int128 least = kUnboundedLow, most = kUnboundedHigh;
  overflows = !interval.has_low || !interval.has_high || interval.low < least || interval.high > most;
  const int128 low = interval.has_low ? std::clamp(interval.low, least, most) : least;
  const int128 high = interval.has_high ? std::clamp(interval.high, least, most) : most;
  return types.integer(static_cast<int64_t>(low), static_cast<int64_t>(high));
}

TypeId decimal_of_int(TypeTable& types, TypeId integer) {
  const Interval interval = interval_of(types[integer]);
  return decimal_within(types, std::min(digits_of(interval), 19), 0, interval);
}

bool is_error(const Type& type) { return type.kind == Kind::kError; }
bool is_null(const Type& type) { return type.kind == Kind::kNever && type.nullable && !type.may_keep; }
bool is_keep(const Type& type) { return type.kind == Kind::kNever && !type.nullable && type.may_keep; }
bool is_never(const Type& type) { return type.kind == Kind::kNever && !type.nullable && !type.may_keep; }

TypeId null_type(TypeTable& types) { return types.nullable(types.of(Kind::kNever)); }
TypeId keep_type(TypeTable& types) { return with_keep(types, types.of(Kind::kNever), true); }

TypeId with_keep(TypeTable& types, TypeId id, bool keep) {
  if (types[id].may_keep == keep) return id;
  Type type = types[id];
  type.may_keep = keep;
  return types.intern(std::move(type));
}

Fit fit(const TypeTable& types, TypeId from_id, TypeId to_id) {
  if (from_id == to_id) return Fit::kYes;
  if (from_id == kNoType || to_id == kNoType) return Fit::kYes;
  const Type& from = types[from_id];
  const Type& to = types[to_id];
  if (is_error(from) || is_error(to) || is_never(from)) return Fit::kYes;
  if (from.kind != Kind::kNever) {
    const Fit kinds = fit_kinds(types, from, to);
    if (kinds == Fit::kDifferent) return kinds;
    if (from.may_keep && !to.may_keep) return Fit::kKeep;
    if (from.nullable && !to.nullable) return Fit::kNull;
    return kinds;
  }
  if (from.may_keep && !to.may_keep) return Fit::kKeep;
  return from.nullable && !to.nullable ? Fit::kNull : Fit::kYes;
}

namespace {

TypeId join_records(TypeTable& types, const Type& a, const Type& b) {
  if (a.fields.size() != b.fields.size()) return kNoType;
  Type result = a;
  if (a.name != b.name) result.name.clear();
  for (size_t i = 0; i < a.fields.size(); ++i) {
    if (a.fields[i].name != b.fields[i].name) return kNoType;
    const TypeId joined = join(types, a.fields[i].type, b.fields[i].type);
    if (joined == kNoType) return kNoType;
    result.fields[i].type = joined;
    result.fields[i].optional = a.fields[i].optional || b.fields[i].optional;
  }
  return types.intern(std::move(result));
}

TypeId join_decimals(TypeTable& types, TypeId a_id, TypeId b_id) {
  if (types[a_id].kind == Kind::kInt) a_id = decimal_of_int(types, a_id);
  if (types[b_id].kind == Kind::kInt) b_id = decimal_of_int(types, b_id);
  const Type& a = types[a_id];
  const Type& b = types[b_id];
  if (a.precision == 0 || b.precision == 0) return types.decimal(0, 0);
  const int scale = std::max(a.scale, b.scale);
  const int whole = std::max(a.precision - a.scale, b.precision - b.scale);
  if (scale + whole > kMaxDecimalDigits) return kNoType;
  const Interval interval = hull(rescaled(interval_of(a), a.scale, scale), rescaled(interval_of(b), b.scale, scale));
  return decimal_within(types, std::max(scale + whole, 1), scale, interval);
}

// Both non-null, not keep, neither never nor error.
TypeId join_values(TypeTable& types, TypeId a_id, TypeId b_id) {
  if (a_id == b_id) return a_id;
  const Type& a = types[a_id];
  const Type& b = types[b_id];
  const auto number = [](const Type& t) { return t.kind == Kind::kInt || t.kind == Kind::kDecimal; };
  if (number(a) && number(b) && a.kind != b.kind) return join_decimals(types, a_id, b_id);
  if (a.kind != b.kind) return kNoType;
  switch (a.kind) {
    case Kind::kInt: return types.integer(std::min(a.low, b.low), std::max(a.high, b.high));
    case Kind::kDecimal: return join_decimals(types, a_id, b_id);
    case Kind::kString: {
      Type result = a;
      result.low = std::min(a.low, b.low);
      result.high = std::max(a.high, b.high);
      if (a.unit != b.unit) result.low = kUnboundedLow, result.high = kUnboundedHigh, result.unit = LengthUnit::kCodePoints;
      if (a.name != b.name) result.name.clear(), result.declaration = 0xFFFFFFFFu;
      return types.intern(std::move(result));
    }
    case Kind::kEnum: return a.declaration == b.declaration ? a_id : kNoType;
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap: {
      Type result = a;
      result.low = std::min(a.low, b.low);
      result.high = std::max(a.high, b.high);
      result.element = join(types, a.element, b.element);
      if (a.kind == Kind::kMap) result.key = join(types, a.key, b.key);
      if (result.element == kNoType || (a.kind == Kind::kMap && result.key == kNoType)) return kNoType;
      return types.intern(std::move(result));
    }
    case Kind::kRecord: return join_records(types, Type(a), Type(b));
    case Kind::kMoney: {
      Type result = a;
      if (a.name != b.name) result.name.clear();
      return types.intern(std::move(result));
    }
    case Kind::kFunction:
    case Kind::kTypeVariable: return kNoType;
    case Kind::kBool:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError: return types.of(a.kind);
  }
  return kNoType;
}

}  // namespace

TypeId join(TypeTable& types, TypeId a, TypeId b) {
  if (a == b) return a;
  if (is_error(types[a]) || is_error(types[b])) return types.of(Kind::kError);
  const bool nullable = types[a].nullable || types[b].nullable;
  const bool keep = types[a].may_keep || types[b].may_keep;
  const TypeId plain_a = with_keep(types, types.non_null(a), false);
  const TypeId plain_b = with_keep(types, types.non_null(b), false);
  TypeId result;
  if (types[plain_a].kind == Kind::kNever) {
    result = plain_b;
  } else if (types[plain_b].kind == Kind::kNever) {
    result = plain_a;
  } else {
    result = join_values(types, plain_a, plain_b);
    if (result == kNoType) return kNoType;
  }
  if (nullable) result = types.nullable(result);
  return with_keep(types, result, keep);
}

}  // namespace mig::sema
