// Arguments of standard-library calls: type variables, constants and words, values, lambdas, names of types.
#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"
#include "stdlib/json_shape.h"

namespace mig::sema {

using stdlib::Declaration;
using stdlib::Parameter;
using stdlib::TypeTree;

namespace {

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

std::optional<std::string> CallChecker::secret_name(syntax::ExprId id) {
  const auto* call = expr(id).get_if<syntax::CallExpr>();
  const auto* callee = call == nullptr || !call->callee.valid() ? nullptr : expr(call->callee).get_if<syntax::NameExpr>();
  if (callee == nullptr || callee->name.text != "secret") return std::nullopt;
  checker_.info(id).type = types().of(Kind::kString);
  const auto name = call->arguments.size() == 1 ? literal_text(checker_.tree(), call->arguments[0].value) : std::nullopt;
  if (!name) checker_.report(Code::E0201, expr(id).span, "`secret` takes the name of a secret", "write `secret(\"NAME\")`");
  return name.value_or("");
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
  // `key: secret("X")` of a mask: known when the run begins, and to nobody before.
  if (const auto secret = frame_.kind == FrameKind::kMask && actual.expr.valid() ? secret_name(actual.expr) : std::nullopt) {
    bound.source = BoundArgument::Source::kSecret;
    bound.constant.text = *secret;
    bound.type = types().of(Kind::kString);
    return;
  }
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
    checker_.report(Code::E0201, actual.span, "`" + parameter.name + "` of `" + out_declaration_->name + "` has to be a constant",
                    "not known before the run");
    failed = true;
  }
}

void CallChecker::bind_value(const Declaration& declaration, const Parameter& parameter, Actual& actual, BoundArgument& bound,
                             Bindings& bindings, bool& failed) {
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
        checker_.report(Code::E0201, actual.span, subject + " takes a value of an enum, this is " + kind_in_words(types(), own),
                        analysis_.type_text(own));
        failed = true;
        return;
      }
      if (constraint == stdlib::Constraint::kOrdered) {
        const Kind kind = type(own).kind;
        if (kind == Kind::kList || kind == Kind::kMap || kind == Kind::kRecord || kind == Kind::kJson || kind == Kind::kScalar) {
          checker_.report(Code::E0201, actual.span, subject + " takes values that have an order, not " + kind_in_words(types(), own),
                          analysis_.type_text(own));
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

void CallChecker::bind_lambda(const Declaration& declaration, const Parameter& parameter, Actual& actual, BoundArgument& bound,
                              Bindings& bindings, bool& failed) {
  syntax::ExprId id = actual.expr;
  while (id.valid() && expr(id).kind() == syntax::ExprKind::group) id = expr(id).as<syntax::GroupExpr>().inner;
  if (!id.valid() || expr(id).kind() != syntax::ExprKind::lambda) {
    if (actual.expr.valid() && !actual.inferred) infer(actual, kNoType);
    if (actual.piped || !is_error(type(actual.type))) {
      checker_.report(Code::E0201, actual.span, "`" + parameter.name + "` of `" + declaration.name + "` takes a function",
                      "write `x -> ...`");
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
    if (declaration.parameters[i].type.kind != Kind::kDecimal || declaration.parameters[i].constant || arguments[i].type == kNoType)
      continue;
    common = common == kNoType ? arguments[i].type : join(types(), common, arguments[i].type);
    if (common == kNoType) return;
  }
  if (common == kNoType) return;
  const uint8_t scale = type(common).scale;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (declaration.parameters[i].type.kind != Kind::kDecimal || declaration.parameters[i].constant || arguments[i].type == kNoType)
      continue;
    const Type& own = type(arguments[i].type);
    if (own.kind != Kind::kDecimal || own.scale == scale) continue;
    const Interval interval = rescaled(interval_of(own), own.scale, scale);
    arguments[i].type = decimal_within(types(), std::min(own.precision + scale - own.scale, 38), scale, interval);
  }
}

void CallChecker::bind_type_name(const Declaration& declaration, const Parameter& parameter, Actual& actual, Bindings& bindings,
                                 bool& failed) {
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
    Diagnostic& finding =
        checker_.report(Code::E0101, actual.span, "`" + parameter.name + "` of `" + declaration.name + "` is the name of a type",
                        "no enum or schema is called so");
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
  const bool decoded = std::any_of(
      declaration.intrinsic_arguments.begin(), declaration.intrinsic_arguments.end(), [&](const stdlib::IntrinsicArgument& made) {
        return made.prepared == stdlib::PreparedKind::kShape && made.number == stdlib::kToBeDecoded && made.variable == parameter.type.name;
      });
  if (!decoded || stdlib::json_holds(types(), own)) return;
  if (!is_error(type(own)))
    checker_.report(Code::E0201, actual.span, "JSON holds no value of `" + path + "`", "money and periods have no form in JSON");
  failed = true;
}

}  // namespace mig::sema
