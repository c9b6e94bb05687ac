// W0504: an issue that does not say what to do.
#include "compiler/rules/rule_context.h"

namespace mig::rules {

void check_issue_fix(RuleContext& context) {
  for (const sema::IssueSymbol& issue : context.program.issues) {
    if (issue.builtin || !issue.issue.fix.empty()) continue;
    const syntax::Decl& decl = context.decl(issue);
    const auto* written = decl.get_if<syntax::IssueDecl>();
    if (written == nullptr || decl.incomplete) continue;
    Diagnostic& finding = context.report(Code::W0504, issue.span, "issue " + issue.name + " does not say what to do about it", "no `fix`");
    const Span after = written->message.present() ? written->message.span.after() : issue.span.after();
    finding.help(Applicability::sketch, "tell the person who reads the reject log", {{after, "\n  fix DECIDE"}}).in("issue " + issue.name);
  }
}

}  // namespace mig::rules
