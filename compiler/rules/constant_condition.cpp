// W0521: comparisons and parts of conditions that are always true or always false, wherever they stand. (What a `require`, `when` or
// `if` decides as a whole is found by type checking; expectations and gates by W0905.)
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// Tests compare with what they expect, and checks have a rule of their own.
bool is_judged_elsewhere(const syntax::Decl& decl) {
  using enum syntax::DeclKind;
  return decl.kind() == test || decl.kind() == profile || decl.kind() == reconcile || decl.kind() == stage || decl.kind() == rollback;
}

class ConditionFinder {
 public:
  ConditionFinder(RuleContext& context, ModuleId module) : context_(context), tree_(context.tree(module)), module_(module) {}

  void look(syntax::ExprId id) {
    const syntax::Expr& expr = tree_[id];
    const bool decides =
        expr.kind() == syntax::ExprKind::compare || expr.kind() == syntax::ExprKind::logic || expr.kind() == syntax::ExprKind::logical_not;
    if (context_.was_reported(Code::W0521, expr.span)) return;
    if (decides && context_.info({module_, id}).truth >= 0) return report(id);
    if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
      for (const syntax::ExprId operand : logic->operands) {
        const syntax::ExprId inner = without_groups(tree_, operand);
        if (inner.valid() && tree_[inner].kind() == syntax::ExprKind::boolean)
          report(inner);
        else if (inner.valid())
          look(inner);
      }
      return;
    }
    for_each_child(expr, [&](syntax::ExprId child) { look(child); });
  }

 private:
  void report(syntax::ExprId id) {
    const bool holds = context_.info({module_, id}).truth == 1;
    const ExprRef outer = context_.parent({module_, id});
    const auto* logic = outer.valid() ? context_.expr(outer).get_if<syntax::LogicExpr>() : nullptr;
    const char* label = logic == nullptr ? "decides nothing" : "its part of the condition decides nothing";
    context_.report(Code::W0521, tree_[id].span, std::string("this is always ") + (holds ? "true" : "false"), label)
        .help(Applicability::choose, "correct what is compared, or leave it out");
  }

  RuleContext& context_;
  const syntax::Module& tree_;
  ModuleId module_;
};

}  // namespace

void check_constant_condition(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (const syntax::Decl& decl : tree.decls) {
      if (decl.incomplete || is_judged_elsewhere(decl)) continue;
      ConditionFinder finder(context, module);
      for_each_root(tree, decl, [&](syntax::ExprId root) { finder.look(root); });
    }
  }
}

}  // namespace mig::rules
