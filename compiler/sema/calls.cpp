#include "compiler/sema/calls.h"

#include <algorithm>

#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

constexpr std::string_view kClocks[] = {"now",     "today", "current_date", "current_timestamp", "random", "rand",
                                        "uuid_v4", "env",   "getenv",       "environment"};

const syntax::Expr& without_groups(const syntax::Module& tree, syntax::ExprId& id) {
  while (tree[id].kind() == syntax::ExprKind::group && tree[id].as<syntax::GroupExpr>().inner.valid())
    id = tree[id].as<syntax::GroupExpr>().inner;
  return tree[id];
}

std::vector<Actual> actuals_of(const std::vector<syntax::Argument>& arguments, const Piped& piped) {
  std::vector<Actual> actuals;
  if (piped.given()) {
    Actual first;
    first.piped = first.inferred = true;
    first.span = piped.span;
    first.type = piped.type;
    actuals.push_back(first);
  }
  for (const syntax::Argument& argument : arguments) {
    Actual actual;
    actual.expr = argument.value;
    actual.name = argument.name;
    actual.span = argument.span;
    actuals.push_back(actual);
  }
  return actuals;
}

}  // namespace

std::optional<CallChecker::Callee> CallChecker::resolve(syntax::ExprId id) {
  Callee callee;
  callee.span = expr(id).span;
  ModuleId owner = frame_.module;
  if (const auto* name = expr(id).get_if<syntax::NameExpr>()) {
    callee.name = name->name.text;
    if (const auto local = frame_.locals.find(callee.name); local != frame_.locals.end()) {
      checker_.report(Code::E0201, callee.span, "`" + callee.name + "` is a value, not a function", "cannot be called")
          .also(program_.locals[local->second].span, "declared here");
      program_.locals[local->second].used = true;
      return std::nullopt;
    }
  } else if (const auto* field = expr(id).get_if<syntax::FieldExpr>(); field != nullptr && field->object.valid()) {
    const auto* object = expr(field->object).get_if<syntax::NameExpr>();
    const auto imported = object == nullptr ? std::nullopt : analysis_.find(NameKind::kModule, frame_.module, object->name.text);
    if (!imported) {
      checker_.report(Code::E0201, callee.span, "values have no functions of their own",
                      "write the function in front: `" + field->field.text + "(...)`");
      return std::nullopt;
    }
    owner = *imported;
    callee.name = field->field.text;
    callee.span = field->field.span;
  } else {
    checker_.report(Code::E0201, callee.span, "this cannot be called", "not the name of a function");
    return std::nullopt;
  }
  if (callee.name.empty()) return std::nullopt;
  if (const auto fn = analysis_.find(NameKind::kFn, owner, callee.name)) {
    callee.ref = Ref::kFn;
    callee.index = *fn;
  } else if (const auto table = analysis_.find(NameKind::kTable, owner, callee.name)) {
    callee.ref = Ref::kTable;
    callee.index = *table;
  } else if (const auto lookup = analysis_.find(NameKind::kLookup, owner, callee.name)) {
    callee.ref = Ref::kLookup;
    callee.index = *lookup;
  } else if (owner == frame_.module) {
    callee.ref = Ref::kStdlib;
  } else {
    Diagnostic& finding = checker_.report(
        Code::E0101, callee.span, "`" + program_.modules[owner].path + "` has no function `" + callee.name + "`", "not declared there");
    std::vector<std::string_view> candidates = analysis_.names_of(NameKind::kFn, owner);
    for (const std::string_view name : analysis_.names_of(NameKind::kTable, owner)) candidates.push_back(name);
    analysis_.suggest(finding, callee.name, callee.span, candidates);
    return std::nullopt;
  }
  return callee;
}

void CallChecker::visit_arguments_only(syntax::ExprId id) {
  const syntax::Expr& node = without_groups(checker_.tree(), id);
  if (const auto* call = node.get_if<syntax::CallExpr>()) {
    for (const syntax::Argument& argument : call->arguments) {
      if (!argument.value.valid()) continue;
      const syntax::ExprKind kind = expr(argument.value).kind();
      if (kind != syntax::ExprKind::lambda && kind != syntax::ExprKind::name) checker_.infer(argument.value);
    }
  }
  checker_.info(id).type = error();
}

TypeId CallChecker::call(syntax::ExprId id, TypeId hint) {
  const auto& node = expr(id).as<syntax::CallExpr>();
  const auto callee = node.callee.valid() ? resolve(node.callee) : std::nullopt;
  std::vector<Actual> actuals = actuals_of(node.arguments, {});
  if (!callee) {
    for (Actual& actual : actuals) {
      if (actual.expr.valid() && expr(actual.expr).kind() != syntax::ExprKind::lambda) infer(actual, kNoType);
    }
    return error();
  }
  return apply(id, *callee, std::move(actuals), {}, hint, node.close);
}

