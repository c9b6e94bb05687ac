// What tests of a spec need to hold and compare values: frames in a context's memory, and shapes of types.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "runtime/records/arena.h"
#include "runtime/records/layout.h"
#include "stdlib/prepared.h"
#include "stdlib/shape.h"

namespace mig::driver {

/// A zeroed frame in the context's arena.
inline uint8_t* new_frame(Context& context, const RecordLayout& layout) {
  const size_t size = std::max<size_t>(layout.stride, 16);
  return static_cast<uint8_t*>(std::memset(arena_allocate(context, size), 0, size));
}

/// A stdlib::ValueShape, for compare_cells; null for a type that has none.
inline std::shared_ptr<const void> shape_of_type(const TypeTable& types, TypeId type) {
  stdlib::PreparedSpec spec;
  spec.kind = stdlib::PreparedKind::kShape;
  spec.texts = {stdlib::shape_code(types, type)};
  std::string error;
  return stdlib::prepare(spec, error);
}

}  // namespace mig::driver
