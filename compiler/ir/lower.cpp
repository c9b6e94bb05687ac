#include "compiler/ir/lower.h"

#include "compiler/ir/lowering.h"

namespace mig::ir {

RecordLayout layout_of(const sema::SchemaSymbol& schema, const TypeTable& types) {
  RecordLayout layout;
  for (const sema::SchemaField& field : schema.fields) layout.add(field.name, field.type, types, field.optional);
  layout.finish();
  return layout;
}

Lowering::Lowering(const sema::Program& checked, const SourceMap& sources, bool probes)
    : in_(checked), sources_(sources), out_(result_.program), probes_(probes) {
  out_.types = checked.types;
  out_.enums = checked.enums;
  for (const sema::IssueSymbol& issue : checked.issues) out_.issues.push_back(issue.issue);
  for (const sema::ParamSymbol& param : checked.params) out_.parameter_types.push_back(param.type);
  result_.overflow_site = site(sema::kIssueOverflow, Verb::kReject, {}, 0);
  result_.decode_site = site(sema::kIssueDecode, Verb::kReject, {}, 0);
  result_.refused_site = site(sema::kIssueRefused, Verb::kReject, {}, 0);
}

Lowered Lowering::finish() { return std::move(result_); }

/// `dedupe t by a, b { prefer x desc  merge f = e  warn C }` as two maps: one gives key and preference of a target record, one merges a
/// group.
void Lowering::dedupe(uint32_t index) {
  const sema::DedupeSymbol& symbol = in_.dedupes[index];
  const sema::SchemaSymbol& target = in_.schemas[in_.targets[symbol.target].schema];
  LoweredDedupe lowered;
  lowered.dedupe = index;
  {
    Body body;
    body.reads_target = true;
    for (const sema::SchemaField& field : target.fields) body.field_types.push_back(field.read);
    body_ = &body;
    MapProgram program;
    program.name = "dedupe " + symbol.name;
    program.input = layout_of(target, out_.types);
    const auto assign = [&](NodeId value) {
      Step step;
      step.what = Step::What::kAssign;
      step.node = value;
      step.index = static_cast<uint32_t>(program.steps.size());
      step.field = program.steps.empty() ? "key" : "prefer";
      program.output.add(step.field + std::to_string(step.index), payload(out_.nodes[value].type), out_.types,
                         has_presence(out_.nodes[value].type));
      program.output.fields.back().type = has_presence(out_.nodes[value].type) ? or_null(out_.nodes[value].type) : out_.nodes[value].type;
      program.steps.push_back(std::move(step));
    };
    const auto readable = [&](ExprRef ref) {
      const TypeId own = info(ref).type;
      return has_presence(own) ? expression_as(ref, or_null(own)) : expression_as(ref, own);
    };
    if (symbol.keys.size() == 1) {
      assign(readable(symbol.keys[0]));
    } else {
      // Several keys are one text: each with its length in front, so that no two lists of keys look alike.
      std::vector<NodeId> pieces;
      std::vector<std::pair<LocalId, NodeId>> parts;
      for (const ExprRef key : symbol.keys) {
        const NodeId value = readable(key);
        const LocalId local = temporary(out_.nodes[value].type);
        parts.emplace_back(local, value);
        const TypeId own = out_.nodes[value].type;
        const NodeId bare = has_presence(own) ? make(Op::kUnwrap, payload(own), read_local(local)) : read_local(local);
        const NodeId written = as_text(bare, tree(key).span);
        const LocalId written_local = temporary(text_type());
        pieces.push_back(bind(written_local, written,
                              call("text_concat", text_type(),
                                   {make_with(Op::kMakeList, out_.types.list(text_type()),
                                              {as_text(call("text_byte_length", int_type(), {read_local(written_local)}), tree(key).span),
                                               text(":"), read_local(written_local)})})));
      }
      const TypeId optional = or_null(text_type());
      NodeId key =
          make(Op::kWrap, optional, call("text_concat", text_type(), {make_with(Op::kMakeList, out_.types.list(text_type()), pieces)}));
      for (const auto& part : parts) {
        if (!has_presence(body.locals[part.first])) continue;
        key = make(Op::kIf, optional, make(Op::kIsNull, bool_type(), read_local(part.first)), make(Op::kNull, optional), key);
      }
      for (auto part = parts.rbegin(); part != parts.rend(); ++part) key = bind(part->first, part->second, key);
      assign(key);
    }
    for (const sema::DedupeSymbol::Prefer& prefer : symbol.prefers) {
      assign(readable(prefer.value));
      lowered.descending.push_back(prefer.descending);
    }
    program.output.finish();
    program.locals = std::move(body.locals);
    lowered.key_layout = program.output;
    lowered.key_map = static_cast<uint32_t>(out_.maps.size());
    out_.maps.push_back(std::move(program));
  }
  if (!symbol.merges.empty()) {
    Body body;
    body_ = &body;
    MapProgram program;
    program.name = "merge " + symbol.name;
    const TypeId group = out_.types.list(symbol.group_record);
    program.input.add("group", group, out_.types, false);
    program.input.finish();
    program.output = layout_of(target, out_.types);
    body.field_types = {group};
    body.fixed[symbol.group] = make(Op::kField, group, kNone, kNone, kNone, 0);
    for (const sema::DedupeSymbol::Merge& merge : symbol.merges) {
      Step step;
      step.what = Step::What::kAssign;
      step.index = merge.field;
      step.field = target.fields[merge.field].name;
      body.field = step.field;
      step.node = expression_as(merge.value, merge.type != kNoType ? merge.type : info(merge.value).type);
      program.steps.push_back(std::move(step));
      lowered.merged_fields.push_back(merge.field);
    }
    program.locals = std::move(body.locals);
    lowered.group_layout = program.input;
    lowered.merge_map = static_cast<uint32_t>(out_.maps.size());
    out_.maps.push_back(std::move(program));
  }
  body_ = nullptr;
  if (symbol.issue != sema::kNone) lowered.site = site(symbol.issue, Verb::kWarn, symbol.span, 0);
  result_.dedupes.push_back(std::move(lowered));
}

Lowered lower(const sema::Program& checked, const SourceMap& sources, const LowerRequest& request) {
  Lowering lowering(checked, sources, request.probes);
  lowering.enter(request.environment);
  lowering.order(request.maps);
  for (const uint32_t map : request.maps) lowering.map(map, true);
  lowering.early_maps(request.maps);
  for (const uint32_t dedupe : request.dedupes) lowering.dedupe(dedupe);
  for (const auto& [map, target] : request.emits) lowering.emits(map, target);
  for (const uint32_t test : request.tests) lowering.test(test);
  for (const MeasureRequest& measure : request.measures) lowering.measure(measure);
  for (const uint32_t target : request.mask_targets) lowering.mask(target);
  return lowering.finish();
}

}  // namespace mig::ir
