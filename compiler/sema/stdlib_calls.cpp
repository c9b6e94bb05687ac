// Calls of the standard library: overloads, type variables, constant arguments, lambdas.
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

int variable_index(const Declaration& declaration, std::string_view name) {
  for (size_t i = 0; i < declaration.type_parameters.size(); ++i) {
    if (declaration.type_parameters[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

// The same kind of value without bounds.
TypeId widened(TypeTable& types, TypeId id) {
  Type type = types[id];
  if (type.kind == Kind::kDecimal) {
    type.precision = 38;
    type.low = kUnboundedLow;
    type.high = kUnboundedHigh;
  } else if (type.kind == Kind::kInt || type.kind == Kind::kString || type.kind == Kind::kList) {
    type.low = kUnboundedLow;
    type.high = kUnboundedHigh;
    type.name.clear();
  }
  return types.intern(std::move(type));
}

}  // namespace

TypeId CallChecker::instantiate(const Declaration& declaration, const TypeTree& tree, const Bindings& bindings) {
  TypeId result = kNoType;
  if (tree.form == TypeTree::Form::kVariable) {
    const int index = variable_index(declaration, tree.name);
    if (index < 0 || bindings[static_cast<size_t>(index)] == kNoType) return kNoType;
    result = bindings[static_cast<size_t>(index)];
  } else if (tree.form == TypeTree::Form::kKind) {
    if (tree.kind == Kind::kString && !tree.name.empty()) {
      if (auto refined = builtin_refinement(tree.name)) result = types().intern(std::move(*refined));
    }
    if (result == kNoType) {
      Type type;
      type.kind = tree.kind;
      type.name = tree.kind == Kind::kEnum || tree.kind == Kind::kString ? std::string() : tree.name;
      type.low = tree.low;
      type.high = tree.high;
      if (tree.kind == Kind::kString && type.low == 0) type.low = kUnboundedLow;
      type.precision = tree.precision;
      type.scale = tree.scale;
      std::vector<TypeId> parts;
      for (const TypeTree& part : tree.arguments) {
        parts.push_back(instantiate(declaration, part, bindings));
        if (parts.back() == kNoType) return kNoType;
      }
      if ((tree.kind == Kind::kList || tree.kind == Kind::kSet) && !parts.empty()) type.element = parts[0];
      if (tree.kind == Kind::kMap && parts.size() == 2) type.key = parts[0], type.element = parts[1];
      if (tree.kind == Kind::kRecord) {
        for (size_t i = 0; i < parts.size(); ++i) type.fields.push_back({tree.field_names[i], parts[i], false});
      }
      result = types().intern(std::move(type));
    }
  } else {
    return types().of(Kind::kInt);
  }
  return tree.nullable && !is_error(type(result)) ? types().nullable(result) : result;
}

void CallChecker::unify(const Declaration& declaration, const TypeTree& tree, TypeId actual, Bindings& bindings) {
  if (is_error(type(actual))) return;
  if (tree.form == TypeTree::Form::kVariable) {
    const int index = variable_index(declaration, tree.name);
    if (index < 0) return;
    TypeId& bound = bindings[static_cast<size_t>(index)];
    const TypeId own = with_keep(types(), tree.nullable ? types().non_null(actual) : actual, false);
    if (bound == kNoType) {
      bound = own;
      return;
    }
    const TypeId joined = join(types(), bound, own);
    if (joined != kNoType) bound = joined;
    return;
  }
  if (tree.form != TypeTree::Form::kKind) return;
  const Type& given = type(actual);
  if (given.kind != tree.kind) return;
  if ((tree.kind == Kind::kList || tree.kind == Kind::kSet) && !tree.arguments.empty()) {
    unify(declaration, tree.arguments[0], given.element, bindings);
  } else if (tree.kind == Kind::kMap && tree.arguments.size() == 2) {
    unify(declaration, tree.arguments[0], given.key, bindings);
    unify(declaration, tree.arguments[1], given.element, bindings);
  } else if (tree.kind == Kind::kRecord) {
    for (size_t i = 0; i < tree.field_names.size(); ++i) {
      for (const RecordField& field : given.fields) {
        if (field.name == tree.field_names[i]) unify(declaration, tree.arguments[i], field.type, bindings);
      }
    }
  }
}

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

bool CallChecker::assign_actuals(const Declaration& declaration, std::vector<Actual>& actuals, std::vector<std::vector<Actual*>>& by_parameter, Span span, Span close) {
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
        Diagnostic& finding = checker_.report(Code::E0101, actual.name.span, "`" + declaration.name + "` has no argument `" + actual.name.text + "`", "not known");
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
      checker_.report(Code::E0201, actual.span, "`" + declaration.name + "` takes " + std::to_string(count) + (count == 1 ? " argument" : " arguments"), "one too many");
      ok = false;
    }
  }
  std::string missing;
  for (size_t i = 0; i < count; ++i) {
    const Parameter& parameter = declaration.parameters[i];
    if (by_parameter[i].empty() && parameter.fallback.form == Literal::Form::kNone && !parameter.variadic) missing += (missing.empty() ? "`" : ", `") + parameter.name + "`";
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

void CallChecker::bind_constant(const Parameter& parameter, Actual& actual, BoundArgument& bound, bool& failed) {
  bound.source = BoundArgument::Source::kConstant;
  bound.expr = {frame_.module, actual.expr};
  if (parameter.type.form == TypeTree::Form::kWord) {
    const auto* name = actual.expr.valid() ? expr(actual.expr).get_if<syntax::NameExpr>() : nullptr;
    const auto& words = parameter.type.words;
    const auto it = name == nullptr ? words.end() : std::find(words.begin(), words.end(), name->name.text);
    if (it == words.end()) {
      std::string known;
      for (const std::string& word : words) known += (known.empty() ? "`" : ", `") + word + "`";
      Diagnostic& finding = checker_.report(Code::E0101, actual.span, "`" + parameter.name + "` is one of " + known, "not one of them");
      if (name != nullptr) analysis_.suggest(finding, name->name.text, name->name.span, {words.begin(), words.end()});
      failed = true;
      return;
    }
    ExprInfo& about = checker_.info(actual.expr);
    about.ref = Ref::kWord;
    about.index = static_cast<uint32_t>(it - words.begin());
    about.type = types().of(Kind::kInt);
    bound.type = types().of(Kind::kInt);
    bound.constant.form = Constant::Form::kInt;
    bound.constant.integer = static_cast<int64_t>(about.index);
    bound.constant.text = *it;
    return;
  }
  // `key: secret("X")` of a mask function, checked where masks are.
  const TypeId wanted = instantiate(*out_declaration_, parameter.type, Bindings(out_declaration_->type_parameters.size(), kNoType));
  bound.type = wanted;
  if (actual.piped) {
    checker_.report(Code::E0201, actual.span, "`" + parameter.name + "` has to be a constant", "not known before the run");
    failed = true;
    return;
  }
  infer(actual, wanted);
  if (is_error(type(actual.type))) {
    failed = true;
    return;
  }
  if (!fit_argument(actual, wanted, "`" + parameter.name + "` of `" + out_declaration_->name + "`", {})) {
    failed = true;
    return;
  }
  bound.constant = checker_.fold(actual.expr);
  if (!bound.constant.known()) {
    checker_.report(Code::E0201, actual.span, "`" + parameter.name + "` of `" + out_declaration_->name + "` has to be a constant", "not known before the run");
    failed = true;
  }
}

void CallChecker::bind_value(const Declaration& declaration, const Parameter& parameter, Actual& actual, BoundArgument& bound, Bindings& bindings, bool& failed) {
  const std::string subject = "`" + parameter.name + "` of `" + declaration.name + "`";
  const TypeId hint = instantiate(declaration, parameter.type, bindings);
  infer(actual, hint);
  if (is_error(type(actual.type))) {
    failed = true;
    return;
  }
  bound.source = actual.piped ? BoundArgument::Source::kPiped : BoundArgument::Source::kExpr;
  bound.expr = {frame_.module, actual.expr};
  TypeId own = actual.type;
  if (parameter.type.form == TypeTree::Form::kVariable) {
    const int index = variable_index(declaration, parameter.type.name);
    if (index >= 0) {
      const stdlib::Constraint constraint = declaration.type_parameters[static_cast<size_t>(index)].constraint;
      const bool strict = constraint == stdlib::Constraint::kOrdered || constraint == stdlib::Constraint::kEnum;
      if (strict && !parameter.type.nullable && type(own).nullable) {
        fit_argument(actual, types().non_null(own), subject, {});
        failed = true;
        return;
      }
      if (constraint == stdlib::Constraint::kEnum && type(own).kind != Kind::kEnum) {
        checker_.report(Code::E0201, actual.span, subject + " takes a value of an enum, this is " + kind_in_words(types(), own), analysis_.type_text(own));
        failed = true;
        return;
      }
      if (constraint == stdlib::Constraint::kOrdered) {
        const Kind kind = type(own).kind;
        if (kind == Kind::kList || kind == Kind::kMap || kind == Kind::kRecord || kind == Kind::kJson || kind == Kind::kScalar) {
          checker_.report(Code::E0201, actual.span, subject + " takes values that have an order, not " + kind_in_words(types(), own), analysis_.type_text(own));
          failed = true;
          return;
        }
      }
    }
  }
  const bool folds = declaration.name == "fold";
  unify(declaration, parameter.type, folds && parameter.type.form == TypeTree::Form::kVariable ? widened(types(), own) : own, bindings);
  TypeId wanted = instantiate(declaration, parameter.type, bindings);
  if (wanted == kNoType) wanted = own;
  // `decimal` in a signature is any decimal: the argument keeps its own digits.
  const auto any_decimal = [&](TypeId formal, TypeId given) {
    if (type(formal).kind != Kind::kDecimal || type(formal).precision != 0) return formal;
    TypeId exact = types().non_null(given);
    if (type(exact).kind == Kind::kInt) exact = decimal_of_int(types(), exact);
    if (type(exact).kind != Kind::kDecimal) return formal;
    return type(formal).nullable ? types().nullable(exact) : exact;
  };
  wanted = any_decimal(wanted, own);
  if (type(wanted).kind == Kind::kList && type(own).kind == Kind::kList) {
    const TypeId element = any_decimal(type(wanted).element, type(own).element);
    if (element != type(wanted).element) wanted = types().list(element);
  }
  if (!fit_argument(actual, wanted, subject, {})) {
    failed = true;
    return;
  }
  bound.type = wanted;
}

void CallChecker::bind_lambda(const Declaration& declaration, const Parameter& parameter, Actual& actual, BoundArgument& bound, Bindings& bindings, bool& failed) {
  syntax::ExprId id = actual.expr;
  while (id.valid() && expr(id).kind() == syntax::ExprKind::group) id = expr(id).as<syntax::GroupExpr>().inner;
  if (!id.valid() || expr(id).kind() != syntax::ExprKind::lambda) {
    if (actual.expr.valid() && !actual.inferred) infer(actual, kNoType);
    if (actual.piped || !is_error(type(actual.type))) {
      checker_.report(Code::E0201, actual.span, "`" + parameter.name + "` of `" + declaration.name + "` takes a function", "write `x -> ...`");
    }
    failed = true;
    return;
  }
  const auto& parts = parameter.type.arguments;
  std::vector<TypeId> parameters;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    TypeId own = instantiate(declaration, parts[i], bindings);
    if (own == kNoType) {
      own = error();
      failed = true;
    }
    parameters.push_back(own);
  }
  const TypeId hint = instantiate(declaration, parts.back(), bindings);
  const size_t failures = frame_.failures.size();
  const TypeId result = checker_.visit_lambda(id, parameters, hint);
  actual.inferred = true;
  (void)failures;  // a failure inside the lambda is a failure of the call: it stays pending at its own place
  bound.source = BoundArgument::Source::kExpr;
  bound.expr = {frame_.module, id};
  if (is_error(type(result))) {
    failed = true;
    return;
  }
  unify(declaration, parts.back(), result, bindings);
  const TypeId wanted = instantiate(declaration, parts.back(), bindings);
  const syntax::ExprId body = expr(id).as<syntax::LambdaExpr>().body;
  if (wanted != kNoType && body.valid()) {
    checker_.convert(body, {wanted, "what `" + parameter.name + "` of `" + declaration.name + "` gives", {}, {}});
    if (is_error(type(checker_.info(body).type))) failed = true;
    program_.lambdas[checker_.info(id).index].result = wanted;
  }
  Type function;
  function.kind = Kind::kFunction;
  function.element = wanted == kNoType ? result : wanted;
  for (const TypeId own : parameters) function.fields.push_back({"", own, false});
  bound.type = types().intern(std::move(function));
  actual.type = bound.type;
}

void CallChecker::bring_to_common_scale(const Declaration& declaration, std::vector<BoundArgument>& arguments) {
  if (!declaration.common_scale) return;
  TypeId common = kNoType;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (declaration.parameters[i].type.kind != Kind::kDecimal || declaration.parameters[i].constant || arguments[i].type == kNoType) continue;
    common = common == kNoType ? arguments[i].type : join(types(), common, arguments[i].type);
    if (common == kNoType) return;
  }
  if (common == kNoType) return;
  const uint8_t scale = type(common).scale;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (declaration.parameters[i].type.kind != Kind::kDecimal || declaration.parameters[i].constant || arguments[i].type == kNoType) continue;
    const Type& own = type(arguments[i].type);
    if (own.kind != Kind::kDecimal || own.scale == scale) continue;
    const Interval interval = rescaled(interval_of(own), own.scale, scale);
    arguments[i].type = decimal_within(types(), std::min(own.precision + scale - own.scale, 38), scale, interval);
  }
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
          if (actual->piped) bound.piped_first = true;
          else bound.rest.push_back({frame_.module, actual->expr});
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
    if (bound.source == BoundArgument::Source::kExpr && !fit_argument(*by_parameter[i][0], wanted, "`" + parameter.name + "` of `" + declaration.name + "`", {})) failed = true;
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
    checker_.report(Code::E0201, expr(id).span, "the type of `" + declaration.name + "(...)` cannot be told from its arguments", "say more about them");
    return error();
  }
  return result;
}

