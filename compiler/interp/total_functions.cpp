#include "compiler/interp/total_functions.h"

#include <algorithm>

#include "stdlib/declaration.h"
#include "stdlib/function.h"

namespace mig::interp {

std::vector<bool> total_functions() {
  const std::span<const stdlib::Function> functions = stdlib::functions();
  std::vector<bool> declared(functions.size()), total(functions.size(), true);
  for (const stdlib::Declaration& declaration : stdlib::declarations()) {
    const int64_t id = stdlib::find_function(declaration.intrinsic);
    if (id < 0) continue;
    declared[static_cast<size_t>(id)] = true;
    if (declaration.may_fail || declaration.may_overflow) total[static_cast<size_t>(id)] = false;
  }
  for (size_t id = 0; id < functions.size(); ++id) {
    const std::span<const stdlib::Shape> shapes = functions[id].parameters;
    if (!declared[id] || std::find(shapes.begin(), shapes.end(), stdlib::Shape::kClosure) != shapes.end()) total[id] = false;
  }
  // Accessors of one alternative of a scalar are only defined behind a test of its kind, so they may not be moved.
  for (const char* name : {"scalar_bool", "scalar_int", "scalar_decimal", "scalar_text"}) {
    if (const int64_t id = stdlib::find_function(name); id >= 0) total[static_cast<size_t>(id)] = false;
  }
  return total;
}

}  // namespace mig::interp
