// What the passes share: visiting reachable expressions, and putting one expression in the place of another. Private to the passes.
#pragma once

#include <vector>

#include "compiler/ir/steps.h"
#include "compiler/ir/values.h"

namespace mig::ir {

/// Calls `visit(id)` once for every reachable node, operands first. `visit` may rewrite program.nodes[id] in place.
template <class Visit>
class PostOrder {
 public:
  PostOrder(Program& program, Visit visit) : program_(program), visit_(visit), seen_(program.nodes.size()) {
    for (Function& function : program.functions) from(function.body);
    for (MapProgram& map : program.maps) {
      uint32_t number = 0;
      each_step(map.steps, [this](Step& step, uint32_t) { from(step.node); }, number);
    }
  }

 private:
  void from(NodeId id) {
    if (id >= seen_.size() || seen_[id]) return;
    seen_[id] = true;
    const Node node = program_.nodes[id];
    each_child(program_, node, [this](NodeId child) { from(child); });
    visit_(id);
  }

  Program& program_;
  Visit visit_;
  std::vector<bool> seen_;
};

/// Makes `id` mean what `replacement` means, as far as types allow; answers whether it did.
inline bool replace(Program& program, NodeId id, NodeId replacement) {
  const Node& by = program.nodes[replacement];
  Node& node = program.nodes[id];
  if (by.type == node.type) {
    const Node copy = by;
    node = copy;
    return true;
  }
  const Type& have = program.types[by.type];
  const Type& want = program.types[node.type];
  if (have.kind == Kind::kNever || storage_of(have.kind) != storage_of(want.kind) || (has_presence(have) && !has_presence(want)))
    return false;
  Node wrap;
  wrap.op = Op::kWrap;
  wrap.type = node.type;
  wrap.a = replacement;
  node = wrap;
  return true;
}

}  // namespace mig::ir
