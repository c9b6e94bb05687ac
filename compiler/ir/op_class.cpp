#include "compiler/ir/op_class.h"

namespace mig::ir {

OpClass class_of(Op op) {
  switch (op) {
    case Op::kConst:
    case Op::kNull:
    case Op::kKeep:
    case Op::kField:
    case Op::kFieldPresent:
    case Op::kFieldUnavailable:
    case Op::kLocal:
    case Op::kRunNow:
    case Op::kRunId:
    case Op::kParameter:
    case Op::kRowSource: return OpClass::kReads;
    case Op::kLet:
    case Op::kIf:
    case Op::kSwitch:
    case Op::kCoalesce:
    case Op::kIsNull:
    case Op::kUnwrap:
    case Op::kWrap:
    case Op::kGetField: return OpClass::kChooses;
    case Op::kMakeRecord:
    case Op::kMakeList: return OpClass::kBuilds;
    case Op::kRowPosition: return OpClass::kPosition;
    case Op::kPrepared: return OpClass::kPrepared;
    case Op::kLambda: return OpClass::kLambda;
    case Op::kCall:
    case Op::kCallFunction: return OpClass::kCalls;
    case Op::kCatch: return OpClass::kHandles;
    case Op::kReject:
    case Op::kSkip:
    case Op::kWarn:
    case Op::kFail: return OpClass::kRaises;
  }
  return OpClass::kRaises;
}

}  // namespace mig::ir
