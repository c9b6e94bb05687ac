// Calls of the standard library: which overload, which argument for which parameter, and what follows.
#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/constant_calls.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

using stdlib::Declaration;
using stdlib::Literal;
using stdlib::Parameter;
using stdlib::TypeTree;

bool is_lambda_tree(const TypeTree& tree) { return tree.form == TypeTree::Form::kKind && tree.kind == Kind::kFunction; }

// How well an argument of this type suits a parameter: 0 not at all, 1 after a conversion, 2 directly.
int suitability(const TypeTable& types, const Declaration& declaration, const TypeTree& tree, const Type& actual) {
  if (actual.kind == Kind::kError || actual.kind == Kind::kNever) return 2;
  switch (tree.form) {
    case TypeTree::Form::kVariable:
      for (const stdlib::TypeParameter& parameter : declaration.type_parameters) {
        if (parameter.name == tree.name && parameter.constraint == stdlib::Constraint::kEnum) return actual.kind == Kind::kEnum ? 2 : 0;
      }
      return 1;
    case TypeTree::Form::kKind:
      if (tree.kind == actual.kind) {
        const bool list = tree.kind == Kind::kList && !tree.arguments.empty() && actual.element != kNoType;
        return list ? suitability(types, declaration, tree.arguments[0], types[actual.element]) : 2;
      }
      return tree.kind == Kind::kDecimal && actual.kind == Kind::kInt ? 1 : 0;
    case TypeTree::Form::kWord:
    case TypeTree::Form::kTypeName: return 1;
  }
  return 0;
}

Constant of_literal(const Literal& literal) {
  Constant constant;
  switch (literal.form) {
    case Literal::Form::kNone: break;
    case Literal::Form::kNull: constant.form = Constant::Form::kNull; break;
    case Literal::Form::kBool:
      constant.form = Constant::Form::kBool;
      constant.boolean = literal.number != 0;
      break;
    case Literal::Form::kInt:
    case Literal::Form::kWord:
      constant.form = Constant::Form::kInt;
      constant.integer = literal.number;
      break;
    case Literal::Form::kText:
      constant.form = Constant::Form::kText;
      constant.text = literal.text;
      break;
    case Literal::Form::kTexts:
      constant.form = Constant::Form::kTexts;
      constant.texts = literal.texts;
      break;
  }
  return constant;
}

}  // namespace

const Declaration& CallChecker::choose(std::span<const Declaration* const> overloads, std::vector<Actual>& actuals) {
  if (overloads.size() == 1) return *overloads[0];
  // Infer what can be inferred without knowing the parameter: neither lambdas nor bare words.
  for (size_t i = 0; i < actuals.size(); ++i) {
    Actual& actual = actuals[i];
    if (actual.inferred || !actual.expr.valid()) continue;
    const syntax::Expr& node = expr(actual.expr);
    if (node.kind() == syntax::ExprKind::lambda) continue;
    if (i > 0 && node.kind() == syntax::ExprKind::name && frame_.locals.count(node.as<syntax::NameExpr>().name.text) == 0) continue;
    infer(actual, kNoType);
  }
  const Declaration* best = overloads[0];
  int best_score = -1;
  for (const Declaration* candidate : overloads) {
    int score = 0;
    size_t position = 0;
    bool possible = true;
    for (const Actual& actual : actuals) {
      size_t slot = position;
      if (actual.name.valid()) {
        slot = candidate->parameters.size();
        for (size_t i = 0; i < candidate->parameters.size(); ++i) {
          if (candidate->parameters[i].name == actual.name.text) slot = i;
        }
      } else {
        ++position;
      }
      if (slot >= candidate->parameters.size()) {
        if (candidate->parameters.empty() || !candidate->parameters.back().variadic) possible = false;
        continue;
      }
      if (actual.type == kNoType) continue;
      const int own = suitability(types(), *candidate, candidate->parameters[slot].type, type(actual.type));
      if (own == 0) possible = false;
      score += own;
    }
    if (possible && score > best_score) {
      best = candidate;
      best_score = score;
    }
  }
  return *best;
}

