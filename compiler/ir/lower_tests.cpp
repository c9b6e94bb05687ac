// Tests of the spec as maps: one makes the given record, the subject maps it, one judges the output.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "compiler/ir/lowering.h"

namespace mig::ir {

using sema::TestSubject;
using syntax::CompareOp;

void Lowering::test(uint32_t index) {
  const sema::TestSymbol& symbol = in_.tests[index];
  const auto& names = in_.modules[symbol.module].tree[symbol.decl].as<syntax::TestDecl>().subjects;
  for (size_t i = 0; i < symbol.subjects.size(); ++i) test_of(index, symbol.subjects[i], names[i].text);
}

void Lowering::test_of(uint32_t index, const sema::TestSymbol::Subject& subject, const std::string& name) {
  const sema::TestSymbol& symbol = in_.tests[index];
  const auto& decl = in_.modules[symbol.module].tree[symbol.decl].as<syntax::TestDecl>();
  LoweredTest lowered;
  lowered.test = index;
  const size_t problems = result_.unsupported.size(), maps = out_.maps.size(), functions = out_.functions.size(), nodes = out_.nodes.size();
  const syntax::TestGiven* given = nullptr;
  MapProgram assumed;
  assumed_lookups_.clear();
  for (const syntax::TestItem& item : decl.items) {
    if (const auto* part = std::get_if<syntax::TestGiven>(&item)) given = part;
    if (const auto* part = std::get_if<syntax::TestAssume>(&item)) assume(symbol.module, *part, lowered, assumed);
  }
  // Functions may call a lookup, so that those of this test are its own.
  const auto cached = std::tuple(fn_functions_, table_functions_, type_functions_);
  const bool own_functions = !assumed_lookups_.empty();
  if (own_functions) {
    fn_functions_.clear();
    table_functions_.clear();
    type_functions_.clear();
  }
  if (!assumed.steps.empty()) {
    assumed.name = "assume " + symbol.name;
    assumed.output.finish();
    lowered.assume_layout = assumed.output;
    lowered.assume_map = static_cast<uint32_t>(out_.maps.size());
    out_.maps.push_back(std::move(assumed));
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
    case TestSubject::kTable:
    case TestSubject::kUnknown: {
      given_arguments(subject, name, symbol.module, given, lowered);
      if (!lowered.output_layout.fields.empty()) body.field_types = {lowered.output_layout.fields[0].type};
      break;
    }
    case TestSubject::kDedupe: {
      given_dedupe(subject, symbol.module, given, lowered);
      for (const sema::SchemaField& field : in_.schemas[in_.targets[in_.dedupes[subject.index].target].schema].fields)
        body.field_types.push_back(field.read);
      break;
    }
    case TestSubject::kReconcile: given_counted(subject, symbol.module, given, lowered); break;
  }
  body_ = &body;
  if (lowered.cannot_run.empty()) {
    if (subject.kind == TestSubject::kFn || subject.kind == TestSubject::kTable || subject.kind == TestSubject::kUnknown)
      body.output = make(Op::kField, body.field_types[0], kNone, kNone, kNone, 0);
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
  if (own_functions) std::tie(fn_functions_, table_functions_, type_functions_) = cached;
  assumed_lookups_.clear();
  // A test that cannot be lowered is reported as such; the others still run.
  if (result_.unsupported.size() > problems) {
    if (lowered.cannot_run.empty()) lowered.cannot_run = result_.unsupported[problems].what + " cannot run yet";
    result_.unsupported.resize(problems);
    // Neither engine may meet what could not be lowered.
    if (lowered.dedupe != kNone) result_.dedupes.pop_back();
    out_.maps.resize(maps);
    out_.functions.resize(functions);
    out_.nodes.resize(nodes);
    std::erase_if(result_.probes, [&](const Probe& probe) { return probe.node >= nodes; });
    std::erase_if(fn_functions_, [&](const auto& entry) { return entry.second >= functions; });
    std::erase_if(type_functions_, [&](const auto& entry) { return entry.second >= functions; });
    std::erase_if(table_functions_, [&](const auto& entry) { return entry.second >= functions; });
  }
  result_.tests.push_back(std::move(lowered));
}

void Lowering::assume(sema::ModuleId module, const syntax::TestAssume& written, LoweredTest& lowered, MapProgram& assumed) {
  const std::string subject = written.subject.text();
  const ExprRef value_ref{module, written.value};
  Body scratch;
  body_ = &scratch;
  const auto finish = [&](std::string problem) {
    body_ = nullptr;
    if (!problem.empty()) lowered.cannot_run = std::move(problem);
  };
  if (subject == "run.now") {
    const NodeId value = literal(value_ref, out_.types.of(Kind::kTimestamp));
    if (!is_constant(value)) return finish("`assume run.now` takes a date and time that is written out");
    lowered.has_run_now = true;
    lowered.run_now = out_.constants[out_.nodes[value].index].cell.integer;
    return finish({});
  }
  const auto* text_value = tree(value_ref).get_if<syntax::StringExpr>();
  std::optional<std::string>* const fact = subject == "run.id" ? &lowered.run_id : subject == "row.source" ? &lowered.row_source : nullptr;
  if (fact != nullptr) {
    if (text_value == nullptr) return finish(fmt::format("`assume {}` takes a text that is written out", subject));
    *fact = text_value->value;
    return finish({});
  }
  if (subject == "row.position") {
    const std::string digits = text_value == nullptr ? std::string() : text_value->value;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), lowered.row_ordinal);
    const bool good = !digits.empty() && failure == std::errc{} && end == digits.data() + digits.size();
    return finish(good ? std::string() : "`assume row.position` takes the digits of a record's number, from \"0\" on");
  }
  if (written.subject.parts.size() == 2 && written.subject.parts[0].text == "param") {
    const auto param = std::find_if(in_.params.begin(), in_.params.end(),
                                    [&](const sema::ParamSymbol& other) { return other.name == written.subject.parts[1].text; });
    if (param == in_.params.end()) return finish(fmt::format("there is no `{}`", subject));
    Step step;
    step.what = Step::What::kAssign;
    step.index = static_cast<uint32_t>(assumed.steps.size());
    step.field = param->name;
    // Values are written out, so there is nothing to keep between two of them.
    step.node = expression_as(value_ref, param->type);
    if (!scratch.locals.empty()) return finish(fmt::format("`assume {}` takes a value that is written out", subject));
    assumed.output.add(param->name, param->type, out_.types, has_presence(param->type));
    assumed.steps.push_back(std::move(step));
    lowered.assumed_parameters.push_back(static_cast<uint32_t>(param - in_.params.begin()));
    return finish({});
  }
  const auto named = [&](const auto& symbols) {
    const auto found = std::find_if(symbols.begin(), symbols.end(), [&](const auto& symbol) { return symbol.name == subject; });
    return found == symbols.end() ? kNone : static_cast<uint32_t>(found - symbols.begin());
  };
  if (const uint32_t of_lookup = named(in_.lookups); of_lookup != kNone) return finish(assume_lookup(of_lookup, value_ref));
  const uint32_t of_map = named(in_.maps), of_target = of_map == kNone ? named(in_.targets) : kNone;
  if (of_map != kNone || of_target != kNone)
    return finish(assume_rows(of_map != kNone, of_map != kNone ? of_map : of_target, value_ref, lowered));
  finish(fmt::format("`assume {}` cannot run yet", subject));
}

