// What conditions say about paths.
#include <algorithm>

#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"
#include "runtime/types/decimal.h"

namespace mig::sema {

namespace {

using syntax::CompareOp;

CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::less: return CompareOp::greater;
    case CompareOp::less_equal: return CompareOp::greater_equal;
    case CompareOp::greater: return CompareOp::less;
    case CompareOp::greater_equal: return CompareOp::less_equal;
    case CompareOp::equal:
    case CompareOp::not_equal:
    case CompareOp::in:
    case CompareOp::not_in:
    case CompareOp::matches: return op;
  }
  return op;
}

CompareOp opposite(CompareOp op) {
  switch (op) {
    case CompareOp::equal: return CompareOp::not_equal;
    case CompareOp::not_equal: return CompareOp::equal;
    case CompareOp::less: return CompareOp::greater_equal;
    case CompareOp::less_equal: return CompareOp::greater;
    case CompareOp::greater: return CompareOp::less_equal;
    case CompareOp::greater_equal: return CompareOp::less;
    case CompareOp::in: return CompareOp::not_in;
    case CompareOp::not_in: return CompareOp::in;
    case CompareOp::matches: return CompareOp::matches;
  }
  return op;
}

// The interval of values x of `own` for which `x op bound` holds, both at the same scale.
Interval restrict(Interval own, CompareOp op, int128 bound) {
  const auto at_least = [&](int128 low) {
    if (!own.has_low || own.low < low) own.low = low, own.has_low = true;
  };
  const auto at_most = [&](int128 high) {
    if (!own.has_high || own.high > high) own.high = high, own.has_high = true;
  };
  switch (op) {
    case CompareOp::equal: at_least(bound), at_most(bound); break;
    case CompareOp::less: at_most(bound - 1); break;
    case CompareOp::less_equal: at_most(bound); break;
    case CompareOp::greater: at_least(bound + 1); break;
    case CompareOp::greater_equal: at_least(bound); break;
    case CompareOp::not_equal:
      if (own.has_low && own.low == bound) own.low = bound + 1;
      if (own.has_high && own.high == bound) own.high = bound - 1;
      break;
    case CompareOp::in:
    case CompareOp::not_in:
    case CompareOp::matches: break;
  }
  return own;
}

TypeId narrow_number(TypeTable& types, TypeId id, CompareOp op, const Constant& constant) {
  const Type& type = types[id];
  const int scale = type.kind == Kind::kDecimal ? type.scale : 0;
  const int given = constant.form == Constant::Form::kInt ? 0 : constant.scale;
  int128 bound = constant.form == Constant::Form::kInt ? constant.integer : constant.decimal;
  if (given > scale || (type.kind == Kind::kDecimal && type.precision == 0)) return id;
  if (!decimal_rescale(bound, given, scale, Rounding::kDown, bound)) return id;
  const Interval narrowed = restrict(interval_of(type), op, bound);
  if (narrowed.low > narrowed.high) return id;
  Type result = type;
  const auto end = [](bool has, int128 value, int64_t open) {
    return has && value == static_cast<int64_t>(value) ? static_cast<int64_t>(value) : open;
  };
  if (type.kind == Kind::kInt) {
    result.low = end(narrowed.has_low, narrowed.low, type.low);
    result.high = end(narrowed.has_high, narrowed.high, type.high);
    return types.intern(std::move(result));
  }
  const bool nullable = type.nullable;
  const TypeId plain = decimal_within(types, type.precision, type.scale, narrowed);
  if (type.name.empty()) return nullable ? types.nullable(plain) : plain;
  result.low = types[plain].low;
  result.high = types[plain].high;
  return types.intern(std::move(result));
}

TypeId narrow_length(TypeTable& types, TypeId id, CompareOp op, int64_t bound) {
  Type result = types[id];
  Interval lengths{true, result.high != kUnboundedHigh, std::max<int64_t>(result.low, 0), result.high};
  lengths = restrict(lengths, op, bound);
  if (lengths.has_high && lengths.low > lengths.high) return id;
  result.low = lengths.low == 0 ? kUnboundedLow : static_cast<int64_t>(lengths.low);
  result.high = lengths.has_high ? static_cast<int64_t>(lengths.high) : kUnboundedHigh;
  return types.intern(std::move(result));
}

}  // namespace

