// The alternatives of a scalar: what `match` asks for. The caller has tested the kind.
#include "runtime/types/decimal.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

MIG_FUNCTION(scalar_kind)(Context&, int64_t& result, const Cell& value) { return result = static_cast<int64_t>(value.kind), Status::kOk; }
MIG_FUNCTION(scalar_bool)(Context&, bool& result, const Cell& value) { return result = value.boolean, Status::kOk; }
MIG_FUNCTION(scalar_int)(Context&, int64_t& result, const Cell& value) { return result = value.integer, Status::kOk; }
MIG_FUNCTION(scalar_text)(Context&, Text& result, const Cell& value) { return result = value.text, Status::kOk; }
MIG_FUNCTION(scalar_decimal)(Context&, int128& result, const Cell& value, const int64_t& scale) {
  return decimal_rescale(value.decimal, value.scale, static_cast<int>(scale), Rounding::kHalfEven, result) ? Status::kOk
                                                                                                           : Status::kOverflow;
}

}  // namespace mig::stdlib
