// Comparisons: what may be compared, and which are always true or false.
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
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kEnum:
    case Kind::kPosition: return true;
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kScalar:
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

}  // namespace

// Nothing in an expression has a memory, so what is written alike is equal.
bool ExpressionChecker::is_written_alike(syntax::ExprId left, syntax::ExprId right) {
  const auto inside = [&](syntax::ExprId id) {
    while (const auto* group = expr(id).get_if<syntax::GroupExpr>()) {
      if (!group->inner.valid()) break;
      id = group->inner;
    }
    return analysis_.sources.text(expr(id).span);
  };
  return inside(left) == inside(right);
}

int ExpressionChecker::truth_of_compare(syntax::CompareOp op, syntax::ExprId left, syntax::ExprId right) {
  using syntax::CompareOp;
  const Type& a = type(info(left).type);
  const Type& b = type(info(right).type);
  if (is_error(a) || is_error(b)) return -1;
  const bool equality = op == CompareOp::equal || op == CompareOp::not_equal;
  if (is_written_alike(left, right) && a.kind != Kind::kFloat && op != CompareOp::in && op != CompareOp::not_in) {
    return op == CompareOp::equal || op == CompareOp::less_equal || op == CompareOp::greater_equal ? 1 : 0;
  }
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
    const syntax::ExprId asked = is_keep(type(left)) ? compare.right : compare.left;
    const ExprInfo& field = info(asked);
    if (field.ref == Ref::kTargetField && frame_.target_schema != kNone &&
        !program_.schemas[frame_.target_schema].fields[field.index].optional) {
      report(Code::E0319, expr(asked).span, "a required field is never kept", "is always written")
          .also(program_.schemas[frame_.target_schema].fields[field.index].span, "declared here, without `?`");
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
  if ((equality || is_in) && type(common).kind == Kind::kFloat) {
    report(Code::W0243, compare.op_span, "two floats are rarely equal", "compares all bits of the rounding")
        .help(Applicability::choose, "compare decimals, or compare the difference with a tolerance");
  }
  info(id).truth = is_in ? int8_t{-1} : static_cast<int8_t>(truth_of_compare(compare.op, compare.left, compare.right));
  return boolean;
}

}  // namespace mig::sema
