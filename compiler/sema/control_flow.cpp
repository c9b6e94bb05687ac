// Pipes, `??`, `catch`, `if`, lambdas.
#include "compiler/sema/calls.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

TypeId ExpressionChecker::visit_pipe(syntax::ExprId id, TypeId hint) {
  const auto& pipe = expr(id).as<syntax::PipeExpr>();
  TypeId current = infer(pipe.head);
  Span before = pipe.head.valid() ? expr(pipe.head).span : expr(id).span;
  for (size_t i = 0; i < pipe.stages.size(); ++i) {
    const syntax::PipeStage& stage = pipe.stages[i];
    if (!stage.callee.valid()) return error();
    const bool last = i + 1 == pipe.stages.size();
    const bool lifts = stage.null_safe && type(current).nullable;
    if (is_error(type(current))) {
      CallChecker(*this).visit_arguments_only(stage.callee);
      continue;
    }
    if (type(current).may_keep) {
      report(Code::E0319, before, "`keep` cannot be passed to a function", "may be `keep`");
      current = error();
      continue;
    }
    Piped piped;
    piped.type = stage.null_safe ? types().non_null(current) : current;
    piped.span = before;
    piped.null_safe = stage.null_safe;
    if (is_null(type(current))) piped.type = types().of(Kind::kNever);
    const TypeId result = CallChecker(*this).stage(stage.callee, piped, last ? hint : kNoType);
    current = lifts && !is_error(type(result)) ? types().nullable(result) : result;
    before = Span::join(before, expr(stage.callee).span);
  }
  return current;
}

TypeId ExpressionChecker::hint_of(TypeId branch) {
  const Kind kind = type(branch).kind;
  return kind == Kind::kEnum || kind == Kind::kMap ? branch : kNoType;
}

bool ExpressionChecker::branches_differ(TypeId a, Span a_span, TypeId b, Span b_span, std::string_view what) {
  if (join(types(), a, b) != kNoType) return false;
  const bool wide =
      (type(a).kind == Kind::kDecimal || type(a).kind == Kind::kInt) && (type(b).kind == Kind::kDecimal || type(b).kind == Kind::kInt);
  if (wide) {
    report(Code::E0241, b_span, "no decimal of 38 digits holds both values", analysis_.type_text(b)).also(a_span, analysis_.type_text(a));
    return true;
  }
  report(Code::E0201, b_span,
         std::string(what) + " gives " + kind_in_words(types(), a) + " on one side and " + kind_in_words(types(), b) + " on the other",
         analysis_.type_text(b))
      .also(a_span, analysis_.type_text(a));
  return true;
}

TypeId ExpressionChecker::visit_coalesce(syntax::ExprId id, TypeId hint) {
  const auto& node = expr(id).as<syntax::CoalesceExpr>();
  if (!node.value.valid() || !node.fallback.valid()) return error();
  const TypeId left = infer(node.value, hint == kNoType ? kNoType : types().nullable(hint));
  const TypeId present = types().non_null(left);
  if (!is_error(type(left)) && !type(left).nullable && !is_never(type(left))) {
    report(Code::W0312, node.op, "`??` on a value that is never null", "the right side is never used")
        .also(expr(node.value).span, analysis_.type_text(left))
        .help(Applicability::automatic, "remove it", {{Span{node.op.file, expr(node.value).span.end, expr(node.fallback).span.end}, ""}});
    info(id).needless = true;
  }
  const size_t mark = frame_.environment.mark();
  const TypeId right = infer(node.fallback, hint != kNoType ? hint : present);
  frame_.environment.restore(mark);
  if (is_error(type(left)) || is_error(type(right))) return error();
  if (branches_differ(present, expr(node.value).span, right, expr(node.fallback).span, "`??`")) return error();
  const TypeId result = join(types(), is_null(type(left)) ? types().of(Kind::kNever) : present, right);
  info(node.value).wanted = result;
  info(node.fallback).wanted = result;
  return result;
}

