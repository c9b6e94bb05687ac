#include "compiler/codegen/kept_results.h"

#include "compiler/ir/steps.h"
#include "compiler/ir/values.h"

namespace mig::codegen {

namespace {

using ir::kNone;
using ir::NodeId;
using ir::Op;

constexpr uint32_t kLeastCalls = 2;
constexpr int kMostDepth = 16;  // of functions that call functions

class Reader {
 public:
  Reader(const ir::Program& program, const std::function<bool(uint32_t)>& may_inline) : program_(program), may_inline_(may_inline) {}

  void read(NodeId id, int depth) {
    const ir::Node& node = program_.nodes[id];
    switch (node.op) {
      // A caught failure leaves its cause behind, which a kept result would not.
      case Op::kCatch:
      case Op::kReject:
      case Op::kSkip:
      case Op::kWarn:
      case Op::kLambda:
      case Op::kField:
      case Op::kFieldPresent:
      case Op::kFieldUnavailable:
      case Op::kRowPosition:
      case Op::kRowSource: pure = false; return;
      case Op::kSwitch: pure = pure && node.c != kNone; break;
      case Op::kCall:
        pure = pure && node.site == kNone;
        calls += may_inline_(node.index) ? 0 : 1;
        break;
      case Op::kCallFunction:
        if (depth == kMostDepth) {
          pure = false;
          return;
        }
        read(program_.functions[node.index].body, depth + 1);
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
    if (!pure) return;
    ir::each_child(program_, node, [&](NodeId child) { read(child, depth); });
  }

  bool pure = true;
  uint32_t calls = 0;

 private:
  const ir::Program& program_;
  const std::function<bool(uint32_t)>& may_inline_;
};

}  // namespace

bool is_worth_keeping(const ir::Program& program, const ir::Function& function, const std::function<bool(uint32_t)>& may_inline) {
  const auto is_text = [&](TypeId type) {
    return storage_of(program.types[type].kind) == Storage::kText && !ir::has_presence(program.types[type]);
  };
  if (function.parameters != 1 || function.may_reject || !is_text(function.locals[0]) || !is_text(function.result)) return false;
  Reader reader(program, may_inline);
  reader.read(function.body, 0);
  return reader.pure && reader.calls >= kLeastCalls;
}

}  // namespace mig::codegen
