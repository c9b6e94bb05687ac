// Decoding of JSON values into types of a spec.
#include "stdlib/functions.h"
#include "stdlib/json_shape.h"

namespace mig::stdlib {

MIG_FUNCTION(json_decode)(Context& context, Cell& result, const Text& text, const JsonShape& shape) {
  return shape.read(context, text, result);
}
MIG_FUNCTION(json_refused)(Context& context, Cell&, const Cell&) {
  context.cause = "a value does not meet the condition of its type";
  return Status::kFail;
}

}  // namespace mig::stdlib
