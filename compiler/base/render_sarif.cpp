// Findings as SARIF 2.1.0.
#include <map>

#include "compiler/base/finding_report.h"
#include "compiler/base/json_writer.h"

namespace mig {
namespace {

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "none";
}

// A path as a relative URI reference.
std::string uri(std::string_view path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                       byte == '.' || byte == '_' || byte == '~' || byte == '/';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

class SarifRenderer {
 public:
  std::string render(std::span<const CheckedSpec> specs, const ReportOptions& options) {
    const std::vector<ReportedFinding> findings = reported_findings(specs, true);
    std::map<Code, std::int64_t> rules;  // in order of code: index in the array of rules
    for (const ReportedFinding& one : findings) rules[one.diagnostic->code] = 0;
    std::int64_t next = 0;
    for (auto& [code, index] : rules) index = next++;

    json_.begin_object().field("$schema", "https://json.schemastore.org/sarif-2.1.0.json").field("version", "2.1.0");
    json_.key("runs").begin_array().begin_object();
    json_.key("tool").begin_object().key("driver").begin_object().field("name", "migc").field("version", options.version);
    json_.key("rules").begin_array();
    for (const auto& [code, index] : rules) rule(code);
    json_.end_array().end_object().end_object();
    json_.field("columnKind", "unicodeCodePoints");
    json_.key("originalUriBaseIds").begin_object().key("PROJECTROOT").begin_object();
    json_.key("description").begin_object().field("text", "the folder that holds .git or mig.lock, else the spec's own").end_object();
    json_.end_object().end_object();
    json_.key("results").begin_array();
    for (const ReportedFinding& one : findings) result(one, rules[one.diagnostic->code]);
    json_.end_array().end_object().end_array().end_object();
    return json_.text() + "\n";
  }

 private:
  void message(std::string_view text) { json_.key("message").begin_object().field("text", text).end_object(); }

  void rule(Code code) {
    json_.begin_object().field("id", code_text(code)).field("name", code_name(code));
    json_.key("shortDescription").begin_object().field("text", code_summary(code)).end_object();
    json_.key("help").begin_object().field("text", "migc explain " + std::string(code_text(code))).end_object();
    json_.key("defaultConfiguration").begin_object().field("level", level(default_severity(code))).end_object();
    json_.end_object();
  }

  void artifact(const SourceMap& sources, FileId file) {
    json_.key("artifactLocation").begin_object().field("uri", uri(sources.name(file))).field("uriBaseId", "PROJECTROOT").end_object();
  }

  void region(std::string_view key, const SourceMap& sources, Span span) {
    const LineColumn begin = sources.position(span), end = sources.position(span.file, span.end);
    json_.key(key).begin_object().field("startLine", begin.line).field("startColumn", begin.column);
    json_.field("endLine", end.line).field("endColumn", end.column).end_object();
  }

  void location(const SourceMap& sources, const Label& label, const Diagnostic* owner) {
    json_.begin_object();
    if (label.span.valid()) {
      json_.key("physicalLocation").begin_object();
      artifact(sources, label.span.file);
      region("region", sources, label.span);
      json_.end_object();
    }
    if (!label.text.empty()) message(label.text);
    if (owner != nullptr && !owner->declaration_path.empty()) {
      json_.key("logicalLocations")
          .begin_array()
          .begin_object()
          .field("fullyQualifiedName", owner->declaration_path)
          .end_object()
          .end_array();
    }
    json_.end_object();
  }

  void fix(const SourceMap& sources, const Help& help) {
    json_.begin_object().key("description").begin_object().field("text", help.text).end_object();
    std::map<FileId, std::vector<const Edit*>> by_file;
    for (const Edit& edit : help.edits) by_file[edit.span.file].push_back(&edit);
    json_.key("artifactChanges").begin_array();
    for (const auto& [file, edits] : by_file) {
      json_.begin_object();
      artifact(sources, file);
      json_.key("replacements").begin_array();
      for (const Edit* edit : edits) {
        json_.begin_object();
        region("deletedRegion", sources, edit->span);
        json_.key("insertedContent").begin_object().field("text", edit->replacement).end_object();
        json_.end_object();
      }
      json_.end_array().end_object();
    }
    json_.end_array().end_object();
  }

  void result(const ReportedFinding& finding, std::int64_t rule_index) {
    const Diagnostic& diagnostic = *finding.diagnostic;
    const SourceMap& sources = finding.spec->sources;
    json_.begin_object()
        .field("ruleId", code_text(diagnostic.code))
        .field("ruleIndex", rule_index)
        .field("level", level(diagnostic.severity));
    message(full_message(diagnostic));
    json_.key("locations").begin_array();
    location(sources, {diagnostic.primary.span, diagnostic.primary.text}, &diagnostic);
    json_.end_array();
    if (!diagnostic.secondary.empty()) {
      json_.key("relatedLocations").begin_array();
      for (const Label& label : diagnostic.secondary) location(sources, label, nullptr);
      json_.end_array();
    }
    if (!diagnostic.flow.empty()) {
      json_.key("codeFlows").begin_array().begin_object().key("threadFlows").begin_array().begin_object().key("locations").begin_array();
      for (const Label& step : diagnostic.flow) {
        json_.begin_object().key("location");
        location(sources, step, nullptr);
        json_.end_object();
      }
      json_.end_array().end_object().end_array().end_object().end_array();
    }
    if (finding.accepted != nullptr) {
      json_.key("suppressions").begin_array().begin_object().field("kind", "inSource").field("status", "accepted");
      json_.field("justification", finding.accepted->reason);
      json_.key("location");
      location(sources, {finding.accepted->written, {}}, nullptr);
      json_.end_object().end_array();
    }
    json_.key("partialFingerprints").begin_object().field("migcFinding/v1", finding.fingerprint).end_object();
    bool any = false;
    for (const Help& help : diagnostic.helps) {
      if (help.applicability != Applicability::automatic || help.edits.empty()) continue;
      if (!any) json_.key("fixes").begin_array();
      any = true;
      fix(sources, help);
    }
    if (any) json_.end_array();
    json_.end_object();
  }

  JsonWriter json_;
};

}  // namespace

std::string render_sarif(std::span<const CheckedSpec> specs, const ReportOptions& options) {
  return SarifRenderer().render(specs, options);
}

}  // namespace mig