/// Rows that stand instead of those of the lookup's file, as texts like there.
std::string Lowering::assume_lookup(uint32_t lookup, ExprRef rows) {
  const auto wire = [&](ExprRef ref) -> std::optional<std::string> {
    const syntax::Expr& expr = tree(ref);
    if (const auto* text = expr.get_if<syntax::StringExpr>()) return text->value;
    const bool written = expr.kind() == syntax::ExprKind::integer || expr.kind() == syntax::ExprKind::decimal ||
                         expr.kind() == syntax::ExprKind::boolean || expr.kind() == syntax::ExprKind::negate;
    return written ? std::optional<std::string>(one_line(expr.span)) : std::nullopt;
  };
  std::vector<std::pair<std::string, std::string>> entries;
  const auto* list = tree(rows).get_if<syntax::ListExpr>();
  for (size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    const ExprRef row = at(rows, list->elements[i]);
    const auto* record = tree(row).get_if<syntax::RecordExpr>();
    std::optional<std::string> key, value;
    for (size_t e = 0; record != nullptr && e < record->entries.size(); ++e)
      (record->entries[e].key.text == "key" ? key : value) = wire(at(row, record->entries[e].value));
    if (!key || !value) return fmt::format("`assume {}` takes records of a key and a value that are written out", in_.lookups[lookup].name);
    entries.emplace_back(std::move(*key), std::move(*value));
  }
  assumed_lookups_[lookup] = std::move(entries);
  return {};
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
  if (const auto* compare = expr.get_if<syntax::CompareExpr>())
    return mentions_output(at(ref, compare->left)) || mentions_output(at(ref, compare->right));
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