bool CallChecker::assign_actuals(const Declaration& declaration, std::vector<Actual>& actuals,
                                 std::vector<std::vector<Actual*>>& by_parameter, Span span, Span close) {
  const size_t count = declaration.parameters.size();
  by_parameter.assign(count, {});
  size_t next = 0;
  bool ok = true;
  for (Actual& actual : actuals) {
    if (actual.name.valid()) {
      size_t slot = count;
      for (size_t i = 0; i < count; ++i) {
        if (declaration.parameters[i].name == actual.name.text) slot = i;
      }
      if (slot == count) {
        Diagnostic& finding = checker_.report(Code::E0101, actual.name.span,
                                              "`" + declaration.name + "` has no argument `" + actual.name.text + "`", "not known");
        std::vector<std::string_view> names;
        for (const Parameter& parameter : declaration.parameters) names.push_back(parameter.name);
        analysis_.suggest(finding, actual.name.text, actual.name.span, names);
        ok = false;
      } else if (!by_parameter[slot].empty()) {
        checker_.report(Code::E0018, actual.span, "`" + actual.name.text + "` is given twice", "given again here");
        ok = false;
      } else {
        by_parameter[slot].push_back(&actual);
        actual.bound = true;
      }
      continue;
    }
    if (next < count) {
      by_parameter[next].push_back(&actual);
      actual.bound = true;
      if (!declaration.parameters[next].variadic) ++next;
    } else {
      checker_.report(Code::E0201, actual.span,
                      "`" + declaration.name + "` takes " + std::to_string(count) + (count == 1 ? " argument" : " arguments"),
                      "one too many");
      ok = false;
    }
  }
  std::string missing;
  for (size_t i = 0; i < count; ++i) {
    const Parameter& parameter = declaration.parameters[i];
    if (by_parameter[i].empty() && parameter.fallback.form == Literal::Form::kNone && !parameter.variadic)
      missing += (missing.empty() ? "`" : ", `") + parameter.name + "`";
  }
  if (!missing.empty() && ok) {
    if (missing == "`zone`") {
      checker_.report(Code::E0232, span, "the day and hour depend on the zone, and none is given", "needs `zone:`")
          .help(Applicability::choose, "say in which zone", {{close.start(), ", zone: \"UTC\""}});
    } else {
      checker_.report(Code::E0201, span, "`" + declaration.name + "` needs " + missing, "an argument is missing");
    }
    ok = false;
  }
  return ok;
}

TypeId CallChecker::call_stdlib(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out, TypeId, Span close) {
  const auto overloads = stdlib::overloads(callee.name);
  if (overloads.empty()) return unknown(callee, actuals);
  const Declaration& declaration = choose(overloads, actuals);
  out_declaration_ = &declaration;
  out.declaration = &declaration;
  std::vector<std::vector<Actual*>> by_parameter;
  bool failed = !assign_actuals(declaration, actuals, by_parameter, expr(id).span, close);
  Bindings bindings(declaration.type_parameters.size(), kNoType);
  out.arguments.resize(declaration.parameters.size());
  // Values first, so that lambdas know the types of their parameters.
  for (const bool lambdas : {false, true}) {
    for (size_t i = 0; i < declaration.parameters.size(); ++i) {
      const Parameter& parameter = declaration.parameters[i];
      BoundArgument& bound = out.arguments[i];
      if (is_lambda_tree(parameter.type) != lambdas) continue;
      if (by_parameter[i].empty()) {
        if (parameter.variadic) {
          bound.source = BoundArgument::Source::kVariadic;
          bound.type = instantiate(declaration, parameter.type, bindings);
          continue;
        }
        bound.source = BoundArgument::Source::kConstant;
        bound.constant = of_literal(parameter.fallback);
        bound.type = instantiate(declaration, parameter.type, bindings);
        continue;
      }
      if (parameter.variadic) {
        for (Actual* actual : by_parameter[i]) {
          BoundArgument each;
          bind_value(declaration, parameter, *actual, each, bindings, failed);
          if (actual->piped)
            bound.piped_first = true;
          else
            bound.rest.push_back({frame_.module, actual->expr});
        }
        bound.source = BoundArgument::Source::kVariadic;
        bound.type = instantiate(declaration, parameter.type, bindings);
        continue;
      }
      Actual& actual = *by_parameter[i][0];
      if (lambdas) {
        out_declaration_ = &declaration;
        bind_lambda(declaration, parameter, actual, bound, bindings, failed);
      } else if (parameter.type.form == TypeTree::Form::kTypeName) {
        bind_type_name(declaration, parameter, actual, bindings, failed);
      } else if (parameter.constant || parameter.type.form == TypeTree::Form::kWord) {
        out_declaration_ = &declaration;
        bind_constant(parameter, actual, bound, failed);
      } else {
        bind_value(declaration, parameter, actual, bound, bindings, failed);
      }
    }
  }
  for (Actual& actual : actuals) {
    if (actual.bound || actual.inferred || !actual.expr.valid() || expr(actual.expr).kind() == syntax::ExprKind::lambda) continue;
    infer(actual, kNoType);
  }
  out.type_arguments = bindings;
  // Later arguments may have widened a variable: earlier ones convert to what it became.
  for (size_t i = 0; i < out.arguments.size() && !failed; ++i) {
    BoundArgument& bound = out.arguments[i];
    const Parameter& parameter = declaration.parameters[i];
    if (is_lambda_tree(parameter.type) || parameter.type.form != TypeTree::Form::kVariable) continue;
    const TypeId wanted = instantiate(declaration, parameter.type, bindings);
    if (wanted == kNoType || wanted == bound.type) continue;
    bound.type = wanted;
    if (bound.source == BoundArgument::Source::kExpr &&
        !fit_argument(*by_parameter[i][0], wanted, "`" + parameter.name + "` of `" + declaration.name + "`", {}))
      failed = true;
  }
  if (failed) return error();
  bring_to_common_scale(declaration, out.arguments);
  bool may_fail = declaration.may_fail;
  out.may_overflow = declaration.may_overflow;
  const TypeId result = result_of(declaration, out, bindings, may_fail);
  out.may_fail = may_fail;
  judge_constants(declaration, out, id);
  if (declaration.drops_labels) checker_.effects_.labels = 0;
  if (may_fail) {
    fail(id, actuals, failure_reason(declaration.name));
    frame_.failures.back().reported = always_fails(declaration, out, id);
  }
  if (result == kNoType) {
    checker_.report(Code::E0201, expr(id).span, "the type of `" + declaration.name + "(...)` cannot be told from its arguments",
                    "say more about them");
    return error();
  }
  return result;
}

