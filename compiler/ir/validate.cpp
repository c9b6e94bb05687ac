#include "compiler/ir/validate.h"

#include <algorithm>

#include "compiler/ir/steps.h"
#include "compiler/ir/validate_structure.h"
#include "compiler/ir/values.h"

namespace mig::ir {

namespace {

using stdlib::Shape;

constexpr size_t kMaxProblems = 20;

/// A shape's storage; kScalar for those that take a Cell.
Storage storage_of_shape(Shape shape) {
  switch (shape) {
    case Shape::kBool: return Storage::kBool;
    case Shape::kInt: return Storage::kInt;
    case Shape::kReal: return Storage::kReal;
    case Shape::kDecimal: return Storage::kDecimal;
    case Shape::kText: return Storage::kText;
    case Shape::kList: return Storage::kList;
    case Shape::kMap: return Storage::kMap;
    case Shape::kCell:
    case Shape::kClosure:
    case Shape::kPrepared: break;
  }
  return Storage::kScalar;
}

class Validator {
 public:
  Validator(const Program& program, std::span<const stdlib::Function> functions) : program_(program), functions_(functions) {}

  std::vector<std::string> run() {
    problems_ = structure_problems(program_, functions_);
    problems_.resize(std::min(problems_.size(), kMaxProblems));
    if (!problems_.empty()) return std::move(problems_);
    for (const Function& function : program_.functions) check_function(function);
    for (const MapProgram& map : program_.maps) check_map(map);
    return std::move(problems_);
  }

 private:
  /// Whether a local has a value where control stands.
  struct Known {
    bool set = false;
    uint32_t bit = kNone;    // the step that reads it must be stopped by this bit
    bool unguarded = false;  // its step can be poisoned but has no bit
  };

  void problem(std::string text) {
    if (problems_.size() < kMaxProblems) problems_.push_back(where_ + text);
  }
  void problem(NodeId id, const std::string& text) { problem("node " + std::to_string(id) + ": " + text); }

  bool known_type(TypeId type) const { return type < program_.types.size(); }
  const Type& type(TypeId id) const { return program_.types[id]; }
  bool never(NodeId id) const { return type(program_.nodes[id].type).kind == Kind::kNever; }
  Storage storage(NodeId id) const { return storage_of(type(program_.nodes[id].type).kind); }

  void check_function(const Function& function) {
    where_ = "function " + function.name + ": ";
    locals_ = &function.locals;
    layout_ = nullptr;
    known_.assign(function.locals.size(), {});
    depends_.clear();
    if (function.parameters > function.locals.size() || !known_type(function.result)) return problem("signature out of range");
    for (const TypeId local : function.locals) {
      if (!known_type(local)) return problem("a local's type is out of range");
    }
    for (uint32_t i = 0; i < function.parameters; ++i) known_[i].set = true;
    check(function.body);
    fits(function.body, function.result, "result");
  }

  void check_map(const MapProgram& map) {
    where_ = "map " + map.name + ": ";
    locals_ = &map.locals;
    layout_ = &map.input;
    output_ = &map.output;
    bits_ = map.poison_bits;
    known_.assign(map.locals.size(), {});
    depends_.clear();
    for (const TypeId local : map.locals) {
      if (!known_type(local)) return problem("a local's type is out of range");
    }
    check_steps(map.steps);
  }

  void check_steps(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (step.node >= program_.nodes.size()) return problem("a step has no node");
      if (step.poison != kNone && step.poison >= bits_) return problem("poison bit out of range");
      const size_t outer = depends_.size();
      for (const uint32_t bit : step.depends) {
        if (bit >= bits_) return problem("poison bit out of range");
        depends_.push_back(bit);
      }
      check(step.node);
      switch (step.what) {
        case Step::What::kLet:
          if (step.index >= locals_->size()) return problem("local out of range");
          fits(step.node, (*locals_)[step.index], "let");
          known_[step.index] = {true, step.poison, step.poison == kNone && (!step.depends.empty() || raises(step.node))};
          break;
        case Step::What::kAssign:
          if (step.index >= output_->fields.size()) return problem("output field out of range");
          if (!never(step.node) && storage(step.node) != output_->fields[step.index].storage)
            problem(step.node, "storage differs from the field's");
          break;
        case Step::What::kEffect: break;
        case Step::What::kGroup: {
          if (!never(step.node) && (storage(step.node) != Storage::kBool || has_presence(type(program_.nodes[step.node].type)))) {
            problem(step.node, "condition is not a bool");
          }
          const std::vector<Known> before = known_;
          check_steps(step.then);
          known_ = before;
          check_steps(step.otherwise);
          known_ = before;
          break;
        }
      }
      depends_.resize(outer);
    }
  }

