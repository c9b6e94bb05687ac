#include "tests/fuzz/differential_shrink.h"

#include <set>

#include "compiler/ir/steps.h"

namespace mig::fuzz {

using ir::NodeId;
using ir::Step;

namespace {

// Places of all step lists, as paths would be invalidated by edits: the n-th list in order of a walk.
void collect_lists(std::vector<Step>& steps, std::vector<std::vector<Step>*>& lists) {
  lists.push_back(&steps);
  for (Step& step : steps) {
    collect_lists(step.then, lists);
    collect_lists(step.otherwise, lists);
  }
}

void collect_nodes(const ir::Program& program, NodeId id, std::set<NodeId>& nodes) {
  if (!nodes.insert(id).second) return;
  ir::each_child(program, program.nodes[id], [&](NodeId child) { collect_nodes(program, child, nodes); });
}

std::set<NodeId> reachable(const ir::Program& program) {
  std::set<NodeId> nodes;
  for (const ir::MapProgram& map : program.maps) {
    uint32_t number = 0;
    ir::each_step(map.steps, [&](const Step& step, uint32_t) { collect_nodes(program, step.node, nodes); }, number);
  }
  for (const ir::Function& function : program.functions) collect_nodes(program, function.body, nodes);
  return nodes;
}

bool drop_steps(ir::Program& program, const std::function<bool(const ir::Program&)>& fails) {
  bool progress = false;
  std::vector<std::vector<Step>*> lists;
  collect_lists(program.maps[0].steps, lists);
  for (size_t list = lists.size(); list-- > 0;) {
    for (size_t i = 1u << 20; i-- > 0;) {
      lists.clear();
      collect_lists(program.maps[0].steps, lists);
      if (list >= lists.size() || lists[list]->empty()) break;
      if (i >= lists[list]->size()) i = lists[list]->size() - 1;
      ir::Program candidate = program;
      std::vector<std::vector<Step>*> edited;
      collect_lists(candidate.maps[0].steps, edited);
      edited[list]->erase(edited[list]->begin() + static_cast<std::ptrdiff_t>(i));
      if (!fails(candidate)) continue;
      program = std::move(candidate);
      progress = true;
    }
  }
  return progress;
}

bool simplify_nodes(ir::Program& program, const std::function<bool(const ir::Program&)>& fails) {
  bool progress = false;
  for (const NodeId id : reachable(program)) {
    std::vector<NodeId> children;
    ir::each_child(program, program.nodes[id], [&](NodeId child) { children.push_back(child); });
    for (const NodeId child : children) {
      if (program.nodes[child].type != program.nodes[id].type) continue;
      ir::Program candidate = program;
      candidate.nodes[id] = program.nodes[child];
      if (!fails(candidate)) continue;
      program = std::move(candidate);
      progress = true;
      break;
    }
  }
  return progress;
}

}  // namespace

ir::Program shrink(ir::Program program, const std::function<bool(const ir::Program&)>& fails) {
  for (int round = 0; round < 20; ++round) {
    const bool dropped = drop_steps(program, fails);
    const bool simpler = simplify_nodes(program, fails);
    if (!dropped && !simpler) break;
  }
  return program;
}

}  // namespace mig::fuzz
