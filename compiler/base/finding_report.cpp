#include "compiler/base/finding_report.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

namespace mig {

std::vector<ReportedFinding> reported_findings(std::span<const CheckedSpec> specs, bool with_suppressed) {
  std::vector<ReportedFinding> reported;
  std::set<std::tuple<std::string, std::uint32_t, std::uint32_t, Code, std::string>> seen;
  std::map<std::string, std::size_t> equals;  // by file and fingerprint
  for (const CheckedSpec& spec : specs) {
    const auto add = [&](const Diagnostic& finding, const SuppressedFinding* accepted) {
      const Span span = finding.primary.span;
      std::string file = span.valid() ? std::string(spec.sources.name(span.file)) : std::string(spec.name);
      if (!seen.emplace(file, span.begin, span.end, finding.code, finding.message).second) return;
      std::string mark = fingerprint(finding, spec.sources);
      const std::size_t ordinal = equals[file + '\0' + mark]++;
      if (ordinal > 0) mark += fmt::format("-{}", ordinal + 1);
      reported.push_back({&finding, &spec, std::move(mark), accepted});
    };
    for (const Diagnostic& finding : spec.findings) add(finding, nullptr);
    if (!with_suppressed) continue;
    for (const SuppressedFinding& each : spec.suppressed) add(each.finding, &each);
  }
  return reported;
}

std::string full_message(const Diagnostic& diagnostic) {
  std::string text = diagnostic.message;
  if (!diagnostic.primary.text.empty()) text += ": " + diagnostic.primary.text;
  for (const Note& note : diagnostic.notes) text += fmt::format("\n{}: {}", note.label, note.text);
  for (const std::string& remark : diagnostic.remarks) text += "\nnote: " + remark;
  for (const Help& help : diagnostic.helps) text += "\nhelp: " + help.text;
  return text;
}

}  // namespace mig
