#include "compiler/codegen/kept_results.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "compiler/ir/steps.h"

namespace mig::codegen {

namespace {

constexpr uint32_t kLeastCalls = 2;

/// Calls of standard functions that are not inlined; counts as far as kLeastCalls.
class Calls {
 public:
  Calls(const ir::Program& program, const std::function<bool(uint32_t)>& may_inline)
      : program_(program), may_inline_(may_inline), known_(program.functions.size()) {}

  uint32_t in(ir::NodeId id) {
    const ir::Node& node = program_.nodes[id];
    uint32_t calls = node.op == ir::Op::kCall && !may_inline_(node.index) ? 1 : 0;
    if (node.op == ir::Op::kCallFunction) {
      if (!known_[node.index]) {
        const uint32_t found = in(program_.functions[node.index].body);
        known_[node.index] = found;
      }
      calls += *known_[node.index];
    }
    ir::each_child(program_, node, [&](ir::NodeId child) {
      if (calls < kLeastCalls) calls += in(child);
    });
    return std::min(calls, kLeastCalls);
  }

 private:
  const ir::Program& program_;
  const std::function<bool(uint32_t)>& may_inline_;
  std::vector<std::optional<uint32_t>> known_;  // by function
};

}  // namespace

bool is_worth_keeping(const ir::Program& program, const ir::Function& function, const std::function<bool(uint32_t)>& may_inline) {
  return function.repeatable && Calls(program, may_inline).in(function.body) >= kLeastCalls;
}

}  // namespace mig::codegen
