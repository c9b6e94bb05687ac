// The masks of an environment as maps from a target's record to itself.
#include <algorithm>

#include "compiler/ir/lowering.h"
#include "compiler/sema/masks.h"

namespace mig::ir {

const sema::PrivacyMask* Lowering::mask_of(const sema::SchemaField& field) const {
  if (environment_.empty()) return nullptr;
  const auto found = sema::mask_of(in_, field.labels, environment_);
  return found ? &in_.masks[*found] : nullptr;
}

NodeId Lowering::secret(const std::string& name) {
  auto& secrets = result_.secrets;
  const auto known = std::find(secrets.begin(), secrets.end(), name);
  const auto place = static_cast<uint32_t>(in_.params.size() + static_cast<size_t>(known - secrets.begin()));
  if (known == secrets.end()) {
    secrets.push_back(name);
    out_.parameter_types.push_back(text_type());
  }
  return make(Op::kParameter, text_type(), kNone, kNone, kNone, place);
}

NodeId Lowering::masked(NodeId value, const sema::PrivacyMask& mask) {
  const TypeId own = out_.nodes[value].type;
  if (!has_presence(own)) return masked_payload(value, mask);
  const LocalId local = temporary(own);
  const NodeId made = masked_payload(make(Op::kUnwrap, payload(own), read_local(local)), mask);
  return bind(local, value,
              make(Op::kIf, own, make(Op::kIsNull, bool_type(), read_local(local)), read_local(local), make(Op::kWrap, own, made)));
}

NodeId Lowering::masked_payload(NodeId value, const sema::PrivacyMask& mask) {
  const TypeId own = out_.nodes[value].type;
  const Type known = type(own);
  const Span span = mask.span;
  if (known.kind == Kind::kList || known.kind == Kind::kMap) {
    const LocalId item = temporary(known.element);
    const NodeId lambda = make_with(Op::kLambda, bool_type(), {item});
    const NodeId inner = masked(read_local(item), mask);
    out_.nodes[lambda].a = inner;
    return call(known.kind == Kind::kList ? "list_map" : "map_values", own, {value, lambda});
  }
  if (known.kind == Kind::kRecord) {
    const LocalId local = temporary(own);
    std::vector<NodeId> parts;
    for (uint32_t i = 0; i < known.fields.size(); ++i) {
      const RecordField& field = known.fields[i];
      parts.push_back(
          masked(make(Op::kGetField, field.optional ? or_null(field.type) : field.type, read_local(local), kNone, kNone, i), mask));
    }
    return bind(local, value, make_with(Op::kMakeRecord, own, parts));
  }
  const auto leaf = std::find_if(mask.types.begin(), mask.types.end(),
                                 [&](const sema::MaskedType& each) { return each.type == own || same_storage(each.type, own); });
  if (leaf == mask.types.end()) return unsupported(span, "this mask");
  const NodeId passed = known.kind == Kind::kScalar ? as_text(value, span) : convert(value, leaf->passed, span);
  const NodeId made = call_expression(mask.mask, in_.calls[leaf->call], passed);
  return convert(made, own, span);
}

void Lowering::mask(uint32_t target) {
  const sema::TargetSymbol& symbol = in_.targets[target];
  const sema::SchemaSymbol& schema = in_.schemas[symbol.schema];
  LoweredMask lowered;
  lowered.target = target;
  Body body;
  for (const sema::SchemaField& field : schema.fields) body.field_types.push_back(field.read);
  body_ = &body;
  MapProgram program;
  program.name = "mask " + symbol.name;
  program.input = program.output = layout_of(schema, out_.types);
  for (uint32_t i = 0; i < schema.fields.size(); ++i) {
    const sema::SchemaField& field = schema.fields[i];
    const sema::PrivacyMask* const mask = mask_of(field);
    if (mask == nullptr) continue;
    lowered.fields.push_back(i);
    body.field = field.name;
    const NodeId read = make(Op::kField, field.read, kNone, kNone, kNone, i);
    Step assign;
    assign.what = Step::What::kAssign;
    assign.index = i;
    assign.field = field.name;
    assign.node = convert(masked(read, *mask), field.type, mask->span);
    if (!has_presence(field.read)) {
      program.steps.push_back(std::move(assign));
      continue;
    }
    // Null and keep stay what they are.
    Step present;
    present.what = Step::What::kGroup;
    present.node = negated(make(Op::kIsNull, bool_type(), make(Op::kField, field.read, kNone, kNone, kNone, i)));
    present.then.push_back(std::move(assign));
    program.steps.push_back(std::move(present));
  }
  program.locals = std::move(body.locals);
  body_ = nullptr;
  if (lowered.fields.empty()) return;
  lowered.map = static_cast<uint32_t>(out_.maps.size());
  out_.maps.push_back(std::move(program));
  result_.masks.push_back(std::move(lowered));
}

}  // namespace mig::ir
