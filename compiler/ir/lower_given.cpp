// What a test is given: records and arguments as maps that make them from values written as the source would send them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/ir/counted_map.h"
#include "compiler/ir/lowering.h"

namespace mig::ir {

using sema::TestSubject;

namespace {

std::vector<std::string> comma_items(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

void Lowering::given_record(const sema::SchemaSymbol& schema, ExprRef given, LoweredTest& lowered) {
  const syntax::Expr& expr = tree(given);
  const auto* record = expr.get_if<syntax::RecordExpr>();
  if (record == nullptr) {
    lowered.cannot_run = "`given` is no record";
    return;
  }
  Body body;
  body_ = &body;
  MapProgram program;
  program.name = "given";
  program.input.finish();
  program.output = layout_of(schema, out_.types);
  for (const syntax::RecordEntry& entry : record->entries) {
    const auto field = schema.by_name.find(entry.key.text);
    if (field == schema.by_name.end()) {
      lowered.cannot_run = fmt::format("the source has no field `{}`", entry.key.text);
      continue;
    }
    const sema::SchemaField& known = schema.fields[field->second];
    Step step;
    step.what = Step::What::kAssign;
    step.index = field->second;
    step.field = known.name;
    step.node = wire_value(at(given, entry.value), known.type, known.decode);
    program.steps.push_back(std::move(step));
  }
  program.locals = std::move(body.locals);
  lowered.given_layout = program.output;
  lowered.given_maps.push_back(static_cast<uint32_t>(out_.maps.size()));
  out_.maps.push_back(std::move(program));
  body_ = nullptr;
}

/// Records of the target, as maps would have written them.
void Lowering::given_dedupe(const sema::TestSymbol::Subject& subject, sema::ModuleId module, const syntax::TestGiven* given,
                            LoweredTest& lowered) {
  const sema::DedupeSymbol& symbol = in_.dedupes[subject.index];
  const sema::SchemaSymbol& target = in_.schemas[in_.targets[symbol.target].schema];
  lowered.subject_name = symbol.name;
  lowered.output_layout = layout_of(target, out_.types);
  if (given == nullptr || given->values.empty()) {
    lowered.cannot_run = "the test has no `given`";
    return;
  }
  for (const syntax::ExprId record : given->values) given_record(target, {module, record}, lowered);
  lowered.dedupe = static_cast<uint32_t>(result_.dedupes.size());
  dedupe(subject.index);
}

std::optional<uint32_t> Lowering::counted_map(const sema::CheckBlock& block) const { return ir::counted_map(in_, block); }

std::optional<uint32_t> counted_map(const sema::Program& program, const sema::CheckBlock& block) {
  const sema::ModuleInfo& known = program.modules[block.module];
  const Span whole = known.tree[block.decl].span;
  std::optional<uint32_t> map;
  for (size_t e = 0; e < known.exprs.size(); ++e) {
    if (known.exprs[e].ref != sema::Ref::kMap || !whole.contains(known.tree.exprs[e].span.begin)) continue;
    if (map && *map != known.exprs[e].index) return std::nullopt;
    map = known.exprs[e].index;
  }
  return map;
}

/// Source records, which the map of the block then maps.
void Lowering::given_counted(const sema::TestSymbol::Subject& subject, sema::ModuleId module, const syntax::TestGiven* given,
                             LoweredTest& lowered) {
  const sema::CheckBlock& block = in_.reconciles[subject.index];
  lowered.subject_name = block.name;
  const auto counted = counted_map(block);
  if (!counted) {
    lowered.cannot_run = "the block is not about one map";
    return;
  }
  const sema::MapSymbol& symbol = in_.maps[*counted];
  const sema::SchemaSymbol& source = in_.schemas[in_.sources[symbol.source].schema];
  lowered.reconcile = subject.index;
  lowered.counted_map = *counted;
  lowered.given_layout = layout_of(source, out_.types);
  lowered.output_layout = layout_of(in_.schemas[in_.targets[symbol.target].schema], out_.types);
  for (size_t i = 0; given != nullptr && i < given->values.size(); ++i) given_record(source, {module, given->values[i]}, lowered);
  map(*counted, true);
  lowered.subject_map = result_.maps.back();
  result_.maps.pop_back();
}

void Lowering::given_arguments(const sema::TestSymbol::Subject& subject, const std::string& name, sema::ModuleId module,
                               const syntax::TestGiven* given, LoweredTest& lowered) {
  std::vector<TypeId> parameters;
  TypeId result = kNoType;
  bool may_fail = false;
  uint32_t function = kNone, looked_up = kNone;
  if (subject.kind == TestSubject::kFn) {
    const sema::FnSymbol& fn = in_.fns[subject.index];
    for (const uint32_t parameter : fn.parameters) parameters.push_back(in_.locals[parameter].type);
    result = fn.result;
    may_fail = fn.may_fail;
    function = function_of_fn(subject.index);
    lowered.subject_name = fn.name;
  } else if (subject.kind == TestSubject::kUnknown) {
    // The checker knows functions and tables by index; what is left is a lookup.
    const auto found =
        std::find_if(in_.lookups.begin(), in_.lookups.end(), [&](const sema::LookupSymbol& other) { return other.name == name; });
    if (found == in_.lookups.end()) {
      lowered.cannot_run = fmt::format("there is nothing called `{}` to test", name);
      return;
    }
    looked_up = static_cast<uint32_t>(found - in_.lookups.begin());
    parameters = {found->key};
    result = found->value;
    may_fail = true;
    lowered.subject_name = found->name;
  } else {
    const sema::TableSymbol& table = in_.tables[subject.index];
    parameters = {table.key};
    result = table.value;
    may_fail = table.may_fail;
    function = function_of_table(subject.index);
    lowered.subject_name = table.name;
  }
  Body body;
  body_ = &body;
  MapProgram program;
  program.name = lowered.subject_name;
  program.input.finish();
  program.output.add("out", result, out_.types, false);
  program.output.finish();
  std::vector<NodeId> arguments;
  const size_t count = given == nullptr ? 0 : given->values.size();
  if (count != parameters.size()) {
    lowered.cannot_run = fmt::format("`given` has {} values, {} takes {}", count, lowered.subject_name, parameters.size());
  } else {
    for (size_t i = 0; i < parameters.size(); ++i) {
      arguments.push_back(wire_value({module, given->values[i]}, parameters[i], sema::Decode::kPlain));
    }
  }
  Step step;
  step.what = Step::What::kAssign;
  step.index = 0;
  step.field = "out";
  if (!lowered.cannot_run.empty()) {
    body_ = nullptr;
    return;
  }
  step.node = looked_up != kNone ? convert(lookup(looked_up, arguments[0], given->span), result, given->span)
                                 : make_with(Op::kCallFunction, result, arguments, function);
  if (may_fail) {
    const uint32_t failed = site(sema::kIssueCheck, Verb::kReject, given != nullptr ? given->span : Span{}, 0);
    const NodeId raised = make(Op::kReject, out_.types.of(Kind::kNever), kNone, kNone, kNone, failed);
    step.node = make(Op::kCatch, result, step.node, raised);
  }
  program.steps.push_back(std::move(step));
  program.locals = std::move(body.locals);
  lowered.output_layout = program.output;
  lowered.given_layout = program.input;
  lowered.subject_map = static_cast<uint32_t>(out_.maps.size());
  out_.maps.push_back(std::move(program));
  body_ = nullptr;
}

NodeId Lowering::wire_value(ExprRef ref, TypeId to, sema::Decode decode) {
  const syntax::Expr& expr = tree(ref);
  const TypeId bare = payload(to);
  const Type wanted = type(bare);
  if (expr.kind() == syntax::ExprKind::null) return make(Op::kNull, or_null(to));
  if (const auto* group = expr.get_if<syntax::GroupExpr>()) return wire_value(at(ref, group->inner), to, decode);
  if (const auto* written = expr.get_if<syntax::StringExpr>()) {
    if (wanted.kind == Kind::kList && decode != sema::Decode::kPlain) {
      std::vector<NodeId> items;
      for (const std::string& item : comma_items(written->value)) items.push_back(parse_wire(text(item), wanted.element, expr.span));
      return convert(make_with(Op::kMakeList, bare, items), to, expr.span);
    }
    if (storage_of(wanted.kind) == Storage::kText && wanted.kind != Kind::kZoned)
      return convert(constant(bare, Cell{}, written->value), to, expr.span);
    return convert(parse_wire(text(written->value), bare, expr.span), to, expr.span);
  }
  if (const auto* items = expr.get_if<syntax::ListExpr>(); items != nullptr && (wanted.kind == Kind::kList || wanted.kind == Kind::kSet)) {
    std::vector<NodeId> values;
    for (const syntax::ExprId id : items->elements) values.push_back(wire_value(at(ref, id), wanted.element, sema::Decode::kPlain));
    return convert(make_with(Op::kMakeList, bare, values), to, expr.span);
  }
  if (const auto* entries = expr.get_if<syntax::RecordExpr>()) {
    if (wanted.kind == Kind::kMap) {
      std::vector<NodeId> keys, values;
      for (const syntax::RecordEntry& entry : entries->entries) {
        keys.push_back(parse_wire(text(entry.key.text), wanted.key, entry.span));
        values.push_back(wire_value(at(ref, entry.value), wanted.element, sema::Decode::kPlain));
      }
      return convert(make_map(bare, keys, values), to, expr.span);
    }
    if (wanted.kind == Kind::kRecord) {
      std::vector<NodeId> values;
      for (const RecordField& field : wanted.fields) {
        const auto entry = std::find_if(entries->entries.begin(), entries->entries.end(),
                                        [&](const syntax::RecordEntry& other) { return other.key.text == field.name; });
        const TypeId field_type = field.optional ? or_null(field.type) : field.type;
        values.push_back(entry == entries->entries.end() ? make(Op::kNull, or_null(field_type))
                                                         : wire_value(at(ref, entry->value), field_type, sema::Decode::kPlain));
      }
      return convert(make_with(Op::kMakeRecord, bare, values), to, expr.span);
    }
  }
  if (wanted.kind == Kind::kFloat) {
    // As a file would hold it: the digits decide.
    Cell cell{};
    const std::string_view digits = sources_.text(expr.span);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), cell.real);
    if (failure == std::errc{} && end == digits.data() + digits.size()) return convert(constant(bare, cell), to, expr.span);
  }
  if (expr.kind() == syntax::ExprKind::integer && wanted.kind != Kind::kInt && wanted.kind != Kind::kScalar &&
      storage_of(wanted.kind) != Storage::kDecimal) {
    const auto& digits = expr.as<syntax::IntExpr>().digits;
    if (storage_of(wanted.kind) == Storage::kText) return convert(text(digits), to, expr.span);
  }
  return expression_as(ref, to);
}

}  // namespace mig::ir
