#include "compiler/ir/passes/passes.h"
#include "compiler/ir/steps.h"
#include "compiler/ir/values.h"

namespace mig::ir {

namespace {

/// Whether what stands in a body leaves nothing behind but its result, and reads nothing but parameters and what is the same for a run.
class Reader {
 public:
  explicit Reader(const Program& program) : program_(program), known_(program.functions.size(), Known::kNothing) {}

  bool is_pure_function(uint32_t function) {
    Known& known = known_[function];
    if (known == Known::kNothing) {
      known = Known::kImpure;  // while it is read: one that calls itself is none
      const bool pure = is_pure(program_.functions[function].body);
      known_[function] = pure ? Known::kPure : Known::kImpure;
    }
    return known_[function] == Known::kPure;
  }

 private:
  enum class Known : uint8_t { kNothing, kPure, kImpure };

  bool is_pure(NodeId id) {
    const Node& node = program_.nodes[id];
    switch (node.op) {
      // A caught failure leaves its cause behind, which a remembered result would not.
      case Op::kCatch:
      case Op::kReject:
      case Op::kSkip:
      case Op::kWarn:
      case Op::kLambda:
      case Op::kField:
      case Op::kFieldPresent:
      case Op::kFieldUnavailable:
      case Op::kRowPosition:
      case Op::kRowSource: return false;
      case Op::kSwitch:
        if (node.c == kNone) return false;
        break;
      case Op::kCall:
        if (node.site != kNone) return false;
        break;
      case Op::kCallFunction:
        if (!is_pure_function(node.index)) return false;
        break;
      case Op::kConst:
      case Op::kNull:
      case Op::kKeep:
      case Op::kLocal:
      case Op::kRunNow:
      case Op::kRunId:
      case Op::kParameter:
      case Op::kPrepared:
      case Op::kLet:
      case Op::kIf:
      case Op::kCoalesce:
      case Op::kIsNull:
      case Op::kUnwrap:
      case Op::kWrap:
      case Op::kFail:
      case Op::kMakeRecord:
      case Op::kMakeList:
      case Op::kGetField: break;
    }
    bool pure = true;
    each_child(program_, node, [&](NodeId child) { pure = pure && is_pure(child); });
    return pure;
  }

  const Program& program_;
  std::vector<Known> known_;
};

}  // namespace

void mark_repeatable(Program& program, const PassFacts&) {
  const auto is_text = [&](TypeId type) {
    return storage_of(program.types[type].kind) == Storage::kText && !has_presence(program.types[type]);
  };
  Reader reader(program);
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    Function& function = program.functions[i];
    function.repeatable = function.parameters == 1 && !function.may_reject && is_text(function.locals[0]) && is_text(function.result) &&
                          reader.is_pure_function(i);
  }
}

}  // namespace mig::ir
