#include "compiler/ir/slice.h"

#include <map>
#include <set>

#include "compiler/ir/op_class.h"
#include "compiler/ir/steps.h"

namespace mig::ir {
namespace {

/// Calls `visit(node)` for every node that is reached from `id`, bodies of called functions included, once each.
template <class Visit>
void each_reached(const Program& program, NodeId id, std::set<NodeId>& seen, Visit& visit) {
  if (id == kNone || !seen.insert(id).second) return;
  const Node& node = program.nodes[id];
  visit(node);
  each_child(program, node, [&](NodeId child) { each_reached(program, child, seen, visit); });
  if (node.op == Op::kCallFunction) each_reached(program, program.functions[node.index].body, seen, visit);
}

/// Whether nothing is reached but reading, choosing and constants: no call that could fail or need memory, no reject, no skip.
bool only_copies(const Program& program, NodeId id) {
  bool copies = true;
  std::set<NodeId> seen;
  auto visit = [&](const Node& node) {
    const OpClass what = class_of(node.op);
    copies = copies && (what == OpClass::kReads || what == OpClass::kChooses);
  };
  each_reached(program, id, seen, visit);
  return copies;
}

class Slicer {
 public:
  Slicer(Program& program, const MapProgram& map, const std::vector<bool>& outputs)
      : program_(program), outputs_(outputs), locals_(map.locals.size()), bits_(map.poison_bits) {
    do {
      changed_ = false;
      choose(map.steps);
    } while (changed_);
  }

  std::vector<Step> kept(const std::vector<Step>& steps) {
    std::vector<Step> result;
    for (const Step& step : steps) {
      if (!chosen_.contains(&step)) continue;
      Step& copy = result.emplace_back(step);
      copy.node = clone(step.node);
      copy.then = kept(step.then);
      copy.otherwise = kept(step.otherwise);
    }
    return result;
  }

  bool left_out_computes(const std::vector<Step>& steps) const {
    for (const Step& step : steps) {
      if (!chosen_.contains(&step) && !only_copies(program_, step.node)) return true;
      if (left_out_computes(step.then) || left_out_computes(step.otherwise)) return true;
    }
    return false;
  }

 private:
  bool needed(const Step& step) const {
    if (step.poison != kNone && bits_[step.poison]) return true;
    switch (step.what) {
      case Step::What::kLet: return locals_[step.index];
      case Step::What::kAssign: return outputs_[step.index];
      case Step::What::kEffect:
      case Step::What::kGroup: return false;
    }
    return false;
  }

  /// Whether something among `steps` is part of the slice.
  bool choose(const std::vector<Step>& steps) {
    bool any = false;
    for (const Step& step : steps) {
      const bool inner = choose(step.then) | choose(step.otherwise);
      if (!inner && !needed(step) && !chosen_.contains(&step)) continue;
      any = true;
      if (!chosen_.insert(&step).second) continue;
      changed_ = true;
      for (const uint32_t bit : step.depends) bits_[bit] = true;
      std::set<NodeId> seen;
      auto visit = [&](const Node& node) {
        if (node.op == Op::kLocal && node.index < locals_.size()) locals_[node.index] = true;
      };
      each_reached(program_, step.node, seen, visit);
    }
    return any;
  }

  NodeId clone(NodeId id) {
    if (id == kNone) return kNone;
    const auto known = clones_.find(id);
    if (known != clones_.end()) return known->second;
    Node copy = program_.nodes[id];
    copy.a = clone(copy.a);
    copy.b = clone(copy.b);
    copy.c = clone(copy.c);
    if (copy.op == Op::kSwitch) {
      std::vector<SwitchCase> cases;
      for (uint32_t i = 0; i < copy.count; ++i) {
        const SwitchCase from = program_.cases[copy.first + i];
        cases.push_back({from.value, clone(from.body)});
      }
      copy.first = static_cast<uint32_t>(program_.cases.size());
      program_.cases.insert(program_.cases.end(), cases.begin(), cases.end());
    } else if (copy.count > 0) {
      std::vector<uint32_t> arguments;
      for (uint32_t i = 0; i < copy.count; ++i) {
        const uint32_t argument = program_.arguments[copy.first + i];
        arguments.push_back(copy.op == Op::kLambda ? argument : clone(argument));
      }
      copy.first = static_cast<uint32_t>(program_.arguments.size());
      program_.arguments.insert(program_.arguments.end(), arguments.begin(), arguments.end());
    }
    program_.nodes.push_back(copy);
    return clones_[id] = static_cast<NodeId>(program_.nodes.size() - 1);
  }

  Program& program_;
  const std::vector<bool>& outputs_;
  std::vector<bool> locals_, bits_;  // that something chosen depends on
  std::set<const Step*> chosen_;
  std::map<NodeId, NodeId> clones_;
  bool changed_ = false;
};

}  // namespace

namespace {

template <class Wanted>
std::vector<bool> fields_read(const Program& program, const MapProgram& map, Wanted&& wanted) {
  std::vector<bool> read(map.input.fields.size());
  auto visit = [&](const Node& node) {
    const bool looks = node.op == Op::kField || node.op == Op::kFieldPresent || node.op == Op::kFieldUnavailable;
    if (looks && node.index < read.size()) read[node.index] = true;
  };
  std::set<NodeId> seen;
  uint32_t number = 0;
  each_step(
      map.steps,
      [&](const Step& step, uint32_t) {
        if (wanted(step)) each_reached(program, step.node, seen, visit);
      },
      number);
  return read;
}

}  // namespace

std::vector<bool> input_fields_read(const Program& program, const MapProgram& map) {
  return fields_read(program, map, [](const Step&) { return true; });
}

std::vector<bool> input_fields_read_for(const Program& program, const MapProgram& map, uint32_t output) {
  return fields_read(program, map, [&](const Step& step) { return step.what == Step::What::kAssign && step.index == output; });
}

Slice add_slice(Program& program, uint32_t map, const std::vector<bool>& outputs) {
  const MapProgram whole = program.maps[map];
  Slicer slicer(program, whole, outputs);
  MapProgram part;
  part.name = whole.name + " (slice)";
  part.input = whole.input;
  part.output = whole.output;
  part.locals = whole.locals;
  part.poison_bits = whole.poison_bits;
  part.steps = slicer.kept(whole.steps);
  Slice slice;
  slice.refuses_alike = !slicer.left_out_computes(whole.steps);
  slice.reads = input_fields_read(program, part);
  slice.map = static_cast<uint32_t>(program.maps.size());
  program.maps.push_back(std::move(part));
  return slice;
}

}  // namespace mig::ir