void ExpressionChecker::assume(const std::vector<Fact>& facts, uint32_t statement) {
  for (const Fact& fact : facts) frame_.environment.assume(fact.path, fact.type, statement);
}

namespace {

// Facts that hold on both sides, with the hull of what they say.
std::vector<Fact> on_both(TypeTable& types, const std::vector<Fact>& a, const std::vector<Fact>& b) {
  std::vector<Fact> result;
  for (const Fact& fact : a) {
    for (auto it = b.rbegin(); it != b.rend(); ++it) {
      if (!(it->path == fact.path)) continue;
      const TypeId joined = join(types, fact.type, it->type);
      if (joined != kNoType) result.push_back({fact.path, joined});
      break;
    }
  }
  return result;
}

}  // namespace

namespace {

// `^` and `$` say nothing to a pattern that matches the whole text.
std::string_view without_anchors(std::string_view pattern) {
  if (pattern.find('|') != std::string_view::npos) return pattern;
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$') && !pattern.ends_with("\\$")) pattern.remove_suffix(1);
  return pattern;
}

}  // namespace

// The refined type with exactly this pattern, when the text's length fits it too.
TypeId ExpressionChecker::refined_by(TypeId own, const Constant& pattern) {
  const Type& text = type(own);
  if (pattern.form != Constant::Form::kText || text.kind != Kind::kString || text.nullable || !text.name.empty()) return kNoType;
  for (const TypeSymbol& symbol : program_.type_symbols) {
    if (symbol.type == kNoType || !symbol.condition.valid() || type(symbol.type).kind != Kind::kString) continue;
    const auto* compare = program_.tree(symbol.condition).get_if<syntax::CompareExpr>();
    if (compare == nullptr || compare->op != CompareOp::matches) continue;
    const auto* subject = program_.tree({symbol.condition.module, compare->left}).get_if<syntax::NameExpr>();
    const auto written = literal_text(program_.modules[symbol.condition.module].tree, compare->right);
    if (subject == nullptr || subject->name.text != "value" || !written) continue;
    if (without_anchors(*written) != without_anchors(pattern.text)) continue;
    Type base = type(symbol.type);
    base.name.clear();
    base.declaration = kNone;
    if (fit(types(), own, types().intern(std::move(base))) == Fit::kYes) return symbol.type;
  }
  return kNoType;
}