TypeId CallChecker::stage(syntax::ExprId id, const Piped& piped, TypeId hint) {
  // Effects of the stage belong to the callee expression.
  const ExpressionChecker::Effects before = checker_.effects_;
  const size_t failures = frame_.failures.size();
  TypeId result = error();
  syntax::ExprId inner = id;
  const syntax::Expr& node = without_groups(checker_.tree(), inner);
  if (node.kind() == syntax::ExprKind::lambda) {
    CallInfo call;
    call.callee = Ref::kLocal;
    call.lambda = {frame_.module, inner};
    call.piped = piped.type;
    call.null_safe = piped.null_safe;
    result = checker_.visit_lambda(inner, {piped.type}, hint);
    call.result = result;
    call.may_fail = frame_.failures.size() > failures;
    const uint32_t index = static_cast<uint32_t>(program_.calls.size());
    program_.calls.push_back(std::move(call));
    checker_.info(id).call = index;
    checker_.info(inner).call = index;
  } else if (const auto* call = node.get_if<syntax::CallExpr>()) {
    const auto callee = call->callee.valid() ? resolve(call->callee) : std::nullopt;
    if (callee) {
      result = apply(inner, *callee, actuals_of(call->arguments, piped), piped, hint, call->close);
    } else {
      visit_arguments_only(inner);
    }
  } else {
    const auto callee = resolve(inner);
    if (callee) result = apply(inner, *callee, actuals_of({}, piped), piped, hint, node.span.after());
  }
  ExprInfo& about = checker_.info(id);
  about.type = result;
  about.call = checker_.info(inner).call;
  about.ref = checker_.info(inner).ref;
  about.index = inner == id || node.kind() != syntax::ExprKind::lambda ? checker_.info(inner).index : about.index;
  about.lineage = checker_.effects_.lineage;
  about.labels = checker_.effects_.labels;
  about.may_fail = frame_.failures.size() > failures;
  about.may_reject = checker_.effects_.may_reject && !before.may_reject;
  checker_.info(inner).type = result;
  checker_.info(inner).may_fail = about.may_fail;
  return result;
}

TypeId CallChecker::constant(syntax::ExprId id, uint32_t fn) {
  Callee callee{Ref::kFn, fn, program_.fns[fn].name, expr(id).span};
  std::vector<Actual> none;
  return apply(id, callee, none, {}, kNoType, expr(id).span.after());
}

TypeId CallChecker::apply(syntax::ExprId id, const Callee& callee, std::vector<Actual> actuals, const Piped& piped, TypeId hint,
                          Span close) {
  CallInfo out;
  out.callee = callee.ref;
  out.index = callee.index;
  out.piped = piped.type;
  out.null_safe = piped.null_safe;
  TypeId result = error();
  if (callee.ref == Ref::kFn) {
    result = call_fn(id, callee, actuals, out);
  } else if (callee.ref == Ref::kTable) {
    result = call_table(id, callee, actuals, out);
  } else if (callee.ref == Ref::kLookup) {
    result = call_lookup(id, callee, actuals, out);
  } else if (callee.name == "ref" || callee.name == "target_of" || callee.name == "exists_in") {
    result = call_reference(id, callee, actuals, out);
  } else if (const auto relation = call_relation(id, callee, actuals)) {
    out.callee = Ref::kOther;
    result = *relation;
  } else {
    result = call_stdlib(id, callee, actuals, out, hint, close);
  }
  out.result = result;
  ExprInfo& about = checker_.info(id);
  about.ref = out.callee;
  about.index = callee.index;
  about.call = static_cast<uint32_t>(program_.calls.size());
  about.may_overflow = out.may_overflow;
  program_.calls.push_back(std::move(out));
  return result;
}

TypeId CallChecker::infer(Actual& actual, TypeId hint) {
  if (!actual.inferred) {
    actual.inferred = true;
    actual.type = checker_.infer(actual.expr, hint);
  }
  return actual.type;
}

