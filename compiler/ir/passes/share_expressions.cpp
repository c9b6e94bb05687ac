#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "compiler/ir/passes/passes.h"
#include "compiler/ir/passes/rewrite.h"

namespace mig::ir {

namespace {

constexpr uint32_t kNotShareable = 0;
constexpr int kRounds = 4;  // operands of what was shared may be shared themselves

/// Shares expressions of one map.
class Sharer {
 public:
  Sharer(Program& program, MapProgram& map, const PassFacts& facts, std::function<bool(NodeId)> own)
      : program_(program), map_(map), facts_(facts), own_(std::move(own)) {}

  bool round() {
    classes_.assign(program_.nodes.size(), kUnseen);
    uses_.clear();
    uses_.resize(1);
    by_key_.clear();
    for (uint32_t at = 0; at < map_.steps.size(); ++at) count_step(map_.steps[at], at, true);
    std::vector<std::pair<uint32_t, Step>> added;
    for (uint32_t at = 0; at < map_.steps.size(); ++at) rewrite_step(map_.steps[at], added);
    for (size_t i = added.size(); i-- > 0;) {
      map_.steps.insert(map_.steps.begin() + static_cast<std::ptrdiff_t>(added[i].first), std::move(added[i].second));
    }
    return !added.empty();
  }

 private:
  static constexpr uint32_t kUnseen = kNone;
  struct Use {
    uint32_t count = 0;
    uint32_t first = kNone;      // step (of the outermost list) in which it is met first
    bool always = false;         // somewhere it is computed whenever the map runs that far
    uint32_t local = kNone;      // once it is shared
  };

  /// Equal classes are equal expressions; kNotShareable when the expression may fail, raise, or reads a local.
  uint32_t class_of(NodeId id) {
    if (classes_[id] != kUnseen) return classes_[id];
    const Node& node = program_.nodes[id];
    bool good = false;
    std::string key;
    const auto add = [&key](const auto& part) { key.append(reinterpret_cast<const char*>(&part), sizeof part); };
    add(node.op);
    add(node.type);
    switch (node.op) {
      case Op::kConst: {
        const Constant& constant = program_.constants[node.index];
        add(constant.type);
        add(constant.cell);
        key += constant.text;
        good = true;
        break;
      }
      case Op::kCall:
        good = node.index < facts_.total.size() && facts_.total[node.index];
        add(node.index);
        break;
      case Op::kNull:
      case Op::kField:
      case Op::kFieldPresent:
      case Op::kFieldUnavailable:
      case Op::kParameter:
      case Op::kRunNow:
      case Op::kRunId:
      case Op::kRowSource:
      case Op::kPrepared:
      case Op::kIf:
      case Op::kCoalesce:
      case Op::kIsNull:
      case Op::kWrap:
        add(node.index);
        good = true;
        break;
      // An unwrap is only right behind its test, and a list of arguments costs as much as its copy.
      case Op::kUnwrap:
      case Op::kKeep:
      case Op::kLocal:
      case Op::kRowPosition:
      case Op::kCallFunction:
      case Op::kLambda:
      case Op::kLet:
      case Op::kSwitch:
      case Op::kCatch:
      case Op::kReject:
      case Op::kSkip:
      case Op::kWarn:
      case Op::kFail:
      case Op::kMakeRecord:
      case Op::kMakeList:
      case Op::kGetField: break;
    }
    each_child(program_, node, [&](NodeId child) {
      if (!good) return;
      const uint32_t part = class_of(child);
      if (part == kNotShareable) good = false;
      add(part);
    });
    if (!good) return classes_[id] = kNotShareable;
    const auto [found, fresh] = by_key_.emplace(std::move(key), static_cast<uint32_t>(uses_.size()));
    if (fresh) uses_.emplace_back();
    return classes_[id] = found->second;
  }

  void count_step(const Step& step, uint32_t at, bool always) {
    count(step.node, at, always);
    for (const Step& inner : step.then) count_step(inner, at, false);
    for (const Step& inner : step.otherwise) count_step(inner, at, false);
  }

  void count(NodeId id, uint32_t at, bool always) {
    const Node& node = program_.nodes[id];
    if (node.op == Op::kCall) {
      if (const uint32_t its = class_of(id); its != kNotShareable) {
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
    if (node.op == Op::kCall && id < classes_.size() && classes_[id] != kNotShareable && classes_[id] != kUnseen && own_(id)) {
      Use& use = uses_[classes_[id]];
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
    const auto behind = std::upper_bound(added.begin(), added.end(), use.first, [](uint32_t at, const auto& other) { return at < other.first; });
    added.insert(behind, {use.first, std::move(step)});
  }

  Program& program_;
  MapProgram& map_;
  const PassFacts& facts_;
  std::function<bool(NodeId)> own_;  // does nothing else than this map reach the node?
  std::vector<uint32_t> classes_;   // by NodeId
  std::vector<Use> uses_;           // by class
  std::map<std::string, uint32_t> by_key_;
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
  for (uint32_t map = 0; map < program.maps.size(); ++map) {
    Sharer sharer(program, program.maps[map], facts, [&owners, map](NodeId id) { return owners.only(id, map); });
    for (int round = 0; round < kRounds; ++round) {
      if (!sharer.round()) break;
    }
  }
}

}  // namespace mig::ir
