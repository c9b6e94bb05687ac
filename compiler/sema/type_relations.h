// Which type may stand where: implicit conversions, common types, intervals of numbers.
#pragma once

#include <string>

#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig::sema {

/// Values between two ends, unscaled at a scale the caller knows. An end that is not known is absent.
struct Interval {
  bool has_low = false, has_high = false;
  int128 low = 0, high = 0;
};

/// Of an int, decimal, or percent; absent ends for every other kind. An int always has both ends.
Interval interval_of(const Type& type);
/// The interval at `to` digits behind the point instead of `from`; ends that overflow become absent. Going down is not allowed.
Interval rescaled(Interval interval, int from, int to);
Interval hull(Interval a, Interval b);
/// Saturates: an end that overflows 128 bits becomes absent.
Interval sum_of(Interval a, Interval b);
Interval negated(Interval a);
Interval product_of(Interval a, Interval b);
/// Digits that the larger end needs (at least 1), or 39 when an end is absent.
int digits_of(Interval interval);

/// decimal(precision, scale) with the interval where that says more than the precision.
TypeId decimal_within(TypeTable& types, int precision, int scale, Interval interval);
/// int with both ends clipped to 64 bits; `overflows` is set when they had to be.
TypeId int_within(TypeTable& types, Interval interval, bool& overflows);
/// The narrowest decimal that holds every value of an int type.
TypeId decimal_of_int(TypeTable& types, TypeId integer);

enum class Fit : uint8_t {
  kYes,
  kNull,       // it would, were it not nullable
  kKeep,       // it would, were it not `keep`
  kNarrowing,  // same kind, but values may be too long, too large or too precise
  kDifferent,
};

/// May a value of type `from` stand where `to` is wanted, converting as the language's table of implicit conversions says?
Fit fit(const TypeTable& types, TypeId from, TypeId to);

/// The type of `if`, `match`, `??`: both convert to it. kNoType when there is none.
TypeId join(TypeTable& types, TypeId a, TypeId b);

TypeId with_keep(TypeTable& types, TypeId type, bool keep);
TypeId null_type(TypeTable& types);  // of `null`
TypeId keep_type(TypeTable& types);  // of `keep`
bool is_null(const Type& type);      // only null
bool is_keep(const Type& type);      // only keep
bool is_error(const Type& type);
/// never: reject, skip
bool is_never(const Type& type);

/// "1 to 60 characters", "at most 40 characters", "numbers from 0 to 10", "up to 12 digits before and 2 behind the point"; "" when
/// unbounded.
std::string bounds_in_words(const Type& type);
/// The type as a person says it: "text", "a whole number", "a date", "one of Status".
std::string kind_in_words(const TypeTable& types, TypeId type);

}  // namespace mig::sema
