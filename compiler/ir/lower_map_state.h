// The state of one map's lowering. Private to the files that lower statements.
#pragma once

#include "compiler/ir/lowering.h"

namespace mig::ir {

struct Lowering::MapState {
  sema::ModuleId module = 0;
  uint32_t map = 0;
  const sema::SchemaSymbol* target = nullptr;
  std::unordered_map<uint32_t, uint32_t> poison;      // statement number -> bit; for statements that others depend on
  std::unordered_map<LocalId, uint32_t> local_bits;   // of lets that can be poisoned
  std::unordered_map<uint32_t, uint32_t> field_bits;  // of input fields whose values may break the conditions of their types
  uint32_t bits = 0;
  uint32_t depth = 0;       // of `when` blocks
  std::vector<Step> first;  // what must be set before any statement
  // Fields of a target record that are assigned one by one: path below the field -> local and the bits that guard it.
  struct Part {
    std::vector<uint32_t> path;
    LocalId local = kNone;
    TypeId type = kNoType;
  };
  std::map<uint32_t, std::vector<Part>> parts;  // target field -> parts
  uint32_t emit_target = kNone;  // of `emits`: the rows of this target are the output; what else is assigned is only evaluated
  TypeId rows_type = kNoType;
  // The record that an `emit` makes: what its fields are on this way through the block, and the rows that statements in it emit.
  struct Emitted {
    const sema::SchemaSymbol* target = nullptr;
    uint32_t wanted = kNone;     // sema::Program::targets: whose rows are collected
    TypeId rows_type = kNoType;  // of those rows
    std::vector<NodeId> values;  // by field; kNone: not assigned
    std::vector<NodeId> rows;    // lists, in order
    uint32_t branches = 1;
  };
  Emitted* emitted = nullptr;                        // not owned; of the innermost `emit`
  std::vector<std::pair<LocalId, uint32_t>> rows;    // one an `emit` into it: list of records and the bit that guards it
  std::map<uint32_t, std::vector<uint32_t>> guards;  // target field -> poison bits
};

}  // namespace mig::ir
