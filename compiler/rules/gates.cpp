// W0905: gates, expectations and tolerances that nothing can fail.
#include <algorithm>
#include <optional>

#include "compiler/rules/number_range.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"
#include "runtime/types/decimal.h"

namespace mig::rules {

namespace {

// `a <= 100%`, `a >= 0`: the constant's place when the comparison holds for every rate or count.
struct AlwaysTrue {
  Span place;
  std::string why;
};

// The number times 100 for a percent literal, the number itself for an integer.
bool read_number(const syntax::Expr& expr, double& number, bool& percent) {
  percent = false;
  if (const auto* written = expr.get_if<syntax::PercentExpr>()) {
    percent = true;
    number = std::strtod(written->text.c_str(), nullptr);
    return true;
  }
  if (const auto* written = expr.get_if<syntax::IntExpr>()) {
    number = std::strtod(written->digits.c_str(), nullptr);
    return true;
  }
  return false;
}

bool is_rate(const syntax::Module& tree, syntax::ExprId id) {
  const auto* call = tree[without_groups(tree, id)].get_if<syntax::CallExpr>();
  const auto* name = call == nullptr || !call->callee.valid() ? nullptr : tree[call->callee].get_if<syntax::NameExpr>();
  return name != nullptr && (name->name.text == "rate" || name->name.text == "null_rate" || name->name.text == "duplicate_rate" ||
                             name->name.text == "parity");
}
bool is_count(const syntax::Module& tree, syntax::ExprId id) {
  const auto* call = tree[without_groups(tree, id)].get_if<syntax::CallExpr>();
  const auto* name = call == nullptr || !call->callee.valid() ? nullptr : tree[call->callee].get_if<syntax::NameExpr>();
  return name != nullptr && (name->name.text == "count" || name->name.text == "distinct" || name->name.text == "clean_runs" ||
                             name->name.text == "max_length");
}

syntax::CompareOp mirrored(syntax::CompareOp op) {
  switch (op) {
    case syntax::CompareOp::less: return syntax::CompareOp::greater;
    case syntax::CompareOp::less_equal: return syntax::CompareOp::greater_equal;
    case syntax::CompareOp::greater: return syntax::CompareOp::less;
    case syntax::CompareOp::greater_equal: return syntax::CompareOp::less_equal;
    case syntax::CompareOp::equal:
    case syntax::CompareOp::not_equal:
    case syntax::CompareOp::in:
    case syntax::CompareOp::not_in:
    case syntax::CompareOp::matches: break;
  }
  return op;
}

// A rate or count on the left, a number on the right.
bool holds_always(const syntax::Module& tree, syntax::ExprId measure, syntax::CompareOp op, syntax::ExprId limit, AlwaysTrue& found) {
  double number = 0;
  bool percent = false;
  if (!read_number(tree[without_groups(tree, limit)], number, percent)) return false;
  const Span place = tree[limit].span;
  const bool rate = is_rate(tree, measure), count = is_count(tree, measure);
  if (!rate && !count) return false;
  if (op == syntax::CompareOp::greater_equal && number <= 0) {
    found = {place, rate ? "no rate is below 0%" : "no count is below 0"};
    return true;
  }
  if (rate && percent && ((op == syntax::CompareOp::less_equal && number >= 100) || (op == syntax::CompareOp::less && number > 100))) {
    found = {place, "no rate is above 100%"};
    return true;
  }
  return false;
}

// The whole condition, or a part of it that requires nothing.
bool always_true(const RuleContext& context, syntax::ExprId id, AlwaysTrue& found) {
  const syntax::Module& tree = context.tree(0);
  id = without_groups(tree, id);
  if (!id.valid()) return false;
  const syntax::Expr& expr = tree[id];
  if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
    for (const syntax::ExprId operand : logic->operands) {
      if (always_true(context, operand, found)) return true;
    }
    return false;
  }
  if (context.info({0, id}).truth == 1) {
    found = {expr.span, "is always true"};
    return true;
  }
  const auto* compare = expr.get_if<syntax::CompareExpr>();
  if (compare == nullptr || !compare->left.valid() || !compare->right.valid()) return false;
  return holds_always(tree, compare->left, compare->op, compare->right, found) ||
         holds_always(tree, compare->right, mirrored(compare->op), compare->left, found);
}

// The farthest that the two sides can be apart, by their types; nothing when that has no end.
std::optional<NumberRange> farthest(const RuleContext& context, syntax::ExprId condition) {
  const syntax::Module& tree = context.tree(0);
  const syntax::ExprId whole = without_groups(tree, condition);
  const auto* compare = whole.valid() ? tree[whole].get_if<syntax::CompareExpr>() : nullptr;
  if (compare == nullptr || !compare->left.valid() || !compare->right.valid()) return std::nullopt;
  const auto present = [&](syntax::ExprId side) {
    Type type = context.type(ExprRef{0, side});
    type.nullable = false;
    return range_of(type);
  };
  std::optional<NumberRange> left = present(compare->left), right = present(compare->right);
  if (!left || !right) return std::nullopt;
  align(*left, *right);
  if (!left->has_low() || !left->has_high() || !right->has_low() || !right->has_high()) return std::nullopt;
  int128 above = 0, below = 0;
  if (__builtin_sub_overflow(left->interval.high, right->interval.low, &above) ||
      __builtin_sub_overflow(right->interval.high, left->interval.low, &below))
    return std::nullopt;
  const int128 apart = std::max(above, below);
  return NumberRange{{true, true, apart, apart}, left->scale};
}

void report_idle(RuleContext& context, const AlwaysTrue& found, std::string what, const std::string& subject) {
  context.report(Code::W0905, found.place, std::move(what), found.why)
      .help(Applicability::choose, "choose the limit at which somebody should stop and look")
      .in(subject);
}

void check_tolerance(RuleContext& context, const syntax::CheckExpect& expect, const std::string& subject) {
  const syntax::Module& tree = context.tree(0);
  if (!expect.tolerance.valid()) return;
  const Span place = tree[expect.tolerance].span;
  const auto* percent = tree[without_groups(tree, expect.tolerance)].get_if<syntax::PercentExpr>();
  if (percent != nullptr) {
    if (std::strtod(percent->text.c_str(), nullptr) >= 100)
      report_idle(context, {place, "allows any difference"}, "this tolerance is as large as the values compared", subject);
    return;
  }
  std::optional<NumberRange> most = farthest(context, expect.condition);
  std::optional<NumberRange> allowed = range_of(context.type(ExprRef{0, expect.tolerance}));
  if (!most || !allowed || !allowed->is_constant()) return;
  align(*most, *allowed);
  if (allowed->interval.low < most->interval.high) return;
  report_idle(
      context, {place, "allows any difference"},
      "this tolerance is as large as the data: the two are never more than " + number_text(most->interval.high, most->scale) + " apart",
      subject);
}

void check_items(RuleContext& context, const std::vector<syntax::CheckItem>& items, const std::string& subject) {
  for (const syntax::CheckItem& item : items) {
    const auto* expect = std::get_if<syntax::CheckExpect>(&item);
    if (expect == nullptr) continue;
    AlwaysTrue found;
    if (always_true(context, expect->condition, found)) report_idle(context, found, "this expectation cannot fail", subject);
    check_tolerance(context, *expect, subject);
  }
}

}  // namespace

