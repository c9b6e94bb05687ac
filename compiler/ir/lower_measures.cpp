// What profile, reconcile and gates compute of one record of a relation: filter, key and value as a map of its own.
#include "compiler/ir/lowering.h"
#include "compiler/ir/slice.h"

namespace mig::ir {

/// The input: fields of the source, of the target, or both behind each other, and the code of an issue.
void Lowering::measure_input(const MeasureRequest& request, MapProgram& program, LoweredMeasure& lowered) {
  using Part = MeasuredField::Part;
  const auto add_all = [&](const sema::SchemaSymbol& schema, std::string_view prefix, Part part) {
    for (uint32_t i = 0; i < schema.fields.size(); ++i) {
      const sema::SchemaField& field = schema.fields[i];
      program.input.add(std::string(prefix) + field.name, field.type, out_.types, field.optional);
      body_->field_types.push_back(field.read);
      lowered.from.push_back({part, i});
    }
  };
  const auto schema_of_source = [&]() -> const sema::SchemaSymbol& { return in_.schemas[in_.sources[request.source].schema]; };
  const auto schema_of_target = [&]() -> const sema::SchemaSymbol& { return in_.schemas[in_.targets[request.target].schema]; };
  switch (request.relation) {
    case Relation::kRows:
    case Relation::kInRun: add_all(request.source != kNone ? schema_of_source() : schema_of_target(), "", Part::kSource); break;
    case Relation::kRead: add_all(schema_of_source(), "", Part::kSource); break;
    case Relation::kWritten: add_all(schema_of_target(), "", Part::kTarget); break;
    case Relation::kPairs:
    case Relation::kRejected:
    case Relation::kSkipped:
    case Relation::kMerged:
      add_all(schema_of_source(), "src.", Part::kSource);
      body_->record_parts = {0, static_cast<uint32_t>(program.input.fields.size())};
      if (request.relation == Relation::kPairs) {
        add_all(schema_of_target(), "out.", Part::kTarget);
      } else {
        program.input.add("issue", text_type(), out_.types, false);
        body_->field_types.push_back(text_type());
        lowered.from.push_back({Part::kIssue, 0});
      }
      break;
  }
  program.input.finish();
}

/// `p.src.amount`, `p.out.amount`, `r.issue`: a field of a part of the record at hand.
std::optional<NodeId> Lowering::part_of_record(const syntax::FieldExpr& field, ExprRef ref, const sema::ExprInfo& known) {
  if (body_->record == kNone || body_->record_parts.empty()) return std::nullopt;
  const auto is_record = [&](ExprRef object) { return info(object).ref == Ref::kLocal && info(object).index == body_->record; };
  const ExprRef object = at(ref, field.object);
  uint32_t index = kNone;
  if (is_record(object)) {
    index = body_->record_parts[known.index];
    // A part as a whole is no value.
    if (known.index == 0 || type(known.type).kind == Kind::kRecord) return std::nullopt;
  } else if (const auto* part = tree(object).get_if<syntax::FieldExpr>(); part != nullptr && is_record(at(object, part->object))) {
    index = body_->record_parts[info(object).index] + known.index;
  } else {
    return std::nullopt;
  }
  return narrowed(make(Op::kField, body_->field_types[index], kNone, kNone, kNone, index), known);
}

/// A function of the record, or an expression over the fields of a profiled source.
NodeId Lowering::measured_expression(ExprRef ref, TypeId wanted) {
  while (tree(ref).kind() == syntax::ExprKind::group) ref = at(ref, tree(ref).as<syntax::GroupExpr>().inner);
  ExprRef inner = ref;
  if (const auto* lambda = tree(ref).get_if<syntax::LambdaExpr>()) {
    const sema::LambdaInfo& known = in_.lambdas[info(ref).index];
    body_->record = known.locals.empty() ? kNone : known.locals[0];
    inner = at(ref, lambda->body);
  }
  const TypeId own = info(inner).type;
  const NodeId value = expression_as(inner, wanted != kNoType ? wanted : has_presence(own) ? or_null(own) : own);
  body_->record = kNone;
  return value;
}

void Lowering::measure(const MeasureRequest& request) {
  LoweredMeasure lowered;
  Body body;
  body_ = &body;
  MapProgram program;
  program.name = "measure";
  measure_input(request, program, lowered);
  for (const ExprRef filter : request.filters) {
    Step step;
    step.what = Step::What::kEffect;
    const uint32_t place = site(filter_issue(), Verb::kSkip, tree(filter).span, 0);
    step.node = make(Op::kIf, bool_type(), measured_expression(filter, bool_type()), boolean(true), raised(Verb::kSkip, place, {}));
    program.steps.push_back(std::move(step));
  }
  if (request.orphans != kNone) {
    const sema::SchemaField& field = in_.schemas[in_.targets[request.target].schema].fields[request.orphans];
    const sema::SchemaField& parent = in_.schemas[in_.targets[field.reference_target].schema].fields[field.reference_field];
    result_.references.push_back({false, field.reference_target, parent.type, false, false, true, {}});
    const LocalId local = temporary(or_null(field.read));
    const NodeId key = convert(make(Op::kUnwrap, payload(field.read), read_local(local)), parent.type, {});
    const NodeId there = call("reference_exists", bool_type(), {key, number(static_cast<int64_t>(result_.references.size() - 1))});
    Step step;
    step.what = Step::What::kEffect;
    const uint32_t place = site(filter_issue(), Verb::kSkip, {}, 0);
    const NodeId led = make(Op::kIf, bool_type(), make(Op::kIsNull, bool_type(), read_local(local)), boolean(true), there);
    const NodeId value = convert(make(Op::kField, field.read, kNone, kNone, kNone, request.orphans), or_null(field.read), {});
    step.node = bind(local, value, make(Op::kIf, bool_type(), led, raised(Verb::kSkip, place, {}), boolean(true)));
    program.steps.push_back(std::move(step));
  }
  const auto assign = [&](NodeId value, std::string name) {
    const TypeId own = out_.nodes[value].type;
    Step step;
    step.what = Step::What::kAssign;
    step.node = value;
    step.index = static_cast<uint32_t>(program.output.fields.size());
    step.field = name;
    program.output.add(std::move(name), payload(own), out_.types, has_presence(own));
    if (has_presence(own)) program.output.fields.back().type = or_null(own);
    program.steps.push_back(std::move(step));
    return program.steps.back().index;
  };
  if (request.key.valid()) lowered.key = assign(measured_expression(request.key, kNoType), "key");
  if (request.value.valid()) lowered.value = assign(measured_expression(request.value, kNoType), "value");
  if (request.whole) {
    // The record as a whole, every field of it.
    Type record;
    record.kind = Kind::kRecord;
    std::vector<NodeId> values;
    for (uint32_t i = 0; i < program.input.fields.size(); ++i) {
      record.fields.push_back({program.input.fields[i].name, body.field_types[i], false});
      values.push_back(make(Op::kField, body.field_types[i], kNone, kNone, kNone, i));
    }
    lowered.value = assign(make_with(Op::kMakeRecord, out_.types.intern(std::move(record)), values), "value");
  }
  program.output.finish();
  program.locals = std::move(body.locals);
  body_ = nullptr;
  if (!program.steps.empty()) {
    lowered.input = program.input;
    lowered.output = program.output;
    lowered.kernel = static_cast<uint32_t>(out_.maps.size());
    out_.maps.push_back(std::move(program));
    lowered.read = input_fields_read(out_, out_.maps.back());
  } else {
    lowered.input.finish();
    lowered.output.finish();
    lowered.from.clear();
  }
  result_.measures.push_back(std::move(lowered));
}

}  // namespace mig::ir
