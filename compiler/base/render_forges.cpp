// Findings as the forges and test reports read them: GitHub annotations, GitLab code quality, JUnit.
#include <fmt/format.h>

#include "compiler/base/finding_report.h"
#include "compiler/base/json_writer.h"

namespace mig {
namespace {

// Escapes of workflow commands; in properties also what separates them.
std::string command_text(std::string_view text, bool property) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

std::string place(const ReportedFinding& finding) {
  const Span span = finding.diagnostic->primary.span;
  if (!span.valid()) return std::string(finding.spec->name);
  const LineColumn at = finding.spec->sources.position(span);
  return fmt::format("{}:{}:{}", finding.spec->sources.name(span.file), at.line, at.column);
}

// 16 hex digits that tell paths apart.
std::string path_mark(std::string_view path) {
  std::uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a
  for (const char byte : path) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3u;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string render_github(std::span<const CheckedSpec> specs, const ReportOptions& options) {
  std::string out;
  for (const ReportedFinding& finding : reported_findings(specs)) {
    const Diagnostic& diagnostic = *finding.diagnostic;
    const SourceMap& sources = finding.spec->sources;
    const bool fails = diagnostic.severity == Severity::error || (diagnostic.severity == Severity::warning && options.warnings_fail);
    out += fmt::format("::{} ", fails ? "error" : diagnostic.severity == Severity::warning ? "warning" : "notice");
    if (const Span span = diagnostic.primary.span; span.valid()) {
      const LineColumn begin = sources.position(span), end = sources.position(span.file, span.end);
      out += fmt::format("file={},line={},endLine={},", command_text(sources.name(span.file), true), begin.line, end.line);
      // Columns are shown only where the finding stands on one line.
      if (begin.line == end.line) out += fmt::format("col={},endColumn={},", begin.column, end.column);
    }
    out += fmt::format("title={}::{}\n", code_text(diagnostic.code), command_text(full_message(diagnostic), false));
  }
  return out;
}

std::string render_gitlab(std::span<const CheckedSpec> specs, const ReportOptions& options) {
  JsonWriter json;
  json.begin_array();
  for (const ReportedFinding& finding : reported_findings(specs)) {
    const Diagnostic& diagnostic = *finding.diagnostic;
    const SourceMap& sources = finding.spec->sources;
    const bool fails = diagnostic.severity == Severity::error || (diagnostic.severity == Severity::warning && options.warnings_fail);
    json.begin_object().field("type", "issue").field("check_name", code_text(diagnostic.code)).field("description", diagnostic.message);
    json.key("content").begin_object().field("body", full_message(diagnostic)).end_object();
    json.field("severity", fails ? "critical" : diagnostic.severity == Severity::warning ? "minor" : "info");
    const Span span = diagnostic.primary.span;
    const std::string_view path = span.valid() ? sources.name(span.file) : finding.spec->name;
    json.field("fingerprint", path_mark(path) + finding.fingerprint);  // unique over all files of a report
    json.key("location").begin_object();
    json.field("path", path);
    json.key("lines").begin_object();
    json.field("begin", span.valid() ? sources.position(span).line : 1)
        .field("end", span.valid() ? sources.position(span.file, span.end).line : 1);
    json.end_object().end_object().end_object();
  }
  json.end_array();
  return json.text() + "\n";
}

std::string xml_text(std::string_view text) {
  std::string out;
  const std::string valid = valid_utf8(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      case '\t': out += "&#9;"; break;
      default:
        if (byte < 0x20) {
          out += "\xEF\xBF\xBD";
        } else if (byte == 0xEF && i + 2 < valid.size() && static_cast<unsigned char>(valid[i + 1]) == 0xBF &&
                   static_cast<unsigned char>(valid[i + 2]) >= 0xBE) {
          out += "\xEF\xBF\xBD";  // U+FFFE and U+FFFF
          i += 2;
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string render_junit(std::span<const CheckedSpec> specs, const ReportOptions& options) {
  const std::vector<ReportedFinding> findings = reported_findings(specs);
  const auto fails = [&](const Diagnostic& d) {
    return d.severity == Severity::error || (d.severity == Severity::warning && options.warnings_fail);
  };
  std::string suites;
  std::size_t all = 0, all_failures = 0;
  for (const CheckedSpec& spec : specs) {
    std::string cases;
    std::size_t count = 0, failures = 0;
    for (const ReportedFinding& finding : findings) {
      if (finding.spec != &spec) continue;
      const Diagnostic& diagnostic = *finding.diagnostic;
      ++count;
      const std::string text = place(finding) + "\n" + full_message(diagnostic);
      cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\">", xml_text(spec.name),
                           xml_text(fmt::format("{} {} ({})", code_text(diagnostic.code), diagnostic.message, place(finding))));
      if (fails(diagnostic)) {
        ++failures;
        cases += fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", code_text(diagnostic.code), xml_text(diagnostic.message),
                             xml_text(text));
      } else {
        cases += fmt::format("<system-out>{}</system-out>", xml_text(text));
      }
      cases += "</testcase>\n";
    }
    if (count == 0) {
      ++count;
      cases = fmt::format("    <testcase classname=\"{}\" name=\"no findings\"/>\n", xml_text(spec.name));
    }
    suites += fmt::format("  <testsuite name=\"migc check {}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}  </testsuite>\n",
                          xml_text(spec.name), count, failures, cases);
    all += count;
    all_failures += failures;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"migc check\" tests=\"{}\" failures=\"{}\" "
      "errors=\"0\">\n{}</testsuites>\n",
      all, all_failures, suites);
}

}  // namespace mig
