#include "stdlib/total_functions.h"

#include <algorithm>

#include "stdlib/declaration.h"
#include "stdlib/function.h"

namespace mig::stdlib {

namespace {

std::vector<bool> find_total_functions() {
  const std::span<const Function> table = functions();
  std::vector<bool> declared(table.size()), total(table.size(), true);
  for (const Declaration& declaration : declarations()) {
    const int64_t id = find_function(declaration.intrinsic);
    if (id < 0) continue;
    declared[static_cast<size_t>(id)] = true;
    if (declaration.may_fail || declaration.may_overflow) total[static_cast<size_t>(id)] = false;
  }
  for (size_t id = 0; id < table.size(); ++id) {
    const std::span<const Shape> shapes = table[id].parameters;
    if (!declared[id] || std::find(shapes.begin(), shapes.end(), Shape::kClosure) != shapes.end()) total[id] = false;
  }
  // Accessors of one alternative of a scalar are only defined behind a test of its kind, so they may not be moved.
  // References are searched for on disk, so they stay where the spec asks.
  for (const char* name : {"scalar_bool", "scalar_int", "scalar_decimal", "scalar_text", "reference_find", "reference_exists"}) {
    if (const int64_t id = find_function(name); id >= 0) total[static_cast<size_t>(id)] = false;
  }
  return total;
}

}  // namespace

const std::vector<bool>& total_functions() {
  static const std::vector<bool> kTotal = find_total_functions();
  return kTotal;
}

}  // namespace mig::stdlib
