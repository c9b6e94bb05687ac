#include "compiler/ir/passes/passes.h"
#include "compiler/ir/passes/rewrite.h"

namespace mig::ir {

namespace {

enum class Known : uint8_t { kUnknown, kValue, kNoValue };

Known presence_of(const Program& program, NodeId id) {
  const Node& node = program.nodes[id];
  const Type& type = program.types[node.type];
  if (type.kind == Kind::kNever) return Known::kUnknown;
  if (!has_presence(type)) return Known::kValue;
  if (node.op == Op::kNull || node.op == Op::kKeep) return Known::kNoValue;
  if (node.op == Op::kWrap) return presence_of(program, node.a);
  if (node.op == Op::kConst) {
    const Cell cell = constant_cell(program.constants[node.index], program.types);
    return cell.has_value() ? Known::kValue : Known::kNoValue;
  }
  return Known::kUnknown;
}

/// Reads only what is there: leaving it out changes nothing.
bool is_plain(const Program& program, NodeId id) {
  const Node& node = program.nodes[id];
  switch (node.op) {
    case Op::kConst:
    case Op::kNull:
    case Op::kKeep:
    case Op::kField:
    case Op::kLocal:
    case Op::kParameter: return true;
    case Op::kWrap: return is_plain(program, node.a);
    case Op::kFieldPresent:
    case Op::kFieldUnavailable:
    case Op::kRunNow:
    case Op::kRunId:
    case Op::kRowPosition:
    case Op::kRowSource:
    case Op::kCall:
    case Op::kCallFunction:
    case Op::kPrepared:
    case Op::kLambda:
    case Op::kLet:
    case Op::kIf:
    case Op::kSwitch:
    case Op::kCoalesce:
    case Op::kCatch:
    case Op::kIsNull:
    case Op::kUnwrap:
    case Op::kReject:
    case Op::kSkip:
    case Op::kWarn:
    case Op::kFail:
    case Op::kMakeRecord:
    case Op::kMakeList:
    case Op::kGetField: return false;
  }
  return false;
}

void make_bool(Program& program, NodeId id, bool value) {
  Constant constant;
  constant.type = program.nodes[id].type;
  constant.cell.boolean = value;
  constant.cell.state = Presence::kValue;
  program.constants.push_back(constant);
  Node node;
  node.op = Op::kConst;
  node.type = constant.type;
  node.index = static_cast<uint32_t>(program.constants.size() - 1);
  program.nodes[id] = node;
}

/// `id` as the value inside, when a wrap is all that is around it.
NodeId inside(const Program& program, NodeId id) {
  while (program.nodes[id].op == Op::kWrap && has_presence(program.types[program.nodes[id].type])) id = program.nodes[id].a;
  return id;
}

}  // namespace

void drop_presence_tests(Program& program, const PassFacts& facts) {
  PostOrder(program, [&program](NodeId id) {
    const Node node = program.nodes[id];
    if (node.op == Op::kIsNull) {
      const Known known = presence_of(program, node.a);
      if (known != Known::kUnknown && is_plain(program, node.a)) make_bool(program, id, known == Known::kNoValue);
    } else if (node.op == Op::kCoalesce) {
      const Known known = presence_of(program, node.a);
      if (known == Known::kValue && !replace(program, id, node.a)) replace(program, id, inside(program, node.a));
      if (known == Known::kNoValue && is_plain(program, node.a)) replace(program, id, node.b);
    } else if (node.op == Op::kUnwrap) {
      const NodeId within = inside(program, node.a);
      if (within != node.a && !has_presence(program.types[program.nodes[within].type])) replace(program, id, within);
    }
  });
  // Conditions that have become constant.
  fold_constants(program, facts);
}

}  // namespace mig::ir
