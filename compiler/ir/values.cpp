#include "compiler/ir/values.h"

namespace mig::ir {

Text row_position(Context& context) {
  char* const out = static_cast<char*>(arena_allocate(context, kRowPositionSize));
  uint64_t ordinal = context.row_ordinal + context.record;
  for (uint64_t i = kRowPositionSize; i-- > 0;) {
    out[i] = static_cast<char>('0' + ordinal % 10);
    ordinal /= 10;
  }
  return {out, kRowPositionSize};
}

}  // namespace mig::ir