  /// The text that a reject, skip or warning carries, if any.
  void check_cause(NodeId id) {
    const NodeId cause = program_.nodes[id].b;
    if (cause == kNone) return;
    check(cause);
    wants(cause, Storage::kText, "cause");
  }

  bool raises(NodeId id) const {
    const Node& node = program_.nodes[id];
    bool found = node.op == Op::kReject || node.op == Op::kSkip || (node.op == Op::kCall && node.site != kNone) ||
                 (node.op == Op::kCallFunction && (program_.functions[node.index].may_reject || program_.functions[node.index].may_fail));
    each_child(program_, node, [&](NodeId child) { found = found || raises(child); });
    return found;
  }

  /// The value of `id` can stand where `wanted` is asked for.
  void fits(NodeId id, TypeId wanted, const char* use) {
    if (never(id)) return;
    const Type& have = type(program_.nodes[id].type);
    const Type& want = type(wanted);
    if (want.kind == Kind::kNever || storage_of(have.kind) != storage_of(want.kind)) {
      problem(id, std::string(use) + ": is " + program_.types.text(program_.nodes[id].type) + ", wanted " + program_.types.text(wanted));
    } else if (has_presence(have) && !has_presence(want)) {
      problem(id, std::string(use) + ": may have no value, wanted " + program_.types.text(wanted));
    }
  }
  void wants(NodeId id, Storage wanted, const char* use) {
    if (!never(id) && (storage(id) != wanted || has_presence(type(program_.nodes[id].type))))
      problem(id, std::string(use) + ": wrong storage or nullable");
  }

  void check(NodeId id) {
    const Node& node = program_.nodes[id];
    const auto record_field = [&] {
      if (layout_ == nullptr || node.index >= layout_->fields.size()) return problem(id, "field out of range"), false;
      return true;
    };
    switch (node.op) {
      case Op::kConst:
        if (storage_of(type(program_.constants[node.index].type).kind) != storage(id)) problem(id, "constant of another storage");
        if (!has_presence(type(node.type)) && has_presence(type(program_.constants[node.index].type)) &&
            program_.constants[node.index].cell.state != Presence::kValue) {
          problem(id, "constant without a value");
        }
        if (storage(id) == Storage::kList || storage(id) == Storage::kMap) problem(id, "a list or map cannot be a constant");
        return;
      case Op::kNull:
      case Op::kKeep:
        if (!has_presence(type(node.type))) problem(id, "type has no presence");
        return;
      case Op::kField:
        if (record_field() && layout_->fields[node.index].storage != storage(id)) problem(id, "storage differs from the field's");
        return;
      case Op::kFieldPresent:
      case Op::kFieldUnavailable: record_field(); return;
      case Op::kLocal: return check_local(id);
      case Op::kParameter: return fits(id, program_.parameter_types[node.index], "parameter");
      case Op::kRunNow:
      case Op::kRunId:
      case Op::kRowPosition:
      case Op::kRowSource:
      case Op::kFail: return;
      case Op::kReject:
      case Op::kSkip: return check_cause(id);
      case Op::kCall: return check_call(id);
      case Op::kCallFunction: return check_user_call(id);
      case Op::kPrepared:
      case Op::kLambda: return problem(id, "only an argument of a standard function");
      case Op::kLet:
        if (node.index >= locals_->size()) return problem(id, "local out of range");
        check(node.a);
        fits(node.a, (*locals_)[node.index], "let");
        known_[node.index] = {true, kNone, false};
        check(node.b);
        return fits(node.b, node.type, "let body");
      case Op::kIf:
        check(node.a);
        wants(node.a, Storage::kBool, "condition");
        check(node.b);
        check(node.c);
        fits(node.b, node.type, "then");
        return fits(node.c, node.type, "else");
      case Op::kSwitch:
        check(node.a);
        wants(node.a, Storage::kInt, "switch");
        for (uint32_t i = 0; i < node.count; ++i) {
          check(program_.cases[node.first + i].body);
          fits(program_.cases[node.first + i].body, node.type, "case");
        }
        if (node.c == kNone) return;
        check(node.c);
        return fits(node.c, node.type, "otherwise");
      case Op::kCoalesce:
        check(node.a);
        check(node.b);
        if (!never(node.a) && storage(node.a) != storage(id)) problem(id, "sides of different storage");
        return fits(node.b, node.type, "??");
      case Op::kCatch:
        check(node.a);
        check(node.b);
        fits(node.a, node.type, "catch");
        return fits(node.b, node.type, "catch");
      case Op::kIsNull: return check(node.a);
      case Op::kUnwrap:
        check(node.a);
        if (!never(node.a) && storage(node.a) != storage(id)) problem(id, "unwraps another storage");
        return;
      case Op::kWrap:
      case Op::kWarn:
        if (node.op == Op::kWarn) check_cause(id);
        check(node.a);
        return fits(node.a, node.type, "operand");
      case Op::kMakeRecord:
      case Op::kMakeList: return check_build(id);
      case Op::kGetField:
        check(node.a);
        if (never(node.a)) return;
        if (type(program_.nodes[node.a].type).kind != Kind::kRecord || has_presence(type(program_.nodes[node.a].type)))
          return problem(id, "not of a record");
        if (node.index >= type(program_.nodes[node.a].type).fields.size()) return problem(id, "field out of range");
        if (storage_of(type(type(program_.nodes[node.a].type).fields[node.index].type).kind) != storage(id))
          problem(id, "storage differs from the field's");
        return;
    }
  }

