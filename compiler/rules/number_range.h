// The range of a number as the checker proved it, and in words.
#pragma once

#include <optional>
#include <string>

#include "compiler/rules/rule_context.h"
#include "compiler/sema/type_relations.h"

namespace mig::rules {

struct NumberRange {
  sema::Interval interval;  // unscaled at `scale`
  int scale = 0;
  bool has_low() const { return interval.has_low; }
  bool has_high() const { return interval.has_high; }
  bool is_constant() const { return has_low() && has_high() && interval.low == interval.high; }
};

/// Of a non-null int or decimal; nothing for other types. The end of an int that is only the end of 64 bits counts as open.
std::optional<NumberRange> range_of(const Type& type);
/// Both at the larger of their scales.
void align(NumberRange& a, NumberRange& b);
/// "12.50"; 0 is "0".
std::string number_text(int128 value, int scale);
/// "between 0.0 and 10.0", "at most 10.0", "at least 0", "any number"
std::string range_text(const NumberRange& range);

}  // namespace mig::rules