bool CallChecker::fit_argument(Actual& actual, TypeId wanted, const std::string& subject, Span declared) {
  if (!actual.piped) {
    checker_.convert(actual.expr, {wanted, subject, declared, {}});
    actual.type = checker_.info(actual.expr).type;
    return !is_error(type(actual.type));
  }
  if (is_error(type(actual.type))) return false;
  const Fit result = fit(types(), actual.type, wanted);
  switch (result) {
    case Fit::kYes: return true;
    case Fit::kNull: {
      Diagnostic& finding = checker_.report(Code::E0311, actual.span, subject + " needs a value, but what is passed may be null",
                                            analysis_.type_text(actual.type));
      finding.help(Applicability::choose, "null when it is null: pass it with `|?>`");
      finding.help(Applicability::sketch, "or say what to use instead of null",
                   {{actual.span.start(), "("}, {actual.span.after(), " ?? DECIDE)"}});
      return false;
    }
    case Fit::kKeep: checker_.report(Code::E0319, actual.span, "`keep` cannot be passed to a function", "may be `keep`"); return false;
    case Fit::kNarrowing: {
      const std::string bounds = bounds_in_words(type(wanted)), have = bounds_in_words(type(actual.type));
      Diagnostic& finding = checker_.report(
          Code::E0221, actual.span,
          (have.empty() ? "the value" : have) + " may not fit " + subject + (bounds.empty() ? "" : ", which takes " + bounds),
          analysis_.type_text(actual.type));
      if (declared.valid()) finding.also(declared, analysis_.type_text(wanted));
      if (type(wanted).kind == Kind::kString && type(wanted).low == 1)
        finding.help(Applicability::choose, "pass it by `|> non_empty` and use `|?>`");
      return false;
    }
    case Fit::kDifferent: {
      Diagnostic& finding =
          checker_.report(Code::E0201, actual.span,
                          subject + " takes " + kind_in_words(types(), wanted) + ", this is " + kind_in_words(types(), actual.type),
                          analysis_.type_text(actual.type));
      if (declared.valid()) finding.also(declared, analysis_.type_text(wanted));
      return false;
    }
  }
  return false;
}

void CallChecker::fail(syntax::ExprId id, const std::vector<Actual>& actuals, std::string reason) {
  Failure failure;
  failure.span = expr(id).span;
  if (!actuals.empty() && actuals[0].span.valid() && !failure.span.contains(actuals[0].span.begin)) failure.input = actuals[0].span;
  failure.reason = std::move(reason);
  frame_.failures.push_back(std::move(failure));
}

TypeId CallChecker::call_fn(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out) {
  FnSymbol& fn = program_.fns[callee.index];
  fn.used = true;
  const size_t count = fn.parameters.size();
  std::vector<Actual*> by_parameter(count, nullptr);
  bool failed = false;
  size_t next = 0;
  for (Actual& actual : actuals) {
    size_t slot = count;
    if (actual.name.valid()) {
      for (size_t i = 0; i < count; ++i) {
        if (program_.locals[fn.parameters[i]].name == actual.name.text) slot = i;
      }
      if (slot == count) {
        Diagnostic& finding =
            checker_.report(Code::E0101, actual.name.span, "`" + fn.name + "` has no parameter `" + actual.name.text + "`", "not declared");
        std::vector<std::string_view> names;
        for (const uint32_t parameter : fn.parameters) names.push_back(program_.locals[parameter].name);
        analysis_.suggest(finding, actual.name.text, actual.name.span, names);
      }
    } else {
      slot = next++;
    }
    if (slot >= count) {
      if (!actual.name.valid()) {
        checker_
            .report(Code::E0201, actual.span,
                    "`" + fn.name + "` takes " + std::to_string(count) + (count == 1 ? " argument" : " arguments"), "one too many")
            .also(fn.span, "declared here");
      }
      if (actual.expr.valid() && expr(actual.expr).kind() != syntax::ExprKind::lambda) infer(actual, kNoType);
      failed = true;
      continue;
    }
    if (by_parameter[slot] != nullptr) {
      checker_.report(Code::E0018, actual.span, "`" + program_.locals[fn.parameters[slot]].name + "` is given twice", "given again here");
      failed = true;
    }
    by_parameter[slot] = &actual;
  }
  for (size_t i = 0; i < count; ++i) {
    const Local parameter = program_.locals[fn.parameters[i]];  // a copy: inferring may add locals
    BoundArgument bound;
    bound.type = parameter.type;
    if (Actual* actual = by_parameter[i]) {
      infer(*actual, parameter.type);
      if (!fit_argument(*actual, parameter.type, "`" + parameter.name + "` of `" + fn.name + "`", parameter.span)) failed = true;
      bound.source = actual->piped ? BoundArgument::Source::kPiped : BoundArgument::Source::kExpr;
      bound.expr = {frame_.module, actual->expr};
    } else if (!fn.defaults[i].valid()) {
      checker_.report(Code::E0201, expr(id).span, "`" + fn.name + "` needs `" + parameter.name + "`", "an argument is missing")
          .also(parameter.span, "declared here");
      failed = true;
    }
    out.arguments.push_back(std::move(bound));
  }
  for (const uint32_t issue : fn.raises) frame_.raised.push_back({issue, program_.issues[issue].issue.verb, callee.span});
  checker_.effects_.may_reject |= fn.may_reject;
  out.may_fail = fn.may_fail;
  if (fn.may_fail) fail(id, actuals, "`" + fn.name + "` can fail: its result is written with `!`");
  return failed ? error() : fn.result;
}