  void check_local(NodeId id) {
    const Node& node = program_.nodes[id];
    if (node.index >= locals_->size()) return problem(id, "local out of range");
    const Known& known = known_[node.index];
    if (!known.set) return problem(id, "reads local " + std::to_string(node.index) + " before it is set");
    if (known.unguarded) problem(id, "local " + std::to_string(node.index) + " may be poisoned, but its step has no bit");
    if (known.bit != kNone && std::find(depends_.begin(), depends_.end(), known.bit) == depends_.end()) {
      problem(id, "reads local " + std::to_string(node.index) + " without depending on its bit");
    }
    if (storage_of(type((*locals_)[node.index]).kind) != storage(id)) return problem(id, "storage differs from the local's");
    if (has_presence(type((*locals_)[node.index])) && !has_presence(type(node.type))) problem(id, "the local may have no value");
  }

  void check_call(NodeId id) {
    const Node& node = program_.nodes[id];
    const stdlib::Function& function = functions_[node.index];
    if (node.count != function.parameters.size()) return problem(id, "wrong number of arguments for " + std::string(function.name));
    for (uint32_t i = 0; i < node.count; ++i) {
      const NodeId argument = program_.arguments[node.first + i];
      const Node& passed = program_.nodes[argument];
      const Shape shape = function.parameters[i];
      if ((passed.op == Op::kPrepared) != (shape == Shape::kPrepared) || (passed.op == Op::kLambda) != (shape == Shape::kClosure)) {
        problem(id, "argument " + std::to_string(i) + " of " + std::string(function.name) + " is of the wrong sort");
      } else if (passed.op == Op::kLambda) {
        check_lambda(passed);
      } else if (passed.op != Op::kPrepared) {
        check(argument);
        if (shape != Shape::kCell) wants(argument, storage_of_shape(shape), function.symbol);
      }
    }
    if (function.result != Shape::kCell && storage_of_shape(function.result) != storage(id)) {
      problem(id, std::string(function.name) + " has another result");
    }
  }

  void check_lambda(const Node& lambda) {
    for (uint32_t i = 0; i < lambda.count; ++i) {
      const LocalId local = program_.arguments[lambda.first + i];
      if (local >= locals_->size()) return problem("lambda parameter out of range");
      known_[local] = {true, kNone, false};
    }
    check(lambda.a);
  }

  void check_user_call(NodeId id) {
    const Node& node = program_.nodes[id];
    const Function& function = program_.functions[node.index];
    if (node.count != function.parameters || function.parameters > function.locals.size()) return problem(id, "wrong number of arguments");
    for (uint32_t i = 0; i < node.count; ++i) {
      check(program_.arguments[node.first + i]);
      fits(program_.arguments[node.first + i], function.locals[i], "argument");
    }
    if (storage_of(type(function.result).kind) != storage(id) || (has_presence(type(function.result)) && !has_presence(type(node.type)))) {
      problem(id, function.name + " has another result");
    }
  }

  void check_build(NodeId id) {
    const Node& node = program_.nodes[id];
    const Type& built = type(node.type);
    if (storage(id) != Storage::kList) return problem(id, "builds something that is no list");
    if (node.op == Op::kMakeRecord && built.fields.size() != node.count) return problem(id, "wrong number of fields");
    for (uint32_t i = 0; i < node.count; ++i) {
      const NodeId element = program_.arguments[node.first + i];
      check(element);
      const TypeId wanted = node.op == Op::kMakeRecord ? built.fields[i].type : built.element;
      if (!never(element) && storage(element) != storage_of(type(wanted).kind)) problem(element, "element of another storage");
    }
  }

  const Program& program_;
  std::span<const stdlib::Function> functions_;
  std::vector<std::string> problems_;
  std::string where_;
  const std::vector<TypeId>* locals_ = nullptr;
  const RecordLayout* layout_ = nullptr;
  const RecordLayout* output_ = nullptr;
  uint32_t bits_ = 0;
  std::vector<Known> known_;
  std::vector<uint32_t> depends_;
};

}  // namespace

std::vector<std::string> validate(const Program& program, std::span<const stdlib::Function> functions) {
  return Validator(program, functions).run();
}

}  // namespace mig::ir