bool CallChecker::always_fails(const Declaration& declaration, const CallInfo& call, syntax::ExprId id) {
  std::vector<Constant> arguments;
  for (const BoundArgument& bound : call.arguments) {
    if (bound.source == BoundArgument::Source::kConstant) arguments.push_back(bound.constant);
    else if (bound.source == BoundArgument::Source::kExpr) arguments.push_back(checker_.fold(bound.expr.id));
    else return false;
    if (!arguments.back().known()) return false;
  }
  std::optional<std::string> text;
  if (evaluate_call(declaration, arguments, text) != Evaluated::kFails) return false;
  checker_.report(Code::E0304, expr(id).span, "this conversion always fails", failure_reason(declaration.name) + ", as here");
  return true;
}

void CallChecker::bind_type_name(const Declaration& declaration, const Parameter& parameter, Actual& actual, Bindings& bindings, bool& failed) {
  const int index = variable_index(declaration, parameter.type.name);
  std::string path;
  if (actual.expr.valid()) path = std::string(analysis_.sources.text(expr(actual.expr).span));
  syntax::Path name;
  name.span = actual.span;
  for (size_t at = 0; at <= path.size();) {
    const size_t dot = std::min(path.find('.', at), path.size());
    name.parts.push_back({path.substr(at, dot - at), actual.span});
    at = dot + 1;
  }
  const auto enumeration = analysis_.resolve(NameKind::kEnum, frame_.module, name, true);
  const auto schema = enumeration ? std::nullopt : analysis_.resolve(NameKind::kSchema, frame_.module, name, true);
  if (index < 0 || (!enumeration && !schema)) {
    Diagnostic& finding = checker_.report(Code::E0101, actual.span, "`" + parameter.name + "` of `" + declaration.name + "` is the name of a type", "no enum or schema is called so");
    analysis_.suggest(finding, path, actual.span, analysis_.names_of(NameKind::kEnum, frame_.module));
    failed = true;
    return;
  }
  ExprInfo& about = checker_.info(actual.expr);
  about.ref = Ref::kTypeName;
  TypeId own = kNoType;
  if (enumeration) {
    program_.enum_symbols[*enumeration].used = true;
    about.index = *enumeration;
    Type named;
    named.kind = Kind::kEnum;
    named.name = program_.enum_symbols[*enumeration].name;
    named.declaration = *enumeration;
    own = types().intern(std::move(named));
  } else {
    program_.schemas[*schema].used = true;
    own = program_.schemas[*schema].type;
  }
  about.type = own;
  actual.inferred = true;
  bindings[static_cast<size_t>(index)] = own;
}

}  // namespace mig::sema
