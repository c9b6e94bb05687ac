#include "compiler/ir/validate_structure.h"

#include "compiler/ir/steps.h"

namespace mig::ir {

namespace {

class StructureValidator {
 public:
  StructureValidator(const Program& program, std::span<const stdlib::Function> functions) : program_(program), functions_(functions) {}

  std::vector<std::string> run() {
    check_ids();
    if (problems_.empty()) check_finite();
    if (problems_.empty()) check_recursion();
    return std::move(problems_);
  }

 private:
  void problem(std::string text) { problems_.push_back(std::move(text)); }
  void problem(NodeId id, const std::string& text) { problem("node " + std::to_string(id) + ": " + text); }
  bool known_type(TypeId type) const { return type < program_.types.size(); }

  void check_ids() {
    for (NodeId id = 0; id < program_.nodes.size(); ++id) {
      const Node& node = program_.nodes[id];
      const auto child = [&](NodeId at, bool required) {
        if (at == kNone ? required : at >= program_.nodes.size()) problem(id, "operand out of range");
      };
      const auto index = [&](size_t size) {
        if (node.index >= size) problem(id, "index out of range");
      };
      if (!known_type(node.type)) problem(id, "type out of range");
      const size_t pool = node.op == Op::kSwitch ? program_.cases.size() : program_.arguments.size();
      if (node.first + size_t{node.count} > pool) {
        problem(id, "arguments out of range");
        continue;
      }
      const bool one = node.op == Op::kLambda || node.op == Op::kLet || node.op == Op::kIf || node.op == Op::kSwitch ||
                       node.op == Op::kCoalesce || node.op == Op::kCatch || node.op == Op::kIsNull || node.op == Op::kUnwrap ||
                       node.op == Op::kWrap || node.op == Op::kWarn || node.op == Op::kGetField;
      const bool two = node.op == Op::kLet || node.op == Op::kIf || node.op == Op::kCoalesce || node.op == Op::kCatch;
      child(node.a, one);
      child(node.b, two);
      child(node.c, node.op == Op::kIf);
      if (node.op != Op::kLambda) each_child(program_, node, [&](NodeId at) { child(at, true); });
      if (node.op == Op::kConst || node.op == Op::kFail) index(program_.constants.size());
      if (node.op == Op::kCall) index(functions_.size());
      if (node.op == Op::kCallFunction) index(program_.functions.size());
      if (node.op == Op::kPrepared) index(program_.prepared.size());
      if (node.op == Op::kParameter) index(program_.parameter_types.size());
      if (node.op == Op::kReject || node.op == Op::kSkip || node.op == Op::kWarn) index(program_.sites.size());
      if (node.op == Op::kCall && node.site != kNone && node.site >= program_.sites.size()) problem(id, "site out of range");
    }
    for (const Constant& constant : program_.constants) {
      if (!known_type(constant.type)) problem("a constant's type is out of range");
    }
  }

  void check_finite() {
    // 0 unseen, 1 on the path, 2 done; without recursion, since nothing is known yet.
    std::vector<uint8_t> state(program_.nodes.size());
    std::vector<NodeId> path;
    for (NodeId root = 0; root < program_.nodes.size(); ++root) {
      path.push_back(root);
      while (!path.empty()) {
        const NodeId id = path.back();
        if (state[id] != 0) {
          state[id] = 2;
          path.pop_back();
          continue;
        }
        state[id] = 1;
        each_child(program_, program_.nodes[id], [&](NodeId child) {
          if (state[child] == 1) problem(child, "contains itself");
          if (state[child] == 0) path.push_back(child);
        });
        if (!problems_.empty()) return;
      }
    }
  }

  void check_recursion() {
    std::vector<uint8_t> state(program_.functions.size());
    for (uint32_t i = 0; i < program_.functions.size(); ++i) {
      if (program_.functions[i].body >= program_.nodes.size()) {
        problem("function " + program_.functions[i].name + " has no body");
        return;
      }
    }
    for (uint32_t i = 0; i < program_.functions.size(); ++i) visit_function(i, state);
  }
  void visit_function(uint32_t index, std::vector<uint8_t>& state) {
    if (state[index] == 1) problem("function " + program_.functions[index].name + " calls itself");
    if (state[index] != 0) return;
    state[index] = 1;
    visit_calls(program_.functions[index].body, state);
    state[index] = 2;
  }
  void visit_calls(NodeId id, std::vector<uint8_t>& state) {
    const Node& node = program_.nodes[id];
    if (node.op == Op::kCallFunction) visit_function(node.index, state);
    each_child(program_, node, [&](NodeId child) { visit_calls(child, state); });
  }

  const Program& program_;
  std::span<const stdlib::Function> functions_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> structure_problems(const Program& program, std::span<const stdlib::Function> functions) {
  return StructureValidator(program, functions).run();
}

}  // namespace mig::ir
