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

bool is_ordered(Kind kind) {
  switch (kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kString:
    case Kind::kUuid:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kEnum:
    case Kind::kPosition: return true;
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kZoned:
    case Kind::kPeriod:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return false;
  }
  return false;
}

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

int ExpressionChecker::truth_of_compare(syntax::CompareOp op, syntax::ExprId left, syntax::ExprId right) {
  using syntax::CompareOp;
  const Type& a = type(info(left).type);
  const Type& b = type(info(right).type);
  if (is_error(a) || is_error(b)) return -1;
  const bool equality = op == CompareOp::equal || op == CompareOp::not_equal;
  const int if_equal = op == CompareOp::equal ? 1 : 0;
  if (equality && is_null(b) && a.kind != Kind::kNever && !a.nullable) return 1 - if_equal;
  if (equality && is_null(a) && b.kind != Kind::kNever && !b.nullable) return 1 - if_equal;
  if (equality && is_null(a) && is_null(b)) return if_equal;
  if (a.nullable || b.nullable) return -1;
  if (equality && a.kind == Kind::kString && b.kind == Kind::kString && a.unit == b.unit && a.unit == LengthUnit::kCodePoints) {
    if (std::max<int64_t>(a.low, 0) > b.high || std::max<int64_t>(b.low, 0) > a.high) return 1 - if_equal;
  }
  if (!is_number(a) || !is_number(b)) return -1;
  const int scale = std::max(a.kind == Kind::kDecimal ? a.scale : 0, b.kind == Kind::kDecimal ? b.scale : 0);
  const Interval x = rescaled(interval_of(a), a.kind == Kind::kDecimal ? a.scale : 0, scale);
  const Interval y = rescaled(interval_of(b), b.kind == Kind::kDecimal ? b.scale : 0, scale);
  if (!x.has_low || !x.has_high || !y.has_low || !y.has_high) return -1;
  const bool below = x.high<y.low, above = x.low> y.high, at_most = x.high <= y.low, at_least = x.low >= y.high;
  switch (op) {
    case CompareOp::equal:
    case CompareOp::not_equal:
      if (below || above) return 1 - if_equal;
      if (at_most && at_least) return if_equal;
      return -1;
    case CompareOp::less: return below ? 1 : at_least ? 0 : -1;
    case CompareOp::less_equal: return at_most ? 1 : above ? 0 : -1;
    case CompareOp::greater: return above ? 1 : at_most ? 0 : -1;
    case CompareOp::greater_equal: return at_least ? 1 : below ? 0 : -1;
    case CompareOp::in:
    case CompareOp::not_in:
    case CompareOp::matches: return -1;
  }
  return -1;
}

TypeId ExpressionChecker::visit_compare(syntax::ExprId id) {
  using syntax::CompareOp;
  const auto& compare = expr(id).as<syntax::CompareExpr>();
  const TypeId boolean = types().of(Kind::kBool);
  if (!compare.left.valid() || !compare.right.valid()) return boolean;
  const bool equality = compare.op == CompareOp::equal || compare.op == CompareOp::not_equal;
  if (compare.op == CompareOp::matches) {
    infer(compare.left, types().of(Kind::kString));
    require_value(compare.left, "`matches`");
    const Type& subject = type(info(compare.left).type);
    if (!is_error(subject) && subject.kind != Kind::kString && !is_never(subject)) {
      report(Code::E0201, expr(compare.left).span,
             "a pattern is compared with text, this is " + kind_in_words(types(), info(compare.left).type),
             analysis_.type_text(info(compare.left).type));
    }
    infer(compare.right);
    const Constant pattern = fold(compare.right);
    if (pattern.form != Constant::Form::kText) {
      if (!is_error(type(info(compare.right).type)))
        report(Code::E0201, expr(compare.right).span, "a pattern is a constant text", "write r\"...\"");
      return boolean;
    }
    std::string problem;
    if (stdlib::prepare({stdlib::PreparedKind::kPattern, {}, {pattern.text}, {}, 0, 0}, problem) == nullptr) {
      report(Code::E0006, expr(compare.right).span, "the pattern cannot be read", problem);
    }
    return boolean;
  }
  const bool name_first = expr(compare.left).kind() == syntax::ExprKind::name &&
                          frame_.locals.count(expr(compare.left).as<syntax::NameExpr>().name.text) == 0 &&
                          expr(compare.right).kind() != syntax::ExprKind::name;
  const bool is_in = compare.op == CompareOp::in || compare.op == CompareOp::not_in;
  if (name_first && !is_in) {
    infer(compare.right);
    infer(compare.left, info(compare.right).type);
  } else {
    infer(compare.left);
    const TypeId left = info(compare.left).type;
    infer(compare.right, is_in && !is_error(type(left)) ? types().list(types().non_null(left)) : left);
  }
  TypeId left = info(compare.left).type, right = info(compare.right).type;
  if (is_error(type(left)) || is_error(type(right))) return boolean;
  if (is_in) {
    const Type& container = type(right);
    if (container.kind != Kind::kList && container.kind != Kind::kSet && container.kind != Kind::kMap) {
      report(Code::E0201, expr(compare.right).span, "`in` looks into a list, a set or the keys of a map", analysis_.type_text(right));
      return boolean;
    }
    require_value(compare.right, "`in`");
    right = container.kind == Kind::kMap ? container.key : container.element;
  }
  if (!equality && !is_in) {
    require_value(compare.left, "a comparison by order");
    require_value(compare.right, "a comparison by order");
    if (is_error(type(info(compare.left).type)) || is_error(type(info(compare.right).type))) return boolean;
  }
  if (type(left).may_keep || type(right).may_keep) {
    const bool asks = frame_.kind == FrameKind::kTest && equality;
    if (!asks) {
      const syntax::ExprId side = type(left).may_keep ? compare.left : compare.right;
      report(Code::E0319, expr(side).span, "`keep` is not a value that can be compared", "only tests ask whether a field was kept");
      return boolean;
    }
  }
  const TypeId common = join(types(), left, right);
  if (common == kNoType) {
    Diagnostic& finding =
        report(Code::E0201, compare.op_span, kind_in_words(types(), left) + " is never equal to " + kind_in_words(types(), right),
               "different kinds of values");
    finding.also(expr(compare.left).span, analysis_.type_text(left)).also(expr(compare.right).span, analysis_.type_text(right));
    return boolean;
  }
  info(id).operand = common;
  if (!equality && !is_in && !is_ordered(type(common).kind) && !is_never(type(common))) {
    report(Code::E0201, compare.op_span, kind_in_words(types(), common) + " has no order", "cannot be compared with `<`");
    return boolean;
  }
  if (equality && type(common).kind == Kind::kFloat) {
    report(Code::W0243, compare.op_span, "two floats are rarely equal", "compares all bits of the rounding")
        .help(Applicability::choose, "compare decimals, or compare the difference with a tolerance");
  }
  info(id).truth = is_in ? int8_t{-1} : static_cast<int8_t>(truth_of_compare(compare.op, compare.left, compare.right));
  return boolean;
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
