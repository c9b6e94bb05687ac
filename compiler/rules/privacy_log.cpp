// E0703: personal data in the text that an issue writes to the reject log.
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

void check_detail(RuleContext& context, ModuleId module, syntax::ExprId detail, const syntax::Path& code) {
  if (!detail.valid()) return;
  const uint32_t labels = context.info(ExprRef{module, detail}).labels;
  if (labels >= context.program.label_sets.size() || context.program.label_sets[labels].empty()) return;
  std::vector<std::string> classes;
  for (const uint32_t each : context.program.label_sets[labels]) classes.push_back(context.program.classes[each].name);
  Diagnostic& finding = context.report(Code::E0703, context.tree(module)[detail].span,
                                       "the reject log would hold personal data: " + listed(classes), "written to the log as it is");
  finding.also(code.span, "the log entry of this issue");
  finding.help(Applicability::choose, "leave it out: the log names the source fields and masks their values by itself");
  finding.help(Applicability::choose, "or remove the personal part: `mask_email(...)`, `mask_last(..., 2)`, `redact(..., \"***\")`");
}

}  // namespace

void check_privacy_log(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (const syntax::Expr& expr : tree.exprs) {
      if (const auto* raise = expr.get_if<syntax::RaiseExpr>()) check_detail(context, module, raise->detail, raise->code);
    }
    for (const syntax::Stmt& stmt : tree.stmts) {
      if (const auto* require = stmt.get_if<syntax::RequireStmt>()) check_detail(context, module, require->detail, require->code);
      if (const auto* raise = stmt.get_if<syntax::RaiseStmt>()) check_detail(context, module, raise->detail, raise->code);
    }
  }
}

}  // namespace mig::rules
