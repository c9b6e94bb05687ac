// Operators: arithmetic, comparison, membership, logic.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/lowering.h"

namespace mig::ir {

using syntax::ArithmeticOp;
using syntax::CompareOp;
using syntax::ExprKind;

namespace {

bool is_exact(Kind kind) { return kind == Kind::kDecimal || kind == Kind::kPercent; }
bool is_instant(Kind kind) { return kind == Kind::kTimestamp || kind == Kind::kDatetime; }

}  // namespace

/// What an operator of two values comes to when one of them never is: the element of an empty list, a refusal. kNone when both can be.
NodeId Lowering::never_of(NodeId left, NodeId right) {
  if (type_of(left).kind == Kind::kNever) return left;
  if (type_of(right).kind == Kind::kNever) return bind(temporary(out_.nodes[left].type), left, right);
  return kNone;
}

NodeId Lowering::combine(ArithmeticOp op, NodeId left, NodeId right, TypeId result, uint32_t where, Span span) {
  if (const NodeId never = never_of(left, right); never != kNone) return never;
  const Type a = type_of(left), b = type_of(right);
  const bool plus = op == ArithmeticOp::add;
  // The checker's type of a result knows its interval; without one it is the widest of its scale.
  const auto typed = [&](Kind kind, int scale) {
    if (result != kNoType && type(result).kind == kind && (kind == Kind::kInt || type(result).scale == scale)) return payload(result);
    return kind == Kind::kInt ? int_type() : out_.types.decimal(38, static_cast<uint8_t>(scale));
  };
  if (a.kind == Kind::kInt && b.kind == Kind::kInt && op != ArithmeticOp::divide) {
    return call(plus ? "int_add" : op == ArithmeticOp::subtract ? "int_sub" : "int_mul", typed(Kind::kInt, 0), {left, right}, where);
  }
  if (a.kind == Kind::kMoney && b.kind == Kind::kMoney && (plus || op == ArithmeticOp::subtract))
    return call(plus ? "money_add" : "money_sub", payload(out_.nodes[left].type), {left, right}, where);
  const bool exact = (is_exact(a.kind) || a.kind == Kind::kInt) && (is_exact(b.kind) || b.kind == Kind::kInt);
  if (exact && op == ArithmeticOp::multiply) {
    if (a.kind == Kind::kInt) left = convert_payload(left, out_.types.decimal(38, 0), span);
    if (b.kind == Kind::kInt) right = convert_payload(right, out_.types.decimal(38, 0), span);
    return call("decimal_mul", typed(Kind::kDecimal, a.scale + b.scale), {left, right}, where);
  }
  if (exact && op != ArithmeticOp::divide) {
    const TypeId common = typed(Kind::kDecimal, std::max(a.scale, b.scale));
    if (a.kind == Kind::kInt || a.scale != type(common).scale) left = convert_payload(left, common, span);
    if (b.kind == Kind::kInt || b.scale != type(common).scale) right = convert_payload(right, common, span);
    return call(plus ? "decimal_add" : "decimal_sub", common, {left, right}, where);
  }
  if (a.kind == Kind::kFloat && b.kind == Kind::kFloat) {
    const TypeId real = out_.types.of(Kind::kFloat);
    switch (op) {
      case ArithmeticOp::add: return call("real_add", real, {left, right});
      case ArithmeticOp::subtract: return call("real_sub", real, {left, right});
      case ArithmeticOp::multiply: return call("real_mul", real, {left, right});
      case ArithmeticOp::divide: return call("real_div", real, {left, right});
    }
  }
  const TypeId duration = out_.types.of(Kind::kDuration);
  if (a.kind == Kind::kDuration && b.kind == Kind::kDuration) {
    switch (op) {
      case ArithmeticOp::add: return call("int_add", duration, {left, right}, where);
      case ArithmeticOp::subtract: return call("int_sub", duration, {left, right}, where);
      case ArithmeticOp::multiply: break;
      case ArithmeticOp::divide: return call("duration_ratio", out_.types.of(Kind::kFloat), {left, right});
    }
  }
  if (is_instant(a.kind) && b.kind == Kind::kDuration && op != ArithmeticOp::multiply && op != ArithmeticOp::divide) {
    return call(plus ? "time_add" : "time_sub", out_.types.of(a.kind), {left, right}, where);
  }
  if (a.kind == Kind::kDuration && is_instant(b.kind) && plus) return call("time_add", out_.types.of(b.kind), {right, left}, where);
  if (is_instant(a.kind) && a.kind == b.kind && op == ArithmeticOp::subtract)
    return call("time_difference", duration, {left, right}, where);
  if (a.kind == Kind::kDate && b.kind == Kind::kDate && op == ArithmeticOp::subtract)
    return call("date_difference", duration, {left, right}, where);
  if (op == ArithmeticOp::multiply && (a.kind == Kind::kDuration || b.kind == Kind::kDuration)) {
    const bool swapped = b.kind == Kind::kDuration;
    NodeId factor = swapped ? left : right;
    if (type_of(factor).kind == Kind::kInt) factor = convert_payload(factor, out_.types.decimal(38, 0), span);
    if (is_exact(type_of(factor).kind)) {
      return call("duration_mul", duration, {swapped ? right : left, factor, number(type_of(factor).scale)}, where);
    }
  }
  if (op == ArithmeticOp::divide && a.kind == Kind::kDuration && b.kind == Kind::kInt)
    return call("duration_div", duration, {left, right}, where);
  return unsupported(span, fmt::format("this operator between {} and {}", out_.types.text(out_.nodes[left].type),
                                       out_.types.text(out_.nodes[right].type)));
}

NodeId Lowering::arithmetic(ExprRef ref, const syntax::ArithmeticExpr& expr, const sema::ExprInfo& known) {
  const Span span = tree(ref).span;
  const auto operand = [&](size_t i, TypeId wanted) { return expression_as(at(ref, expr.operands[i]), wanted); };
  if (type(known.type).kind == Kind::kNever) {
    NodeId value = operand(0, kNoType);
    for (size_t i = 1; i < expr.operands.size() && type_of(value).kind != Kind::kNever; ++i) {
      const NodeId next = operand(i, kNoType);
      const NodeId never = never_of(value, next);
      value = never == kNone ? next : never;
    }
    return value;
  }
  if (known.index == sema::kNone || known.index + expr.operators.size() > in_.arithmetic.size())
    return unsupported(span, "this arithmetic");
  const sema::ArithmeticStep* step = &in_.arithmetic[known.index];
  NodeId value = operand(0, step->left);
  for (size_t i = 0; i < expr.operators.size(); ++i, ++step) {
    const uint32_t where = step->may_overflow ? overflow_site(span, known.lineage) : kNone;
    value = combine(step->op, convert(value, step->left, span), operand(i + 1, step->right), step->result, where, span);
  }
  return convert(value, known.type, span);
}

NodeId Lowering::negate(ExprRef ref, const syntax::NegateExpr& expr, const sema::ExprInfo& known) {
  const Span span = tree(ref).span;
  const NodeId value = expression_as(at(ref, expr.operand), payload(known.type));
  if (is_constant(value)) {
    Constant& literal = out_.constants[out_.nodes[value].index];
    switch (storage_of(type_of(value).kind)) {
      case Storage::kInt: literal.cell.integer = -literal.cell.integer; return value;
      case Storage::kDecimal: literal.cell.decimal = -literal.cell.decimal; return value;
      case Storage::kReal: literal.cell.real = -literal.cell.real; return value;
      case Storage::kBool:
      case Storage::kText:
      case Storage::kList:
      case Storage::kMap:
      case Storage::kScalar: break;
    }
  }
  const Kind kind = type_of(value).kind;
  if (kind == Kind::kFloat) return call("real_neg", known.type, {value});
  if (is_exact(kind)) return call("decimal_neg", known.type, {value});
  if (kind == Kind::kInt || kind == Kind::kDuration)
    return call("int_neg", known.type, {value}, known.may_overflow ? overflow_site(span, known.lineage) : kNone);
  return unsupported(span, "the negative of this value");
}

NodeId Lowering::equal(NodeId left, NodeId right, Span span) {
  if (const NodeId never = never_of(left, right); never != kNone) return never;
  const Type a = type_of(left), b = type_of(right);
  const Storage storage = storage_of(a.kind);
  if (storage == Storage::kDecimal && a.kind != Kind::kUuid) {
    const TypeId common = out_.types.decimal(38, std::max(a.scale, b.scale));
    if (a.scale != b.scale || storage_of(b.kind) != Storage::kDecimal) {
      left = convert_payload(left, common, span);
      right = convert_payload(right, common, span);
    }
    return call("decimal_equal", bool_type(), {left, right});
  }
  if (storage == Storage::kInt && storage_of(b.kind) == Storage::kDecimal)
    return equal(convert_payload(left, out_.types.decimal(38, b.scale), span), right, span);
  switch (storage) {
    case Storage::kBool: return call("bool_equal", bool_type(), {left, right});
    case Storage::kInt: return call("int_equal", bool_type(), {left, right});
    case Storage::kReal: return call("real_equal", bool_type(), {left, right});
    case Storage::kDecimal: return call("decimal_equal", bool_type(), {left, right});
    case Storage::kText: return call("text_equal", bool_type(), {left, right});
    case Storage::kList:
    case Storage::kMap:
    case Storage::kScalar: break;
  }
  const TypeId own = out_.nodes[left].type;
  return call("cell_equal", bool_type(), {left, convert_payload(right, own, span), shape(own)});
}

NodeId Lowering::equal_nullable(NodeId left, NodeId right, Span span) {
  const TypeId a = out_.nodes[left].type, b = out_.nodes[right].type;
  if (out_.nodes[right].op == Op::kNull) return make(Op::kIsNull, bool_type(), left);
  if (out_.nodes[left].op == Op::kNull) return make(Op::kIsNull, bool_type(), right);
  if (!has_presence(a) && !has_presence(b)) return equal(left, right, span);
  const LocalId x = temporary(a), y = temporary(b);
  const auto value = [&](LocalId local) {
    const TypeId own = body_->locals[local];
    return has_presence(own) ? make(Op::kUnwrap, payload(own), read_local(local)) : read_local(local);
  };
  const auto is_null = [&](LocalId local) { return make(Op::kIsNull, bool_type(), read_local(local)); };
  NodeId result = equal(value(x), value(y), span);
  if (has_presence(b)) result = make(Op::kIf, bool_type(), is_null(y), boolean(false), result);
  if (has_presence(a)) {
    result = make(Op::kIf, bool_type(), is_null(x), has_presence(b) ? is_null(y) : boolean(false), result);
  }
  return bind(x, left, bind(y, right, result));
}

NodeId Lowering::less(NodeId left, NodeId right, bool or_equal, Span span) {
  if (const NodeId never = never_of(left, right); never != kNone) return never;
  const Type a = type_of(left), b = type_of(right);
  if (a.kind == Kind::kUuid) {
    return or_equal ? negated(call("uuid_less", bool_type(), {right, left})) : call("uuid_less", bool_type(), {left, right});
  }
  const bool exact = storage_of(a.kind) == Storage::kDecimal || storage_of(b.kind) == Storage::kDecimal;
  if (exact) {
    const TypeId common = out_.types.decimal(38, std::max(a.scale, b.scale));
    return call(or_equal ? "decimal_less_equal" : "decimal_less", bool_type(),
                {convert_payload(left, common, span), convert_payload(right, common, span)});
  }
  switch (storage_of(a.kind)) {
    case Storage::kBool:
      return or_equal ? negated(call("bool_less", bool_type(), {right, left})) : call("bool_less", bool_type(), {left, right});
    case Storage::kInt: return call(or_equal ? "int_less_equal" : "int_less", bool_type(), {left, right});
    case Storage::kReal: return call(or_equal ? "real_less_equal" : "real_less", bool_type(), {left, right});
    case Storage::kText: return call(or_equal ? "text_less_equal" : "text_less", bool_type(), {left, right});
    case Storage::kDecimal:
    case Storage::kList:
    case Storage::kMap:
    case Storage::kScalar: break;
  }
  const TypeId own = out_.nodes[left].type;
  const NodeId order = call("cell_compare", int_type(), {left, right, shape(own)});
  return call(or_equal ? "int_less_equal" : "int_less", bool_type(), {order, number(0)});
}

NodeId Lowering::compare(ExprRef ref, const syntax::CompareExpr& expr, const sema::ExprInfo& known) {
  const Span span = tree(ref).span;
  if (expr.op == CompareOp::in) return membership(ref, expr);
  if (expr.op == CompareOp::not_in) return negated(membership(ref, expr));
  const ExprRef left_ref = at(ref, expr.left), right_ref = at(ref, expr.right);
  if (expr.op == CompareOp::matches) {
    const NodeId value = expression(left_ref);
    stdlib::PreparedSpec spec;
    spec.kind = stdlib::PreparedKind::kPattern;
    const syntax::Expr& pattern = tree(right_ref);
    if (const auto* literal = pattern.get_if<syntax::StringExpr>()) {
      spec.texts = {literal->value};
    } else {
      return unsupported(pattern.span, "a pattern that is not a literal");
    }
    return call("text_matches", bool_type(), {convert(value, payload(out_.nodes[value].type), span), prepared(std::move(spec))});
  }
  const auto side = [&](ExprRef part) {
    const TypeId own = info(part).type;
    if (type(own).kind == Kind::kNever && has_presence(own)) return make(Op::kNull, or_null(out_.types.of(Kind::kBool)));
    if (known.operand == kNoType || type(known.operand).kind == Kind::kNever) return expression_as(part, own);
    return expression_as(part, has_presence(own) ? or_null(known.operand) : payload(known.operand));
  };
  const NodeId left = side(left_ref), right = side(right_ref);
  switch (expr.op) {
    case CompareOp::equal: return equal_nullable(left, right, span);
    case CompareOp::not_equal: return negated(equal_nullable(left, right, span));
    case CompareOp::less: return less(left, right, false, span);
    case CompareOp::less_equal: return less(left, right, true, span);
    case CompareOp::greater:
    case CompareOp::greater_equal: {
      const bool or_equal = expr.op == CompareOp::greater_equal;
      if (type_of(left).kind != Kind::kFloat) return negated(less(left, right, !or_equal, span));
      const LocalId x = temporary(out_.nodes[left].type);
      const LocalId y = temporary(out_.nodes[right].type);
      return bind(x, left, bind(y, right, less(read_local(y), read_local(x), or_equal, span)));
    }
    case CompareOp::in:
    case CompareOp::not_in:
    case CompareOp::matches: break;
  }
  return kNone;
}

NodeId Lowering::membership(ExprRef ref, const syntax::CompareExpr& expr) {
  const Span span = tree(ref).span;
  const ExprRef left_ref = at(ref, expr.left), right_ref = at(ref, expr.right);
  const NodeId left = expression(left_ref);
  const TypeId own = out_.nodes[left].type;
  const LocalId x = temporary(own);
  const TypeId bare = payload(own);
  const auto value = [&] { return has_presence(own) ? make(Op::kUnwrap, bare, read_local(x)) : read_local(x); };
  NodeId found = kNone;
  if (const auto* items = tree(right_ref).get_if<syntax::ListExpr>()) {
    std::vector<std::string> texts;
    for (const syntax::ExprId id : items->elements) {
      if (const auto* literal = tree(at(right_ref, id)).get_if<syntax::StringExpr>()) texts.push_back(literal->value);
    }
    if (texts.size() == items->elements.size() && texts.size() > 4 && storage_of(type(bare).kind) == Storage::kText) {
      stdlib::PreparedSpec spec;
      spec.kind = stdlib::PreparedKind::kTextSet;
      spec.texts = std::move(texts);
      found = call("text_in", bool_type(), {value(), prepared(std::move(spec))});
    } else {
      found = boolean(false);
      for (size_t i = items->elements.size(); i > 0; --i) {
        const ExprRef item = at(right_ref, items->elements[i - 1]);
        const TypeId wanted = type(info(item).type).kind == Kind::kInt && type(bare).kind != Kind::kInt ? bare : payload(info(item).type);
        const NodeId same = equal(value(), expression_as(item, wanted), span);
        found = i == items->elements.size() ? same : make(Op::kIf, bool_type(), same, boolean(true), found);
      }
    }
  } else {
    const NodeId right = expression(right_ref);
    const TypeId container = out_.nodes[right].type;
    if (type(container).kind == Kind::kMap) {
      found = call("map_has", bool_type(), {right, convert(value(), type(container).key, span), shape(type(container).key)});
    } else {
      found = call("list_contains", bool_type(), {right, convert(value(), type(container).element, span), shape(type(container).element)});
    }
  }
  if (has_presence(own)) found = make(Op::kIf, bool_type(), make(Op::kIsNull, bool_type(), read_local(x)), boolean(false), found);
  return bind(x, left, found);
}

NodeId Lowering::logic(ExprRef ref, const syntax::LogicExpr& expr) {
  NodeId result = expression_as(at(ref, expr.operands.back()), bool_type());
  std::vector<NodeId> firsts;
  for (size_t i = 0; i + 1 < expr.operands.size(); ++i) firsts.push_back(expression_as(at(ref, expr.operands[i]), bool_type()));
  for (size_t i = firsts.size(); i > 0; --i) {
    result = expr.op == syntax::LogicOp::conjunction ? make(Op::kIf, bool_type(), firsts[i - 1], result, boolean(false))
                                                     : make(Op::kIf, bool_type(), firsts[i - 1], boolean(true), result);
  }
  return result;
}

}  // namespace mig::ir
