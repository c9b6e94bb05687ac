// W0905: gates, expectations and tolerances that nothing can fail.
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

bool always_true(const syntax::Module& tree, syntax::ExprId id, AlwaysTrue& found) {
  id = without_groups(tree, id);
  if (!id.valid()) return false;
  const syntax::Expr& expr = tree[id];
  if (const auto* literal = expr.get_if<syntax::BoolExpr>()) {
    found = {expr.span, "is always true"};
    return literal->value;
  }
  const auto* compare = expr.get_if<syntax::CompareExpr>();
  if (compare == nullptr || !compare->left.valid() || !compare->right.valid()) return false;
  double number = 0;
  bool percent = false;
  if (!read_number(tree[without_groups(tree, compare->right)], number, percent)) return false;
  const Span place = tree[compare->right].span;
  const bool rate = is_rate(tree, compare->left), count = is_count(tree, compare->left);
  if (!rate && !count) return false;
  if (compare->op == syntax::CompareOp::greater_equal && number <= 0) {
    found = {place, rate ? "no rate is below 0%" : "no count is below 0"};
    return true;
  }
  if (rate && percent &&
      ((compare->op == syntax::CompareOp::less_equal && number >= 100) || (compare->op == syntax::CompareOp::less && number > 100))) {
    found = {place, "no rate is above 100%"};
    return true;
  }
  return false;
}

void report_idle(RuleContext& context, const AlwaysTrue& found, std::string what, const std::string& subject) {
  context.report(Code::W0905, found.place, std::move(what), found.why)
      .help(Applicability::choose, "choose the limit at which somebody should stop and look")
      .in(subject);
}

void check_items(RuleContext& context, const std::vector<syntax::CheckItem>& items, const std::string& subject) {
  const syntax::Module& tree = context.tree(0);
  for (const syntax::CheckItem& item : items) {
    const auto* expect = std::get_if<syntax::CheckExpect>(&item);
    if (expect == nullptr) continue;
    AlwaysTrue found;
    if (always_true(tree, expect->condition, found)) report_idle(context, found, "this expectation cannot fail", subject);
    if (!expect->tolerance.valid()) continue;
    const auto* percent = tree[without_groups(tree, expect->tolerance)].get_if<syntax::PercentExpr>();
    if (percent != nullptr && std::strtod(percent->text.c_str(), nullptr) >= 100) {
      report_idle(context, {tree[expect->tolerance].span, "allows any difference"}, "this tolerance is as large as the values compared",
                  subject);
    }
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
        if (require != nullptr && always_true(tree, require->condition, found)) {
          report_idle(context, found, "this requirement of gate " + gate->name.text + " cannot fail", "stage " + decl.name.text);
        }
      }
    }
  }
}

}  // namespace mig::rules
