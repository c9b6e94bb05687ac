// What a map asks about records of other maps. The engine knows; where it does not take part, nothing was written.
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

Cell asked(Context& context, const Cell& key, int64_t number) {
  Cell found = null_cell();
  const References* const references = context.environment == nullptr ? nullptr : context.environment->references;
  if (references != nullptr) (void)references->find(references, &context, static_cast<uint32_t>(number), &key, &found);
  return found;
}

}  // namespace

MIG_FUNCTION(reference_find)(Context& context, Cell& result, const Cell& key, const int64_t& number) {
  return result = asked(context, key, number), Status::kOk;
}
MIG_FUNCTION(reference_exists)(Context& context, bool& result, const Cell& key, const int64_t& number) {
  return result = asked(context, key, number).has_value(), Status::kOk;
}

}  // namespace mig::stdlib
