// Tests of the spec as maps: one makes the given record, the subject maps it, one judges the output.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/ir/lowering.h"

namespace mig::ir {

using sema::TestSubject;
using syntax::CompareOp;

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

void Lowering::test(uint32_t index) {
  for (const sema::TestSymbol::Subject& subject : in_.tests[index].subjects) test_of(index, subject);
}

void Lowering::test_of(uint32_t index, const sema::TestSymbol::Subject& subject) {
  const sema::TestSymbol& symbol = in_.tests[index];
  const auto& decl = in_.modules[symbol.module].tree[symbol.decl].as<syntax::TestDecl>();
  LoweredTest lowered;
  lowered.test = index;
  const size_t problems = result_.unsupported.size(), maps = out_.maps.size(), functions = out_.functions.size(), nodes = out_.nodes.size();
  const syntax::TestGiven* given = nullptr;
  for (const syntax::TestItem& item : decl.items) {
    if (const auto* part = std::get_if<syntax::TestGiven>(&item)) given = part;
    if (const auto* part = std::get_if<syntax::TestAssume>(&item)) assume(symbol.module, *part, lowered);
  }
  Body body;
  body.reads_target = true;
  switch (subject.kind) {
    case TestSubject::kMap: {
      const sema::MapSymbol& map_symbol = in_.maps[subject.index];
      const sema::SchemaSymbol& target = in_.schemas[in_.targets[map_symbol.target].schema];
      lowered.subject_name = map_symbol.name;
      if (given != nullptr && !given->values.empty()) {
        given_record(in_.schemas[in_.sources[map_symbol.source].schema], {symbol.module, given->values[0]}, lowered);
      } else {
        lowered.cannot_run = "the test has no `given`";
      }
      map(subject.index, false);
      lowered.subject_map = result_.maps.back();
      result_.maps.pop_back();
      lowered.output_layout = layout_of(target, out_.types);
      for (const sema::SchemaField& field : target.fields) body.field_types.push_back(field.read);
      break;
    }
    case TestSubject::kFn:
    case TestSubject::kTable: {
      given_arguments(subject, symbol.module, given, lowered);
      body.field_types = {lowered.output_layout.fields[0].type};
      break;
    }
    case TestSubject::kDedupe: lowered.subject_name = in_.dedupes[subject.index].name, lowered.cannot_run = "tests of `dedupe` cannot run yet"; break;
    case TestSubject::kReconcile: lowered.cannot_run = "tests of `reconcile` cannot run yet"; break;
    case TestSubject::kUnknown: lowered.cannot_run = "the subject is unknown"; break;
  }
  body_ = &body;
  if (lowered.cannot_run.empty()) {
    if (subject.kind != TestSubject::kMap) body.output = make(Op::kField, body.field_types[0], kNone, kNone, kNone, 0);
    MapProgram check;
    check.name = "expect " + symbol.name;
    check.input = lowered.output_layout;
    size_t issue = 0;
    for (const syntax::TestItem& item : decl.items) {
      if (const auto* part = std::get_if<syntax::TestExpect>(&item)) expectation(symbol.module, *part, lowered, check);
      if (const auto* part = std::get_if<syntax::TestExpectIssue>(&item)) {
        LoweredExpectation expected;
        expected.span = part->span;
        expected.what = part->expected ? LoweredExpectation::What::kIssue : LoweredExpectation::What::kNoIssue;
        if (issue < symbol.issues.size()) expected.issue = symbol.issues[issue];
        ++issue;
        lowered.expectations.push_back(expected);
      }
    }
    if (!check.steps.empty()) {
      check.output.finish();
      check.locals = body.locals;
      lowered.check_layout = check.output;
      lowered.check_map = static_cast<uint32_t>(out_.maps.size());
      out_.maps.push_back(std::move(check));
    }
  }
  body_ = nullptr;
  // A test that cannot be lowered is reported as such; the others still run.
  if (result_.unsupported.size() > problems) {
    if (lowered.cannot_run.empty()) lowered.cannot_run = result_.unsupported[problems].what + " cannot run yet";
    result_.unsupported.resize(problems);
    // Neither engine may meet what could not be lowered.
    out_.maps.resize(maps);
    out_.functions.resize(functions);
    out_.nodes.resize(nodes);
    std::erase_if(fn_functions_, [&](const auto& entry) { return entry.second >= functions; });
    std::erase_if(type_functions_, [&](const auto& entry) { return entry.second >= functions; });
    std::erase_if(table_functions_, [&](const auto& entry) { return entry.second >= functions; });
  }
  result_.tests.push_back(std::move(lowered));
}

void Lowering::assume(sema::ModuleId module, const syntax::TestAssume& written, LoweredTest& lowered) {
  if (written.subject.text() == "run.now") {
    Body scratch;
    body_ = &scratch;
    const NodeId value = literal({module, written.value}, out_.types.of(Kind::kTimestamp));
    body_ = nullptr;
    if (is_constant(value)) {
      lowered.has_run_now = true;
      lowered.run_now = out_.constants[out_.nodes[value].index].cell.integer;
      return;
    }
  }
  lowered.cannot_run = fmt::format("`assume {}` cannot run yet", written.subject.text());
}

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
  lowered.given_map = static_cast<uint32_t>(out_.maps.size());
  out_.maps.push_back(std::move(program));
  body_ = nullptr;
}

