#include "compiler/ir/passes/expression_classes.h"

#include "compiler/ir/op_class.h"

namespace mig::ir {

namespace {

class Purity {
 public:
  Purity(const Program& program, const PassFacts& facts) : program_(program), facts_(facts), known_(program.functions.size(), kUnknown) {}

  bool function(uint32_t index) {
    if (known_[index] == kUnknown) {
      known_[index] = kNo;  // a function that calls itself could run for ever
      known_[index] = node(program_.functions[index].body) ? kYes : kNo;
    }
    return known_[index] == kYes;
  }

 private:
  enum Answer : uint8_t { kUnknown, kYes, kNo };

  bool node(NodeId id) {
    const Node& one = program_.nodes[id];
    switch (ir::class_of(one.op)) {
      case OpClass::kCalls:
        if (!(one.op == Op::kCallFunction ? function(one.index) : is_total(one))) return false;
        break;
      case OpClass::kRaises:
      case OpClass::kHandles:
      case OpClass::kPosition:
      case OpClass::kLambda: return false;
      case OpClass::kReads:
      case OpClass::kChooses:
      case OpClass::kPrepared:
      case OpClass::kBuilds: break;
    }
    if (program_.types[one.type].kind == Kind::kNever) return false;
    bool pure = true;
    each_child(program_, one, [&](NodeId child) { pure = pure && node(child); });
    return pure;
  }

  /// The function as a whole stands on its own feet: inside it an accessor of a sum is behind its test.
  bool is_total(const Node& one) const {
    if (one.index < facts_.total.size() && facts_.total[one.index]) return true;
    const std::string_view name = facts_.functions[one.index].name;
    return name == "scalar_bool" || name == "scalar_int" || name == "scalar_text";
  }

  const Program& program_;
  const PassFacts& facts_;
  std::vector<Answer> known_;
};

}  // namespace

std::vector<bool> pure_functions(const Program& program, const PassFacts& facts) {
  Purity purity(program, facts);
  std::vector<bool> pure;
  for (uint32_t i = 0; i < program.functions.size(); ++i) pure.push_back(purity.function(i));
  return pure;
}

void ExpressionClasses::begin(std::vector<bool> steady) {
  steady_ = std::move(steady);
  classes_.assign(program_.nodes.size(), kUnseen);
  by_key_.clear();
  size_ = 1;
}

uint32_t ExpressionClasses::class_of(NodeId id) {
  if (id >= classes_.size()) classes_.resize(program_.nodes.size(), kUnseen);
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
    case Op::kCallFunction:
      good = pure_[node.index];
      add(node.index);
      break;
    case Op::kLocal:
      good = node.index < steady_.size() && steady_[node.index];
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
    case Op::kRowPosition:
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
  const auto [found, fresh] = by_key_.emplace(std::move(key), size_);
  if (fresh) ++size_;
  return classes_[id] = found->second;
}

}  // namespace mig::ir