TypeId CallChecker::call_table(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out) {
  TableSymbol& table = program_.tables[callee.index];
  table.used = true;
  for (Actual& actual : actuals) infer(actual, table.key);
  if (actuals.size() != 1) {
    checker_.report(Code::E0201, expr(id).span, "table `" + table.name + "` takes one key", std::to_string(actuals.size()) + " arguments")
        .also(table.span, "declared here");
    return error();
  }
  const bool ok = fit_argument(actuals[0], table.key, "the key of table `" + table.name + "`", table.span);
  BoundArgument bound;
  bound.type = table.key;
  bound.source = actuals[0].piped ? BoundArgument::Source::kPiped : BoundArgument::Source::kExpr;
  bound.expr = {frame_.module, actuals[0].expr};
  out.arguments.push_back(std::move(bound));
  for (const uint32_t issue : table.raises) frame_.raised.push_back({issue, program_.issues[issue].issue.verb, callee.span});
  checker_.effects_.may_reject |= table.may_reject;
  out.may_fail = table.may_fail;
  if (table.may_fail) fail(id, actuals, "a row of table `" + table.name + "` can fail");
  return ok ? table.value : error();
}

TypeId CallChecker::call_lookup(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out) {
  LookupSymbol& lookup = program_.lookups[callee.index];
  lookup.used = true;
  for (Actual& actual : actuals) infer(actual, lookup.key);
  if (actuals.size() != 1) {
    checker_.report(Code::E0201, expr(id).span, "lookup `" + lookup.name + "` takes one key", std::to_string(actuals.size()) + " arguments")
        .also(lookup.span, "declared here");
    return error();
  }
  const bool ok = fit_argument(actuals[0], lookup.key, "the key of lookup `" + lookup.name + "`", lookup.span);
  BoundArgument bound;
  bound.type = lookup.key;
  bound.source = actuals[0].piped ? BoundArgument::Source::kPiped : BoundArgument::Source::kExpr;
  bound.expr = {frame_.module, actuals[0].expr};
  out.arguments.push_back(std::move(bound));
  out.may_fail = true;
  fail(id, actuals, "fails when the key is not in " + (lookup.file.empty() ? "lookup `" + lookup.name + "`" : lookup.file));
  return ok ? lookup.value : error();
}

TypeId CallChecker::unknown(const Callee& callee, std::vector<Actual>& actuals) {
  for (Actual& actual : actuals) {
    if (!actual.inferred && actual.expr.valid() && expr(actual.expr).kind() != syntax::ExprKind::lambda) infer(actual, kNoType);
  }
  if (std::find(std::begin(kClocks), std::end(kClocks), callee.name) != std::end(kClocks)) {
    Diagnostic& finding = checker_.report(Code::E0801, callee.span, "`" + callee.name + "()` would give another answer on every run",
                                          "clock, randomness or environment");
    if (callee.name == "now" || callee.name.compare(0, 7, "current") == 0) {
      finding.help(Applicability::choose, "use `run.now`: fixed at the start of the run, the same after a restart");
    } else if (callee.name == "today") {
      finding.help(Applicability::choose, "use `date_of(run.now, zone: \"...\")`");
    } else {
      finding.help(Applicability::choose, "use a `param`, which is recorded with the run");
    }
    return error();
  }
  if (callee.name == "secret") {
    checker_.report(Code::E0804, callee.span, "secrets can be used in connector settings only", "would end up in the data")
        .help(Applicability::choose, "pass the secret to the connector or to a mask, never to a map");
    return error();
  }
  Diagnostic& finding = checker_.report(Code::E0101, callee.span, "no function is called `" + callee.name + "`", "not known");
  std::vector<std::string_view> candidates;
  for (const NameKind kind : {NameKind::kFn, NameKind::kTable, NameKind::kLookup}) {
    for (const std::string_view name : analysis_.names_of(kind, frame_.module)) candidates.push_back(name);
  }
  for (const std::string_view name : stdlib::callable_names()) candidates.push_back(name);
  analysis_.suggest(finding, callee.name, callee.span, candidates);
  return error();
}

}  // namespace mig::sema