void Lowering::given_arguments(const sema::TestSymbol::Subject& subject, sema::ModuleId module, const syntax::TestGiven* given,
                               LoweredTest& lowered) {
  std::vector<TypeId> parameters;
  TypeId result = kNoType;
  bool may_fail = false;
  uint32_t function = kNone;
  if (subject.kind == TestSubject::kFn) {
    const sema::FnSymbol& fn = in_.fns[subject.index];
    for (const uint32_t parameter : fn.parameters) parameters.push_back(in_.locals[parameter].type);
    result = fn.result;
    may_fail = fn.may_fail;
    function = function_of_fn(subject.index);
    lowered.subject_name = fn.name;
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
  step.node = make_with(Op::kCallFunction, result, arguments, function);
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
    if (storage_of(wanted.kind) == Storage::kText) return convert(constant(bare, Cell{}, written->value), to, expr.span);
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
  if (expr.kind() == syntax::ExprKind::integer && wanted.kind != Kind::kInt && wanted.kind != Kind::kScalar && storage_of(wanted.kind) != Storage::kDecimal) {
    const auto& digits = expr.as<syntax::IntExpr>().digits;
    if (storage_of(wanted.kind) == Storage::kText) return convert(text(digits), to, expr.span);
  }
  return expression_as(ref, to);
}

std::optional<NodeId> Lowering::kept(ExprRef ref) {
  const auto* compare = tree(ref).get_if<syntax::CompareExpr>();
  if (compare == nullptr || (compare->op != CompareOp::equal && compare->op != CompareOp::not_equal)) return std::nullopt;
  const ExprRef left = at(ref, compare->left), right = at(ref, compare->right);
  const bool keep_right = tree(right).kind() == syntax::ExprKind::keep;
  if (!keep_right && tree(left).kind() != syntax::ExprKind::keep) return std::nullopt;
  const ExprRef path = keep_right ? left : right;
  if (info(path).ref != Ref::kTargetField) return unsupported(tree(ref).span, "`keep` compared with something that is no target field");
  const NodeId present = make(Op::kFieldPresent, bool_type(), kNone, kNone, kNone, info(path).index);
  return compare->op == CompareOp::equal ? negated(present) : present;
}

bool Lowering::mentions_output(ExprRef ref) const {
  const sema::ExprInfo& known = info(ref);
  if (known.ref == Ref::kTargetField || known.ref == Ref::kTargetRecord || known.ref == Ref::kLocal) return true;
  const syntax::Expr& expr = tree(ref);
  if (const auto* compare = expr.get_if<syntax::CompareExpr>()) return mentions_output(at(ref, compare->left)) || mentions_output(at(ref, compare->right));
  if (const auto* field = expr.get_if<syntax::FieldExpr>()) return mentions_output(at(ref, field->object));
  return expr.kind() != syntax::ExprKind::boolean;
}

NodeId Lowering::within(ExprRef ref, const syntax::CompareExpr& expr, ExprRef tolerance) {
  const Span span = tree(ref).span;
  const auto side = [&](syntax::ExprId id) { return expression_as(at(ref, id), payload(info(at(ref, id)).type)); };
  const NodeId forth = combine(syntax::ArithmeticOp::subtract, side(expr.left), side(expr.right), kNoType, overflow_site(span, 0), span);
  const NodeId back = combine(syntax::ArithmeticOp::subtract, side(expr.right), side(expr.left), kNoType, overflow_site(span, 0), span);
  const NodeId limit = expression_as(tolerance, info(tolerance).type);
  return make(Op::kIf, bool_type(), less(forth, limit, true, span), less(back, limit, true, span), boolean(false));
}

void Lowering::expectation(sema::ModuleId module, const syntax::TestExpect& expect, LoweredTest& lowered, MapProgram& check) {
  const ExprRef condition{module, expect.condition};
  LoweredExpectation expected;
  expected.span = expect.span;
  expected.reads_output = mentions_output(condition);
  const auto assign = [&](NodeId value) {
    Step step;
    step.what = Step::What::kAssign;
    step.index = static_cast<uint32_t>(check.output.fields.size());
    step.node = value;
    const TypeId own = out_.nodes[value].type;
    step.field = "side";
    check.output.add(step.field, has_presence(own) ? or_null(own) : own, out_.types, has_presence(own));
    check.steps.push_back(std::move(step));
    return check.steps.back().index;
  };
  const auto* compare = tree(condition).get_if<syntax::CompareExpr>();
  if (const auto present = kept(condition)) {
    expected.field = assign(*present);
  } else if (compare != nullptr && expect.tolerance.valid()) {
    expected.field = assign(within(condition, *compare, {module, expect.tolerance}));
  } else {
    expected.field = assign(expression_as(condition, bool_type()));
  }
  if (compare != nullptr && compare->op != CompareOp::in && compare->op != CompareOp::not_in && compare->op != CompareOp::matches) {
    const auto side = [&](syntax::ExprId id) -> uint32_t {
      const ExprRef part = at(condition, id);
      const TypeId own = info(part).type;
      if (own == kNoType || type(own).kind == Kind::kNever || type(own).kind == Kind::kError) return kNone;
      return assign(expression_as(part, has_presence(own) ? or_null(own) : own));
    };
    expected.left = side(compare->left);
    expected.right = side(compare->right);
  }
  lowered.expectations.push_back(expected);
}

}  // namespace mig::ir
