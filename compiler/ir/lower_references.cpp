// `ref`, `target_of`, `exists_in`: questions about what other maps wrote, answered by the engine while this map runs.
#include <algorithm>

#include "compiler/ir/lowering.h"

namespace mig::ir {
namespace {

bool contains(const std::vector<uint32_t>& list, uint32_t value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace

uint32_t Lowering::turn_of(uint32_t target) const {
  for (uint32_t i = 0; i < order_.size(); ++i) {
    if (in_.maps[order_[i]].target == target) return i;
  }
  return kNone;
}

void Lowering::early_maps(const std::vector<uint32_t>& maps) {
  result_.early_maps.assign(maps.size(), kNone);
  auto& targets = result_.early_targets;
  const auto need = [&](uint32_t target) {
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) targets.push_back(target);
  };
  for (const LoweredReference& reference : result_.references) {
    if (reference.early) need(in_.maps[reference.subject].target);
  }
  // What those maps refer to themselves must be known before them.
  for (size_t i = 0; i < targets.size(); ++i) {
    const uint32_t target = targets[i];
    for (const LoweredReference& reference : result_.references) {
      const bool asks = std::any_of(reference.places.begin(), reference.places.end(),
                                    [&](const auto& place) { return in_.maps[place.first].target == target; });
      if (reference.of_map && !reference.early && asks && contains(order_, reference.subject)) need(in_.maps[reference.subject].target);
    }
  }
  std::sort(targets.begin(), targets.end(), [&](uint32_t a, uint32_t b) { return turn_of(a) < turn_of(b); });
  early_ = true;
  for (size_t i = 0; i < maps.size(); ++i) {
    if (std::find(targets.begin(), targets.end(), in_.maps[maps[i]].target) == targets.end()) continue;
    const bool waits = std::any_of(result_.references.begin(), result_.references.end(), [&](const LoweredReference& reference) {
      return reference.early &&
             std::any_of(reference.places.begin(), reference.places.end(), [&](const auto& place) { return place.first == maps[i]; });
    });
    if (!waits) continue;
    MapProgram program = map_program(maps[i], true, kNone, kNoType);
    result_.early_maps[i] = static_cast<uint32_t>(out_.maps.size());
    out_.maps.push_back(std::move(program));
  }
  early_ = false;
}

uint32_t Lowering::reference_number(bool of_map, uint32_t subject, TypeId key, bool whole, bool early) {
  for (uint32_t i = 0; i < result_.references.size(); ++i) {
    LoweredReference& known = result_.references[i];
    if (known.of_map != of_map || known.subject != subject || known.early != early || known.measured) continue;
    known.whole = known.whole || whole;
    return i;
  }
  result_.references.push_back({of_map, subject, key, whole, early, false, {}});
  return static_cast<uint32_t>(result_.references.size() - 1);
}

NodeId Lowering::reference(ExprRef ref, const sema::CallInfo& call) {
  const Span span = tree(ref).span;
  if (call.arguments.size() != 2 || !call.arguments[1].expr.valid()) return unsupported(span, "this reference");
  const bool of_map = call.map != sema::kNone;
  const TypeId key_type = payload(call.arguments[1].type);
  NodeId key = convert(expression_as(call.arguments[1].expr, key_type), key_type, span);
  if (!of_map) {
    // The rows that are asked for hold masked keys.
    const sema::SchemaSymbol& rows = in_.schemas[in_.targets[call.target].schema];
    const sema::PrivacyMask* const mask = mask_of(rows.fields[rows.key[0]]);
    if (mask != nullptr && rows.key.size() != 1) return unsupported(span, "a masked key of several fields");
    if (mask != nullptr) key = convert(masked(convert(key, rows.fields[rows.key[0]].type, span), *mask), key_type, span);
  }
  const auto ask = [&](TypeId result, bool whole) {
    const bool early = of_map && deferring_ && reader_ != kNone && contains(order_, call.map) &&
                       turn_of(in_.maps[call.map].target) != kNone &&
                       turn_of(in_.maps[call.map].target) >= turn_of(in_.maps[reader_].target);
    const uint32_t index = reference_number(of_map, of_map ? call.map : call.target, key_type, whole, early);
    auto& places = result_.references[index].places;
    if (reader_ != kNone) places.emplace_back(reader_, span);
    return this->call(of_map ? "reference_find" : "reference_exists", result, {key, number(index)});
  };
  if (!of_map) return ask(bool_type(), false);
  const sema::SchemaSymbol& written = in_.schemas[in_.targets[in_.maps[call.map].target].schema];
  Type record;
  record.kind = Kind::kRecord;
  record.name = written.name;
  for (const sema::SchemaField& field : written.fields) record.fields.push_back({field.name, field.read, false});
  const TypeId found = or_null(out_.types.intern(std::move(record)));
  if (!call.may_fail) return ask(found, true);
  const NodeId asked = ask(found, false);
  const LocalId local = temporary(found);
  const uint32_t field = written.key[0];
  const TypeId result = written.fields[field].type;
  Constant cause;
  cause.type = text_type();
  cause.text = "`" + in_.maps[call.map].name + "` did not write the record with this key";
  out_.constants.push_back(std::move(cause));
  const NodeId dangling =
      make(Op::kFail, out_.types.of(Kind::kNever), kNone, kNone, kNone, static_cast<uint32_t>(out_.constants.size() - 1));
  const NodeId value =
      make(Op::kGetField, written.fields[field].read, make(Op::kUnwrap, payload(found), read_local(local)), kNone, kNone, field);
  return bind(local, asked,
              make(Op::kIf, result, make(Op::kIsNull, bool_type(), read_local(local)), dangling, convert(value, result, span)));
}

/// What a test assumes that other maps wrote. Answers what is wrong, or nothing.
std::string Lowering::assume_rows(bool of_map, uint32_t subject, ExprRef rows, LoweredTest& lowered) {
  const auto* list = tree(rows).get_if<syntax::ListExpr>();
  const sema::SchemaSymbol& target = in_.schemas[in_.targets[of_map ? in_.maps[subject].target : subject].schema];
  const sema::SchemaSymbol& keyed = of_map ? in_.schemas[in_.sources[in_.maps[subject].source].schema] : target;
  if (list == nullptr || keyed.key.size() != 1) return "`assume` of a map or target takes a list of records with a key of one field";
  const sema::SchemaField& key = keyed.fields[keyed.key[0]];
  for (const syntax::ExprId id : list->elements) {
    const ExprRef row = at(rows, id);
    const auto* record = tree(row).get_if<syntax::RecordExpr>();
    if (record == nullptr) return "`assume` of a map or target takes records";
    Body body;
    body_ = &body;
    MapProgram program;
    program.name = "assumed row";
    program.input.finish();
    program.output.add("key", key.type, out_.types, false);
    for (size_t i = 0; of_map && i < target.fields.size(); ++i)
      program.output.add(target.fields[i].name, target.fields[i].type, out_.types, true);
    program.output.finish();
    for (const syntax::RecordEntry& entry : record->entries) {
      Step step;
      step.what = Step::What::kAssign;
      step.field = entry.key.text;
      const auto field = target.by_name.find(entry.key.text);
      const bool is_key = of_map ? entry.key.text == "key" : entry.key.text == key.name;
      if (!is_key && (field == target.by_name.end() || !of_map)) {
        if (of_map) return "a record that `" + in_.maps[subject].name + "` wrote has no field `" + entry.key.text + "`";
        continue;
      }
      step.index = is_key ? 0 : field->second + 1;
      step.node = wire_value(at(row, entry.value), is_key ? key.type : target.fields[field->second].type, sema::Decode::kPlain);
      program.steps.push_back(std::move(step));
    }
    program.locals = std::move(body.locals);
    lowered.assumed_rows.push_back({of_map, subject, static_cast<uint32_t>(out_.maps.size()), program.output});
    out_.maps.push_back(std::move(program));
  }
  return {};
}

}  // namespace mig::ir
