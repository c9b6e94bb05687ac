// Arithmetic, comparison, logic.
#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/type_relations.h"
#include "runtime/types/decimal.h"
#include "stdlib/prepared.h"

namespace mig::sema {

namespace {

bool is_number(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal; }

const char* operator_text(syntax::ArithmeticOp op) {
  switch (op) {
    case syntax::ArithmeticOp::add: return "+";
    case syntax::ArithmeticOp::subtract: return "-";
    case syntax::ArithmeticOp::multiply: return "*";
    case syntax::ArithmeticOp::divide: return "/";
  }
  return "+";
}

}  // namespace

TypeId ExpressionChecker::visit_negate(syntax::ExprId id) {
  const syntax::ExprId operand = expr(id).as<syntax::NegateExpr>().operand;
  if (!operand.valid()) return error();
  if (expr(operand).kind() == syntax::ExprKind::integer || expr(operand).kind() == syntax::ExprKind::decimal) {
    // -9223372036854775808 is a literal, its digits alone are not.
    const Constant value = fold(id);
    if (value.form == Constant::Form::kInt) {
      info(operand).type = types().integer(value.integer == kUnboundedLow ? kUnboundedHigh : -value.integer,
                                           value.integer == kUnboundedLow ? kUnboundedHigh : -value.integer);
      return types().integer(value.integer, value.integer);
    }
  }
  infer(operand);
  require_value(operand, "`-`");
  const Type& actual = type(info(operand).type);
  switch (actual.kind) {
    case Kind::kInt: {
      bool overflows = false;
      const TypeId result = int_within(types(), negated(interval_of(actual)), overflows);
      info(id).may_overflow = overflows;
      return result;
    }
    case Kind::kDecimal:
      return actual.precision == 0 ? info(operand).type
                                   : decimal_within(types(), actual.precision, actual.scale, negated(interval_of(actual)));
    case Kind::kFloat:
    case Kind::kDuration:
    case Kind::kPeriod: return info(operand).type;
    case Kind::kBool:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kZoned:
    case Kind::kEnum:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: break;
  }
  if (!is_error(actual))
    report(Code::E0201, expr(operand).span, kind_in_words(types(), info(operand).type) + " has no negative",
           analysis_.type_text(info(operand).type));
  return error();
}

ArithmeticStep ExpressionChecker::arithmetic(syntax::ArithmeticOp op, Span span, TypeId left, Span left_span, TypeId right,
                                             Span right_span) {
  using syntax::ArithmeticOp;
  ArithmeticStep step{op, left, right, error(), false};
  const bool additive = op == ArithmeticOp::add || op == ArithmeticOp::subtract;
  const Type& a = type(left);
  const Type& b = type(right);
  if (is_error(a) || is_error(b)) return step;
  const auto kinds = [&](Kind x, Kind y) { return a.kind == x && b.kind == y; };
  const auto give = [&](Kind kind) {
    step.result = types().of(kind);
    step.may_overflow = true;
    return step;
  };

  if (kinds(Kind::kInt, Kind::kInt) && op != ArithmeticOp::divide) {
    const Interval x = interval_of(a), y = interval_of(b);
    const Interval result = op == ArithmeticOp::multiply ? product_of(x, y) : sum_of(x, op == ArithmeticOp::subtract ? negated(y) : y);
    step.result = int_within(types(), result, step.may_overflow);
    return step;
  }
  if (is_number(a) && is_number(b) && op != ArithmeticOp::divide) {
    if ((a.kind == Kind::kDecimal && a.precision == 0) || (b.kind == Kind::kDecimal && b.precision == 0)) return step;
    const TypeId wide_left = a.kind == Kind::kInt ? decimal_of_int(types(), left) : left;
    const TypeId wide_right = b.kind == Kind::kInt ? decimal_of_int(types(), right) : right;
    const Type& x = type(wide_left);
    const Type& y = type(wide_right);
    const int scale = additive ? std::max(x.scale, y.scale) : x.scale + y.scale;
    int precision = additive ? std::max(x.precision - x.scale, y.precision - y.scale) + scale + 1 : x.precision + y.precision;
    Interval result;
    if (additive) {
      const Interval ends = rescaled(interval_of(y), y.scale, scale);
      result = sum_of(rescaled(interval_of(x), x.scale, scale), op == ArithmeticOp::subtract ? negated(ends) : ends);
    } else {
      result = product_of(interval_of(x), interval_of(y));
    }
    if (precision > kMaxDecimalDigits) {
      const int needed = std::max(digits_of(result), scale);
      // Totals of a run are as wide as decimals get; their overflow is MIG001.
      const bool totals = additive && (frame_.kind == FrameKind::kCheck || frame_.kind == FrameKind::kGate);
      if ((needed > kMaxDecimalDigits && !totals) || scale > kMaxDecimalDigits) {
        Diagnostic& finding = report(Code::E0241, span, "the exact result needs " + std::to_string(precision) + " digits, decimals have 38",
                                     analysis_.type_text(left) + " " + operator_text(op) + " " + analysis_.type_text(right));
        const bool round_left = x.precision >= y.precision;
        const Span wide = round_left ? left_span : right_span;
        finding.help(Applicability::choose, "round the longer number first", {{wide.start(), "round_to("}, {wide.after(), ", 6)"}});
        return step;
      }
      precision = kMaxDecimalDigits;
    }
    if (additive) {
      // Both sides at the common scale.
      const auto at_scale = [&](const Type& t, TypeId own) {
        if (t.scale == scale) return own;
        return decimal_within(types(), std::min(t.precision + scale - t.scale, kMaxDecimalDigits), scale,
                              rescaled(interval_of(t), t.scale, scale));
      };
      step.left = at_scale(x, wide_left);
      step.right = at_scale(y, wide_right);
    } else {
      step.left = wide_left;
      step.right = wide_right;
    }
    step.result = decimal_within(types(), precision, scale, result);
    step.may_overflow = digits_of(result) > kMaxDecimalDigits;
    return step;
  }
  if (kinds(Kind::kFloat, Kind::kFloat)) return give(Kind::kFloat);
  if (kinds(Kind::kDuration, Kind::kDuration) && additive) return give(Kind::kDuration);
  if (kinds(Kind::kDuration, Kind::kDuration) && op == ArithmeticOp::divide) return give(Kind::kFloat);
  if (a.kind == Kind::kDuration && is_number(b) && (op == ArithmeticOp::multiply || op == ArithmeticOp::divide))
    return give(Kind::kDuration);
  if (is_number(a) && b.kind == Kind::kDuration && op == ArithmeticOp::multiply) return give(Kind::kDuration);
  const bool instant = a.kind == Kind::kTimestamp || a.kind == Kind::kDatetime;
  if (instant && b.kind == Kind::kDuration && additive) return give(a.kind);
  if ((instant || a.kind == Kind::kDate) && a.kind == b.kind && op == ArithmeticOp::subtract) return give(Kind::kDuration);
  if (kinds(Kind::kMoney, Kind::kMoney) && additive) {
    if (!a.name.empty() && !b.name.empty() && a.name != b.name) {
      report(Code::E0201, span, "amounts in " + a.name + " and " + b.name + " cannot be added", "two currencies")
          .also(left_span, a.name)
          .also(right_span, b.name)
          .help(Applicability::choose, "`convert` one of them first");
      return step;
    }
    step.result = left;
    step.may_overflow = true;
    return step;
  }
  if (a.kind == Kind::kString && b.kind == Kind::kString && op == ArithmeticOp::add) {
    const auto text_of = [&](Span s) { return std::string(analysis_.sources.text(s)); };
    const auto piece = [&](Span s) {
      const std::string text = text_of(s);
      if (text.size() >= 2 && text.front() == '"' && text.find_first_of("{}") == std::string::npos) return text.substr(1, text.size() - 2);
      return "{" + text + "}";
    };
    Diagnostic& finding = report(Code::E0218, span, "texts are not added with `+`", "text + text");
    if (text_of(left_span).find('{') == std::string::npos && text_of(right_span).find_first_of("{\"") == std::string::npos) {
      finding.help(Applicability::automatic, "write an f-string",
                   {{Span::join(left_span, right_span), "f\"" + piece(left_span) + piece(right_span) + "\""}});
    } else {
      finding.help(Applicability::choose, "write an f-string, or `concat(a, b)`");
    }
    step.result = error();
    return step;
  }
  if (op == ArithmeticOp::divide && is_number(a) && is_number(b)) {
    report(Code::E0201, span, "`/` does not say how many digits the result keeps", "division of exact numbers")
        .also(left_span, analysis_.type_text(left))
        .also(right_span, analysis_.type_text(right))
        .help(Applicability::choose, "say it with `div`",
              {{left_span.start(), "div("}, {Span{span.file, left_span.end, right_span.begin}, ", "}, {right_span.after(), ", scale: 2)"}});
    return step;
  }
  Diagnostic& finding = report(
      Code::E0201, span,
      std::string("`") + operator_text(op) + "` does not work on " + kind_in_words(types(), left) + " and " + kind_in_words(types(), right),
      "no such operation");
  finding.also(left_span, analysis_.type_text(left)).also(right_span, analysis_.type_text(right));
  if ((instant || a.kind == Kind::kDate) && (b.kind == Kind::kPeriod || b.kind == Kind::kDuration)) {
    finding.help(Applicability::choose, "use `add(...)`: a calendar date moves by its own rules");
  } else if (a.kind == Kind::kString || b.kind == Kind::kString) {
    finding.help(Applicability::choose, "read the text as a number first, for example with `parse_decimal`");
  } else if (a.kind == Kind::kFloat || b.kind == Kind::kFloat) {
    finding.help(Applicability::choose, "`to_float` and `from_float` convert between exact numbers and floats");
  }
  return step;
}

TypeId ExpressionChecker::visit_arithmetic(syntax::ExprId id) {
  const auto& chain = expr(id).as<syntax::ArithmeticExpr>();
  TypeId result = error();
  Span so_far;
  std::vector<ArithmeticStep> steps;
  const Span whole = expr(id).span;
  for (size_t i = 0; i < chain.operands.size(); ++i) {
    const syntax::ExprId operand = chain.operands[i];
    if (!operand.valid()) return error();
    infer(operand);
    require_value(operand, std::string("`") + operator_text(chain.operators[i == 0 ? 0 : i - 1].op) + "`");
    const Span operand_span = expr(operand).span;
    if (i == 0) {
      result = info(operand).type;
      so_far = operand_span;
      continue;
    }
    if (is_never(type(result)) || is_never(type(info(operand).type))) {
      result = types().of(Kind::kNever);
    } else {
      steps.push_back(arithmetic(chain.operators[i - 1].op, chain.operands.size() == 2 ? whole : Span::join(so_far, operand_span), result,
                                 so_far, info(operand).type, operand_span));
      result = steps.back().result;
      info(id).may_overflow |= steps.back().may_overflow;
    }
    so_far = Span::join(so_far, operand_span);
  }
  info(id).index = static_cast<uint32_t>(program_.arithmetic.size());
  program_.arithmetic.insert(program_.arithmetic.end(), steps.begin(), steps.end());
  return result;
}

TypeId ExpressionChecker::visit_logic(syntax::ExprId id) {
  const auto& logic = expr(id).as<syntax::LogicExpr>();
  const bool conjunction = logic.op == syntax::LogicOp::conjunction;
  const size_t mark = frame_.environment.mark();
  int truth = conjunction ? 1 : 0;
  for (const syntax::ExprId operand : logic.operands) {
    if (!operand.valid()) continue;
    check_condition(operand, conjunction ? "an operand of `and`" : "an operand of `or`");
    const Facts facts = facts_of(operand);
    assume(conjunction ? facts.when_true : facts.when_false);
    const int own = info(operand).truth;
    if (own >= 0 && own != (conjunction ? 1 : 0))
      truth = own;
    else if (own < 0 && truth == (conjunction ? 1 : 0))
      truth = -1;
  }
  frame_.environment.restore(mark);
  info(id).truth = static_cast<int8_t>(truth);
  return types().of(Kind::kBool);
}

}  // namespace mig::sema
