// Evaluates expressions: one recursive function over nodes. Private to the interpreter.
#pragma once

#include <span>
#include <vector>

#include "compiler/interp/interpreter.h"
#include "compiler/ir/ir.h"
#include "runtime/types/context.h"
#include "stdlib/function.h"

namespace mig::interp {

/// Where an expression is evaluated: in a record of a map, or in a call of a user function (then without a record).
struct Frame {
  Context& context;
  const uint8_t* input;              // null in a function
  const RecordLayout* layout;        // null in a function
  const std::vector<TypeId>& types;  // of the locals
  Cell* locals;
};

/// Immutable after construction. In a Cell that it yields, `state` is kValue wherever the node's type has no presence.
class Evaluator {
 public:
  /// `marks`: one byte a node (Mark), or null.
  Evaluator(const ir::Program& program, std::span<const stdlib::Function> functions, uint8_t* marks);
  Status evaluate(ir::NodeId id, Frame& frame, Cell& result) const;
  Status call(Context& context, uint32_t function, const Cell* arguments, size_t count, Cell& result) const;

 private:
  struct Captured;
  Status call_standard(const ir::Node& node, Frame& frame, Cell& result) const;
  Status call_user(const ir::Node& node, Frame& frame, Cell& result) const;
  Status raise(const ir::Node& node, Frame& frame) const;
  Status build(const ir::Node& node, Frame& frame, Cell& result) const;
  void read_field(const ir::Node& node, Frame& frame, Cell& result) const;
  static Status call_lambda(Context* context, void* captured, Cell* result, const void* const* arguments);
  bool has_presence(TypeId type) const { return facts_[type].presence; }

  struct TypeFacts {
    Storage storage;
    bool presence;
  };
  const ir::Program& program_;
  std::span<const stdlib::Function> functions_;
  std::vector<TypeFacts> facts_;  // by TypeId
  std::vector<Cell> constants_;
  uint8_t* const marks_;  // not owned
};

}  // namespace mig::interp