TypeId ExpressionChecker::visit_catch(syntax::ExprId id, TypeId hint) {
  const auto& node = expr(id).as<syntax::CatchExpr>();
  if (!node.value.valid() || !node.handler.valid()) return error();
  const size_t before = frame_.failures.size();
  const TypeId value = infer(node.value, hint);
  const bool fails = frame_.failures.size() > before;
  frame_.failures.resize(before);
  if (!fails && !is_error(type(value))) {
    report(Code::W0303, node.op, "`catch` on something that cannot fail", "the right side is never used")
        .help(Applicability::automatic, "remove it", {{Span{node.op.file, expr(node.value).span.end, expr(node.handler).span.end}, ""}});
    info(id).needless = true;
  }
  const TypeId handler = infer(node.handler, hint != kNoType ? hint : value);
  if (is_error(type(value)) || is_error(type(handler))) return error();
  if (branches_differ(value, expr(node.value).span, handler, expr(node.handler).span, "`catch`")) return error();
  const TypeId result = join(types(), value, handler);
  info(node.value).wanted = result;
  info(node.handler).wanted = result;
  return result;
}

TypeId ExpressionChecker::visit_if(syntax::ExprId id, TypeId hint) {
  const auto& node = expr(id).as<syntax::IfExpr>();
  check_condition(node.condition, "a condition");
  if (node.condition.valid() && info(node.condition).truth >= 0 && !is_error(type(info(node.condition).type))) {
    const bool holds = info(node.condition).truth == 1;
    report(Code::W0521, expr(node.condition).span, std::string("this condition is always ") + (holds ? "true" : "false"),
           holds ? "the `else` side is never used" : "the `then` side is never used");
  }
  const Facts facts = facts_of(node.condition);
  const size_t mark = frame_.environment.mark();
  assume(facts.when_true);
  TypeId yes = infer(node.consequence, hint);
  frame_.environment.restore(mark);
  assume(facts.when_false);
  const TypeId no = infer(node.otherwise, hint != kNoType ? hint : hint_of(yes));
  frame_.environment.restore(mark);
  if (!node.consequence.valid() || !node.otherwise.valid() || is_error(type(yes)) || is_error(type(no))) return error();
  if (branches_differ(yes, expr(node.consequence).span, no, expr(node.otherwise).span, "`if`")) return error();
  const TypeId result = join(types(), yes, no);
  info(node.consequence).wanted = result;
  info(node.otherwise).wanted = result;
  return result;
}

void ExpressionChecker::check_filter(syntax::ExprId id, TypeId record) {
  const TypeId result = visit_lambda(id, {record}, types().of(Kind::kBool));
  if (!is_error(type(result)) && (type(result).kind != Kind::kBool || type(result).nullable)) {
    report(Code::E0201, expr(expr(id).as<syntax::LambdaExpr>().body).span, "a filter answers true or false", analysis_.type_text(result));
  }
}

TypeId ExpressionChecker::visit_lambda(syntax::ExprId id, const std::vector<TypeId>& parameters, TypeId result_hint) {
  const auto& lambda = expr(id).as<syntax::LambdaExpr>();
  if (lambda.parameters.size() != parameters.size()) {
    report(Code::E0201, expr(id).span,
           "this function takes " + std::to_string(lambda.parameters.size()) + (lambda.parameters.size() == 1 ? " value" : " values") +
               ", it is given " + std::to_string(parameters.size()),
           "wrong number of parameters");
    return error();
  }
  LambdaInfo about;
  const size_t scope = frame_.scope.size();
  const uint32_t lineage = effects_.lineage, labels = effects_.labels;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const uint32_t local = add_local(lambda.parameters[i], LocalKind::kLambda, parameters[i]);
    program_.locals[local].lineage = lineage;
    program_.locals[local].labels = labels;
    program_.locals[local].statement = kNone;
    about.locals.push_back(local);
  }
  const TypeId result = infer(lambda.body, result_hint);
  close_scope(scope);
  about.result = result;
  info(id).index = static_cast<uint32_t>(program_.lambdas.size());
  info(id).type = result;
  info(id).lineage = effects_.lineage;
  program_.lambdas.push_back(std::move(about));
  return result;
}

}  // namespace mig::sema