Facts ExpressionChecker::facts_of(syntax::ExprId id) {
  Facts facts;
  if (!id.valid()) return facts;
  const syntax::Expr& node = expr(id);
  if (const auto* group = node.get_if<syntax::GroupExpr>()) return facts_of(group->inner);
  if (const auto* negation = node.get_if<syntax::NotExpr>()) {
    facts = facts_of(negation->operand);
    std::swap(facts.when_true, facts.when_false);
    return facts;
  }
  if (const auto* logic = node.get_if<syntax::LogicExpr>()) {
    const bool conjunction = logic->op == syntax::LogicOp::conjunction;
    bool first = true;
    for (const syntax::ExprId operand : logic->operands) {
      Facts own = facts_of(operand);
      if (!conjunction) std::swap(own.when_true, own.when_false);
      // Now `when_true` adds up over the operands, `when_false` must hold on each.
      facts.when_true.insert(facts.when_true.end(), own.when_true.begin(), own.when_true.end());
      facts.when_false = first ? own.when_false : on_both(types(), facts.when_false, own.when_false);
      first = false;
    }
    if (!conjunction) std::swap(facts.when_true, facts.when_false);
    return facts;
  }
  const auto* compare = node.get_if<syntax::CompareExpr>();
  if (compare == nullptr || !compare->left.valid() || !compare->right.valid()) return facts;

  const auto about = [&](syntax::ExprId subject, CompareOp op, syntax::ExprId other) {
    const Type& other_type = type(info(other).type);
    const Constant constant = fold(other);
    if (const auto path = path_of(subject)) {
      const TypeId own = info(subject).type;
      if (is_error(type(own))) return;
      if (is_null(other_type)) {
        if (op == CompareOp::equal || op == CompareOp::not_equal) {
          (op == CompareOp::equal ? facts.when_false : facts.when_true).push_back({*path, types().non_null(own)});
        }
        return;
      }
      const auto side = [&](CompareOp holds, std::vector<Fact>& into) {
        TypeId result = own;
        const bool rules_out_null = holds == CompareOp::equal && !other_type.nullable && type(own).nullable;
        if (rules_out_null) result = types().non_null(result);
        const Kind kind = type(own).kind;
        const bool number = constant.form == Constant::Form::kInt || constant.form == Constant::Form::kDecimal;
        if ((kind == Kind::kInt || kind == Kind::kDecimal) && number && (!type(result).nullable || holds == CompareOp::not_equal)) {
          result = narrow_number(types(), result, holds, constant);
        } else if (kind == Kind::kString && constant.form == Constant::Form::kText && type(own).unit == LengthUnit::kCodePoints &&
                   type(own).name.empty()) {
          const Type& literal = type(info(other).type);
          if (holds == CompareOp::equal) result = narrow_length(types(), result, CompareOp::equal, literal.high);
          if (holds == CompareOp::not_equal && constant.text.empty()) result = narrow_length(types(), result, CompareOp::not_equal, 0);
        }
        if (result != own) into.push_back({*path, result});
      };
      side(op, facts.when_true);
      side(opposite(op), facts.when_false);
      return;
    }
    // `length(path) <= 120`, `path |> length <= 120`
    if (constant.form != Constant::Form::kInt) return;
    const syntax::Expr* call = &expr(subject);
    syntax::ExprId callee, argument;
    if (const auto* direct = call->get_if<syntax::CallExpr>(); direct != nullptr && direct->arguments.size() == 1) {
      callee = subject;
      argument = direct->arguments[0].value;
    } else if (const auto* pipe = call->get_if<syntax::PipeExpr>();
               pipe != nullptr && pipe->stages.size() == 1 && !pipe->stages[0].null_safe) {
      callee = pipe->stages[0].callee;
      argument = pipe->head;
    }
    if (!callee.valid() || info(callee).call == kNone) return;
    const CallInfo& target = program_.calls[info(callee).call];
    if (target.declaration == nullptr || (target.declaration->name != "length" && target.declaration->name != "count")) return;
    const auto path = path_of(argument);
    if (!path) return;
    const TypeId own = info(argument).type;
    const Kind kind = type(own).kind;
    if (type(own).nullable || (kind != Kind::kString && kind != Kind::kList)) return;
    if (kind == Kind::kString && (type(own).unit != LengthUnit::kCodePoints || !type(own).name.empty())) return;
    facts.when_true.push_back({*path, narrow_length(types(), own, op, constant.integer)});
    facts.when_false.push_back({*path, narrow_length(types(), own, opposite(op), constant.integer)});
  };

  if (compare->op == CompareOp::in || compare->op == CompareOp::not_in) {
    // A value found in a list without nulls is not null.
    const auto path = path_of(compare->left);
    const Type& container = type(info(compare->right).type);
    const TypeId own = info(compare->left).type;
    if (path && type(own).nullable && container.element != kNoType && !type(container.element).nullable) {
      (compare->op == CompareOp::in ? facts.when_true : facts.when_false).push_back({*path, types().non_null(own)});
    }
    return facts;
  }
  if (compare->op == CompareOp::matches) {
    const auto path = path_of(compare->left);
    const TypeId refined = path ? refined_by(info(compare->left).type, fold(compare->right)) : kNoType;
    if (refined != kNoType) facts.when_true.push_back({*path, refined});
    return facts;
  }
  about(compare->left, compare->op, compare->right);
  about(compare->right, mirrored(compare->op), compare->left);
  return facts;
}

}  // namespace mig::sema
