#include <algorithm>

#include "compiler/ir/passes/expression_classes.h"
#include "compiler/ir/passes/passes.h"

namespace mig::ir {

namespace {

/// Shares calls inside the bodies of lambdas and functions: a `let` around the body. Nodes are copied on the way to what changes, since
/// other expressions may reach them too.
class BodySharer {
 public:
  BodySharer(Program& program, const PassFacts& facts)
      : program_(program), pure_(pure_functions(program, facts)), classes_(program, facts, pure_) {}

  void function(Function& one) {
    locals_ = &one.locals;
    lambdas(one.body);
    one.body = body(one.body, kNone);
  }
  void map(MapProgram& one) {
    locals_ = &one.locals;
    uint32_t number = 0;
    each_step(one.steps, [this](Step& step, uint32_t) { lambdas(step.node); }, number);
  }

 private:
  struct Use {
    uint32_t count = 0;
    bool always = false;
    NodeId first = kNone;
    uint32_t local = kNone;
  };

  /// Inner bodies first. A lambda that two expressions reach is done once.
  void lambdas(NodeId id) {
    if (id >= done_.size()) done_.resize(program_.nodes.size());
    if (id >= done_.size() || done_[id]) return;
    done_[id] = true;
    std::vector<NodeId> children;
    each_child(program_, program_.nodes[id], [&](NodeId child) { children.push_back(child); });
    for (const NodeId child : children) lambdas(child);
    if (program_.nodes[id].op != Op::kLambda) return;
    const NodeId better = body(program_.nodes[id].a, id);
    program_.nodes[id].a = better;
  }

  NodeId body(NodeId root, NodeId lambda) {
    for (int round = 0; round < 4; ++round) {
      const NodeId next = share(root, lambda);
      if (next == root) break;
      root = next;
    }
    return root;
  }

  /// Locals that are bound somewhere inside the body change while it runs; all others, its own parameters among them, do not.
  void find_bound(NodeId id, std::vector<bool>& steady) {
    const Node node = program_.nodes[id];
    if (node.op == Op::kLet) steady[node.index] = false;
    if (node.op == Op::kLambda) {
      for (uint32_t i = 0; i < node.count; ++i) steady[program_.arguments[node.first + i]] = false;
    }
    each_child(program_, node, [&](NodeId child) { find_bound(child, steady); });
  }

  static bool is_call(const Node& node) { return node.op == Op::kCall || node.op == Op::kCallFunction; }

  void count(NodeId id, bool always) {
    const Node node = program_.nodes[id];
    if (is_call(node)) {
      if (const uint32_t its = classes_.class_of(id); its != ExpressionClasses::kNotShareable) {
        if (its >= uses_.size()) uses_.resize(its + 1);
        Use& use = uses_[its];
        ++use.count;
        use.always |= always;
        if (use.first == kNone) use.first = id;
      }
    }
    const bool branches = node.op == Op::kIf || node.op == Op::kSwitch || node.op == Op::kCoalesce || node.op == Op::kCatch;
    bool first = true;
    each_child(program_, node, [&](NodeId child) {
      count(child, always && node.op != Op::kLambda && (first || !branches));
      first = false;
    });
  }

  NodeId share(NodeId root, NodeId lambda) {
    std::vector<bool> steady(locals_->size(), true);
    find_bound(root, steady);
    if (lambda != kNone) {
      for (uint32_t i = 0; i < program_.nodes[lambda].count; ++i) steady[program_.arguments[program_.nodes[lambda].first + i]] = true;
    }
    classes_.begin(std::move(steady));
    uses_.clear();
    bound_.clear();
    count(root, true);
    NodeId result = rewrite(root);
    // What was met first stands outermost: nothing shared reads another shared value of the same round but through its own copy.
    for (size_t i = bound_.size(); i-- > 0;) {
      Node let;
      let.op = Op::kLet;
      let.type = program_.nodes[result].type;
      let.index = bound_[i].second;
      let.a = bound_[i].first;
      let.b = result;
      result = push(let);
    }
    return result;
  }

  NodeId push(const Node& node) {
    program_.nodes.push_back(node);
    return static_cast<NodeId>(program_.nodes.size() - 1);
  }

  NodeId rewrite(NodeId id) {
    const Node node = program_.nodes[id];
    if (is_call(node) && classes_.known(id)) {
      const uint32_t its = classes_.class_of(id);
      if (its != ExpressionClasses::kNotShareable && its < uses_.size() && uses_[its].count > 1 && uses_[its].always) {
        Use& use = uses_[its];
        if (use.local == kNone) {
          use.local = static_cast<uint32_t>(locals_->size());
          locals_->push_back(node.type);
          bound_.emplace_back(id, use.local);
        }
        Node local;
        local.op = Op::kLocal;
        local.type = node.type;
        local.index = use.local;
        return push(local);
      }
    }
    return with_children(node, id);
  }

  /// The node with its children rewritten; itself when none of them changed.
  NodeId with_children(Node node, NodeId id) {
    bool changed = false;
    const auto renew = [&](NodeId& child) {
      if (child == kNone) return;
      const NodeId next = rewrite(child);
      changed |= next != child;
      child = next;
    };
    renew(node.a);
    renew(node.b);
    if (node.op == Op::kSwitch) {
      std::vector<SwitchCase> options(program_.cases.begin() + node.first, program_.cases.begin() + node.first + node.count);
      bool other = false;
      for (SwitchCase& option : options) {
        const NodeId next = rewrite(option.body);
        other |= next != option.body;
        option.body = next;
      }
      if (other) {
        node.first = static_cast<uint32_t>(program_.cases.size());
        program_.cases.insert(program_.cases.end(), options.begin(), options.end());
        changed = true;
      }
    } else if (node.op != Op::kLambda && node.count != 0) {
      std::vector<uint32_t> arguments(program_.arguments.begin() + node.first, program_.arguments.begin() + node.first + node.count);
      bool other = false;
      for (uint32_t& argument : arguments) {
        const NodeId next = rewrite(argument);
        other |= next != argument;
        argument = next;
      }
      if (other) {
        node.first = static_cast<uint32_t>(program_.arguments.size());
        program_.arguments.insert(program_.arguments.end(), arguments.begin(), arguments.end());
        changed = true;
      }
    }
    renew(node.c);
    return changed ? push(node) : id;
  }

  Program& program_;
  const std::vector<bool> pure_;
  ExpressionClasses classes_;
  std::vector<TypeId>* locals_ = nullptr;
  std::vector<bool> done_;                          // by NodeId
  std::vector<Use> uses_;                           // by class
  std::vector<std::pair<NodeId, uint32_t>> bound_;  // value, local
};

}  // namespace

void share_in_bodies(Program& program, const PassFacts& facts) {
  BodySharer sharer(program, facts);
  for (Function& function : program.functions) sharer.function(function);
  for (MapProgram& map : program.maps) sharer.map(map);
}

}  // namespace mig::ir
