// Facts about values that the interpreter and the code generator must see alike.
#pragma once

#include <memory>

#include "compiler/ir/ir.h"
#include "runtime/types/context.h"

namespace mig::ir {

/// Does a value of this type carry a Presence (be it nullable or able to `keep`)?
inline bool has_presence(const Type& type) { return type.nullable || type.may_keep; }

/// A constant as a Cell whose text lies in `constant.text`; borrowed from the constant.
inline Cell constant_cell(const Constant& constant, const TypeTable& types) {
  Cell cell = constant.cell;
  const Type& type = types[constant.type];
  if (!has_presence(type)) cell.state = Presence::kValue;
  const Storage storage = storage_of(type.kind);
  if (storage == Storage::kText || (storage == Storage::kScalar && type.kind == Kind::kScalar && cell.kind == ScalarKind::kText)) {
    cell.text = {constant.text.data(), constant.text.size()};
  }
  return cell;
}

/// What an assignment or a record field keeps of a presence: value, keep, or null.
inline Presence assigned_presence(Presence state) {
  return state == Presence::kValue || state == Presence::kKeep ? state : Presence::kNull;
}

constexpr uint64_t kRowPositionSize = 20;

/// `row.position`: the ordinal of the record in its source as 20 digits, in the arena.
Text row_position(Context& context);

/// The objects of Program::prepared, in order; shared by all engines of a program and by all workers.
struct PreparedObjects {
  std::vector<std::shared_ptr<const void>> objects;
  std::vector<const void*> pointers;  // what Context::prepared points at
};

}  // namespace mig::ir
