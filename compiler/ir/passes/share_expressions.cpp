#include <algorithm>
#include <functional>

#include "compiler/ir/passes/expression_classes.h"
#include "compiler/ir/passes/passes.h"

namespace mig::ir {

namespace {

constexpr int kRounds = 4;  // operands of what was shared may be shared themselves

/// Shares expressions of one map.
class Sharer {
 public:
  Sharer(Program& program, MapProgram& map, const PassFacts& facts, const std::vector<bool>& pure, std::function<bool(NodeId)> own)
      : program_(program), map_(map), own_(std::move(own)), classes_(program, facts, pure) {}

  bool round() {
    classes_.begin({});  // locals of a map are set by its steps
    uses_.clear();
    for (uint32_t at = 0; at < map_.steps.size(); ++at) count_step(map_.steps[at], at, true);
    std::vector<std::pair<uint32_t, Step>> added;
    for (uint32_t at = 0; at < map_.steps.size(); ++at) rewrite_step(map_.steps[at], added);
    for (size_t i = added.size(); i-- > 0;) {
      map_.steps.insert(map_.steps.begin() + static_cast<std::ptrdiff_t>(added[i].first), std::move(added[i].second));
    }
    return !added.empty();
  }

 private:
  struct Use {
    uint32_t count = 0;
    uint32_t first = kNone;  // step (of the outermost list) in which it is met first
    bool always = false;     // somewhere it is computed whenever the map runs that far
    uint32_t local = kNone;  // once it is shared
  };

  static bool is_call(const Node& node) { return node.op == Op::kCall || node.op == Op::kCallFunction; }

  void count_step(const Step& step, uint32_t at, bool always) {
    count(step.node, at, always);
    for (const Step& inner : step.then) count_step(inner, at, false);
    for (const Step& inner : step.otherwise) count_step(inner, at, false);
  }

  void count(NodeId id, uint32_t at, bool always) {
    const Node& node = program_.nodes[id];
    if (is_call(node)) {
      if (const uint32_t its = classes_.class_of(id); its != ExpressionClasses::kNotShareable) {
        if (its >= uses_.size()) uses_.resize(its + 1);
        Use& use = uses_[its];
        ++use.count;
        use.first = std::min(use.first, at);
        use.always |= always;
      }
    }
    const bool branches = node.op == Op::kIf || node.op == Op::kSwitch || node.op == Op::kCoalesce || node.op == Op::kCatch;
    bool first = true;
    each_child(program_, node, [&](NodeId child) {
      count(child, at, always && node.op != Op::kLambda && (first || !branches));
      first = false;
    });
  }

  void rewrite_step(Step& step, std::vector<std::pair<uint32_t, Step>>& added) {
    rewrite(step.node, added);
    for (Step& inner : step.then) rewrite_step(inner, added);
    for (Step& inner : step.otherwise) rewrite_step(inner, added);
  }

  void rewrite(NodeId id, std::vector<std::pair<uint32_t, Step>>& added) {
    const Node node = program_.nodes[id];
    const uint32_t its = is_call(node) && classes_.known(id) ? classes_.class_of(id) : ExpressionClasses::kNotShareable;
    if (its != ExpressionClasses::kNotShareable && its < uses_.size() && own_(id)) {
      Use& use = uses_[its];
      if (use.count > 1 && use.always) {
        if (use.local == kNone) share(id, use, added);
        Node local;
        local.op = Op::kLocal;
        local.type = node.type;
        local.index = use.local;
        program_.nodes[id] = local;
        return;
      }
    }
    each_child(program_, node, [&](NodeId child) { rewrite(child, added); });
  }

  void share(NodeId id, Use& use, std::vector<std::pair<uint32_t, Step>>& added) {
    const Node original = program_.nodes[id];
    use.local = static_cast<uint32_t>(map_.locals.size());
    map_.locals.push_back(original.type);
    program_.nodes.push_back(original);
    Step step;
    step.what = Step::What::kLet;
    step.node = static_cast<NodeId>(program_.nodes.size() - 1);
    step.index = use.local;
    const auto behind =
        std::upper_bound(added.begin(), added.end(), use.first, [](uint32_t at, const auto& other) { return at < other.first; });
    added.insert(behind, {use.first, std::move(step)});
  }

  Program& program_;
  MapProgram& map_;
  std::function<bool(NodeId)> own_;  // does nothing else than this map reach the node?
  ExpressionClasses classes_;
  std::vector<Use> uses_;  // by class
};

constexpr uint32_t kNobody = kNone;
constexpr uint32_t kSeveral = kNone - 1;

/// Who reaches each node: one map, kSeveral (functions count as several), or kNobody. Sharing only ever takes nodes away from a map, so
/// this stays right while maps are rewritten one after the other.
class Owners {
 public:
  explicit Owners(const Program& program) : program_(program), of_(program.nodes.size(), kNobody) {
    for (const Function& function : program.functions) mark(function.body, kSeveral);
    for (uint32_t map = 0; map < program.maps.size(); ++map) {
      uint32_t number = 0;
      each_step(program.maps[map].steps, [&](const Step& step, uint32_t) { mark(step.node, map); }, number);
    }
  }
  /// Nodes made since belong to the map that made them.
  bool only(NodeId id, uint32_t map) const { return id >= of_.size() || of_[id] == map; }

 private:
  void mark(NodeId id, uint32_t map) {
    uint32_t& owner = of_[id];
    if (owner == map || owner == kSeveral) return;
    owner = owner == kNobody ? map : kSeveral;
    const uint32_t now = owner;
    each_child(program_, program_.nodes[id], [&](NodeId child) { mark(child, now); });
  }

  const Program& program_;
  std::vector<uint32_t> of_;
};

}  // namespace

void share_expressions(Program& program, const PassFacts& facts) {
  const Owners owners(program);
  const std::vector<bool> pure = pure_functions(program, facts);
  for (size_t i = 0; i < pure.size(); ++i) {
    if (!pure[i]) continue;
    // Whatever was declared: a shared call of it is a step of its own, which nothing guards.
    program.functions[i].may_fail = program.functions[i].may_reject = false;
  }
  for (uint32_t map = 0; map < program.maps.size(); ++map) {
    Sharer sharer(program, program.maps[map], facts, pure, [&owners, map](NodeId id) { return owners.only(id, map); });
    for (int round = 0; round < kRounds; ++round) {
      if (!sharer.round()) break;
    }
  }
}

}  // namespace mig::ir
