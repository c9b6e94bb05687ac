// Structure of values: what generic functions (distinct, group_by, sort, ==) need to compare, order and hash Cells of a type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig::stdlib {

/// A type's structure as short text, the `texts[0]` of PreparedKind::kShape: `t` text, `L(i)` list of int-like, `M(t,s)` map, ...
std::string shape_code(const TypeTable& types, TypeId type);

/// A parsed shape_code.
struct ValueShape {
  enum class Form : uint8_t { kBool, kInt, kReal, kDecimal, kUnsigned, kText, kPair, kMoney, kScalar, kList, kSet, kMap, kRecord };
  Form form = Form::kInt;
  std::vector<ValueShape> parts;  // list, set: element; map: key, value; record: fields
};

/// Equality of the language: null equals null, absent reads as null, maps and sets ignore order, scalars compare by kind and by value
/// (int 1 equals decimal 1.0).
bool cells_equal(const ValueShape& shape, const Cell& a, const Cell& b);
/// Negative, zero, positive; nulls last. Text by bytes, false before true; a total order that agrees with cells_equal for ordered types.
int compare_cells(const ValueShape& shape, const Cell& a, const Cell& b);
/// Equal cells have equal hashes.
uint64_t hash_cell(const ValueShape& shape, const Cell& cell);

}  // namespace mig::stdlib
