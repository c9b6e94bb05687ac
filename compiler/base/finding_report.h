// Findings of several specs as one document for other programs: code scanners, forges, test reports.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig {

// One checked spec; borrowed for the call.
struct CheckedSpec {
  std::string_view name;  // as given on the command line
  const std::vector<Diagnostic>& findings;
  const SourceMap& sources;
  std::span<const SuppressedFinding> suppressed = {};  // only SARIF lists them
};

struct ReportOptions {
  std::string_view version;    // of migc
  bool warnings_fail = false;  // `--deny warnings`
};

// A finding with its place and its mark. Files that several specs import are reported once.
struct ReportedFinding {
  const Diagnostic* diagnostic = nullptr;
  const CheckedSpec* spec = nullptr;
  std::string fingerprint;                      // unique in its file; the same after unrelated edits above it
  const SuppressedFinding* accepted = nullptr;  // it is no finding any more: an `@allow` gives the reason
};
std::vector<ReportedFinding> reported_findings(std::span<const CheckedSpec> specs, bool with_suppressed = false);

// The message with its label, notes and helps, as plain text of several lines.
std::string full_message(const Diagnostic& diagnostic);

// SARIF 2.1.0: one run, rules from diagnostics.def, `fixes` only for helps that need no decision, accepted findings as suppressed
// results with their reason, ways of labelled data as code flows. Paths are relative to the project root.
std::string render_sarif(std::span<const CheckedSpec> specs, const ReportOptions& options);
// Workflow commands of GitHub Actions, one a line: `::error file=...,line=...::message`.
std::string render_github(std::span<const CheckedSpec> specs, const ReportOptions& options);
// The code quality report of GitLab: a JSON array.
std::string render_gitlab(std::span<const CheckedSpec> specs, const ReportOptions& options);
// JUnit XML: a suite for each spec, a test case for each finding; errors fail, and so do denied warnings.
std::string render_junit(std::span<const CheckedSpec> specs, const ReportOptions& options);

// Text for XML content and attributes; characters that XML 1.0 cannot hold become U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace mig
