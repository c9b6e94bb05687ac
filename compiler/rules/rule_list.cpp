#include <algorithm>

#include "compiler/rules/allowances.h"
#include "compiler/rules/profile.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/rules.h"

namespace mig::rules {

#define MIG_RULE(function, category, codes, purpose) void check_##function(RuleContext& context);
#include "compiler/rules/rules.def"
#undef MIG_RULE

namespace {

constexpr Rule kRules[] = {
#define MIG_RULE(function, category, codes, purpose) {#function, Category::category, codes, purpose, check_##function},
#include "compiler/rules/rules.def"
#undef MIG_RULE
};

}  // namespace

std::string_view category_text(Category category) {
  switch (category) {
    case Category::names: return "names";
    case Category::coverage: return "coverage";
    case Category::numbers: return "numbers";
    case Category::text: return "text";
    case Category::failures: return "failures";
    case Category::tables: return "tables";
    case Category::identity: return "identity";
    case Category::privacy: return "privacy";
    case Category::operations: return "operations";
    case Category::losses: return "losses";
  }
  return "names";
}

std::span<const Rule> rule_list() { return kRules; }

bool run_rules(const sema::Program& program, const SourceMap& sources, DiagnosticSink& findings, const Profile* profile) {
  RuleContext context(program, sources, findings);
  for (const Rule& rule : kRules) rule.run(context);
  if (profile != nullptr) {
    check_profile_evidence(context, *profile);
    for (Diagnostic& finding : context.findings()) add_data_evidence(context, *profile, finding);
    for (Diagnostic& finding : findings.take()) {
      add_data_evidence(context, *profile, finding);
      findings.report(std::move(finding));
    }
  }
  apply_allowances(context, findings, profile != nullptr);
  bool ok = true;
  for (Diagnostic& finding : context.findings()) {
    ok &= finding.severity != Severity::error;
    findings.report(std::move(finding));
  }
  findings.sort();
  return ok;
}

}  // namespace mig::rules
