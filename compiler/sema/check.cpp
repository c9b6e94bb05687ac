// The entry of the checker: its phases, then limits and order of findings.
#include <algorithm>
#include <map>

#include "compiler/sema/phases.h"
#include "compiler/sema/pins.h"

namespace mig::sema {

void deliver_findings(Analysis& analysis, DiagnosticSink& sink) {
  std::vector<Diagnostic> findings(std::move_iterator(analysis.findings.begin()), std::move_iterator(analysis.findings.end()));
  analysis.findings.clear();
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.primary.span < b.primary.span; });
  std::map<FileId, size_t> errors;
  for (Diagnostic& finding : findings) {
    if (finding.secondary.size() > 3) finding.secondary.resize(3);
    if (finding.severity == Severity::error && ++errors[finding.primary.span.file] > analysis.options.max_errors) continue;
    sink.report(std::move(finding));
  }
}

SemaResult check(SourceMap& sources, FileId entry, const CheckOptions& options, DiagnosticSink& sink) {
  Analysis analysis(sources, options);
  analysis.program->lineages.emplace_back();
  analysis.program->label_sets.emplace_back();
  const size_t errors_before = sink.count(Severity::error);
  load_modules(analysis, entry, sink);
  declare_names(analysis);
  resolve_declarations(analysis);
  resolve_connections(analysis);
  resolve_signatures(analysis);
  check_bodies(analysis);
  check_maps(analysis);
  check_dedupes(analysis);
  check_workflow(analysis);
  check_environments(analysis);
  check_tests(analysis);
  check_pins(analysis);
  deliver_findings(analysis, sink);
  sink.sort();
  SemaResult result;
  result.ok = sink.count(Severity::error) == errors_before;
  for (const ModuleInfo& module : analysis.program->modules) result.ok = result.ok && !module.tree.has_errors;
  result.program = std::move(analysis.program);
  return result;
}

}  // namespace mig::sema