bool CallChecker::is_out_of_reach(const Declaration& declaration, const CallInfo& call) {
  if (call.arguments.size() < 2) return false;
  const auto given = [&](size_t i) -> const Type& {
    const BoundArgument& bound = call.arguments[i];
    TypeId exact = bound.source == BoundArgument::Source::kExpr    ? checker_.info(bound.expr.id).type
                   : bound.source == BoundArgument::Source::kPiped ? call.piped
                                                                   : bound.type;
    if (exact == kNoType || bound.type == kNoType || type(exact).kind != type(bound.type).kind) exact = bound.type;
    return type(exact);
  };
  if (call.arguments[0].type == kNoType || call.arguments[1].type == kNoType) return false;
  const std::string& name = declaration.name;
  if (name == "div" || name == "int_div" || name == "mod") {
    const Interval divisor = interval_of(given(1));
    return divisor.low == 0 && divisor.high == 0;
  }
  if ((name != "fit_int" && name != "fit_length") || call.arguments.size() < 3) return false;
  const Type& value = given(0);
  const Constant& least = call.arguments[1].constant;
  const Constant& most = call.arguments[2].constant;
  if (least.form != Constant::Form::kInt || most.form != Constant::Form::kInt || is_error(value)) return false;
  if (value.kind == Kind::kString && value.unit != LengthUnit::kCodePoints) return false;
  return value.high < least.integer || value.low > most.integer;
}

bool CallChecker::always_fails(const Declaration& declaration, const CallInfo& call, syntax::ExprId id) {
  if (is_out_of_reach(declaration, call)) {
    checker_.report(Code::E0304, expr(id).span, "this conversion always fails", failure_reason(declaration.name) + ", as every value here")
        .note("the values that arrive here: " +
              analysis_.type_text(declaration.name == "div" || declaration.name == "int_div" || declaration.name == "mod"
                                      ? call.arguments[1].type
                                  : call.piped != kNoType ? call.piped
                                                          : call.arguments[0].type));
    return true;
  }
  std::vector<Constant> arguments;
  for (const BoundArgument& bound : call.arguments) {
    if (bound.source == BoundArgument::Source::kConstant)
      arguments.push_back(bound.constant);
    else if (bound.source == BoundArgument::Source::kExpr)
      arguments.push_back(checker_.fold(bound.expr.id));
    else
      return false;
    if (!arguments.back().known()) return false;
  }
  std::optional<std::string> text;
  if (evaluate_call(declaration, arguments, text) != Evaluated::kFails) return false;
  checker_.report(Code::E0304, expr(id).span, "this conversion always fails", failure_reason(declaration.name) + ", as here");
  return true;
}

}  // namespace mig::sema
