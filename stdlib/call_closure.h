// Calls of lambdas from native bodies.
#pragma once

#include "stdlib/arena_text.h"

namespace mig::stdlib {

/// The result starts as a zeroed value, so a closure whose result is not nullable may write the payload alone.
template <typename... Cells>
Status call_closure(Context& context, const Closure& closure, Cell& result, const Cells&... arguments) {
  const void* const pointers[] = {&arguments...};
  result = value_cell();
  return closure.call(&context, closure.captured, &result, pointers);
}

/// For predicates.
template <typename... Cells>
Status test_closure(Context& context, const Closure& closure, bool& holds, const Cells&... arguments) {
  Cell result;
  const Status status = call_closure(context, closure, result, arguments...);
  holds = result.has_value() && result.boolean;
  return status;
}

}  // namespace mig::stdlib