void check_gates(RuleContext& context) {
  if (context.program.modules.empty()) return;
  const syntax::Module& tree = context.tree(0);
  for (const syntax::Decl& decl : tree.decls) {
    if (decl.incomplete) continue;
    if (const auto* profile = decl.get_if<syntax::ProfileDecl>()) check_items(context, profile->items, "profile " + decl.name.text);
    if (const auto* reconcile = decl.get_if<syntax::ReconcileDecl>()) check_items(context, reconcile->items, "reconcile " + decl.name.text);
    const auto* stage = decl.get_if<syntax::StageDecl>();
    if (stage == nullptr) continue;
    for (const syntax::Step& step : stage->steps) {
      const auto* gate = step.get_if<syntax::GateStep>();
      if (gate == nullptr) continue;
      if (gate->items.empty()) {
        report_idle(context, {gate->name.span, "requires nothing"}, "gate " + gate->name.text + " is always open",
                    "stage " + decl.name.text);
      }
      for (const syntax::GateItem& item : gate->items) {
        const auto* require = std::get_if<syntax::GateRequire>(&item);
        AlwaysTrue found;
        if (require != nullptr && always_true(context, require->condition, found)) {
          report_idle(context, found, "this requirement of gate " + gate->name.text + " cannot fail", "stage " + decl.name.text);
        }
      }
    }
  }
}

}  // namespace mig::rules
