#include "compiler/base/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace mig {
namespace {

struct CodeEntry {
  Code code;
  Severity severity;
  std::string_view text;
  std::string_view name;
  std::string_view summary;
};

constexpr CodeEntry kCodes[] = {
#define MIG_FINDING(code, severity, name, summary) {Code::code, Severity::severity, #code, #name, summary},
#include "compiler/base/diagnostics.def"
#undef MIG_FINDING
};

const CodeEntry& entry(Code code) { return kCodes[static_cast<std::size_t>(code)]; }

// The phase that finds a code: its number in hundreds.
int phase(Code code) { return (entry(code).text[1] - '0') * 10 + (entry(code).text[2] - '0'); }

}  // namespace

std::string_view code_text(Code code) { return entry(code).text; }
std::string_view code_name(Code code) { return entry(code).name; }
std::string_view code_summary(Code code) { return entry(code).summary; }
Severity default_severity(Code code) { return entry(code).severity; }

std::string_view severity_text(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "error";
}

std::string_view applicability_text(Applicability applicability) {
  switch (applicability) {
    case Applicability::automatic: return "auto";
    case Applicability::choose: return "choose";
    case Applicability::sketch: return "sketch";
  }
  return "choose";
}

std::optional<Code> find_code(std::string_view text) {
  for (const CodeEntry& known : kCodes) {
    if (known.text == text) return known.code;
  }
  return std::nullopt;
}

std::vector<Code> all_codes() {
  std::vector<Code> codes;
  for (const CodeEntry& known : kCodes) codes.push_back(known.code);
  return codes;
}

Diagnostic Diagnostic::make(Code code, Span span, std::string message, std::string label) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.severity = default_severity(code);
  diagnostic.message = std::move(message);
  diagnostic.primary = {span, std::move(label)};
  return diagnostic;
}

Diagnostic& Diagnostic::also(Span span, std::string text) {
  secondary.push_back({span, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::note_as(std::string label, std::string text) {
  notes.push_back({std::move(label), std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::remark(std::string text) {
  remarks.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostic::help(Applicability applicability, std::string text, std::vector<Edit> edits) {
  helps.push_back({std::move(text), applicability, std::move(edits)});
  return *this;
}

Diagnostic& Diagnostic::about(std::string data_field) {
  data_path = std::move(data_field);
  return *this;
}

Diagnostic& Diagnostic::in(std::string declaration) {
  declaration_path = std::move(declaration);
  return *this;
}

void DiagnosticSink::report(Diagnostic diagnostic) {
  for (const Diagnostic& known : diagnostics_) {
    if (known.code == diagnostic.code && known.primary.span == diagnostic.primary.span && known.message == diagnostic.message) {
      return;
    }
  }
  diagnostics_.push_back(std::move(diagnostic));
}

std::size_t DiagnosticSink::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
}

void DiagnosticSink::sort() {
  const auto key = [](const Diagnostic& d) {
    return std::tuple(phase(d.code), d.primary.span.file, d.primary.span.begin, d.primary.span.end);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

std::string fingerprint(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a
  const auto add = [&hash](char byte) { hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3u; };
  for (const char byte : code_text(diagnostic.code)) add(byte);
  add('\0');
  for (const char byte : diagnostic.declaration_path) add(byte);
  add('\0');
  if (diagnostic.primary.span.valid()) {
    bool blank = true;  // leading blanks are dropped, inner runs become one
    for (const char byte : sources.text(diagnostic.primary.span)) {
      const bool is_blank = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
      if (!is_blank) add(byte);
      if (is_blank && !blank) add(' ');
      blank = is_blank;
    }
  }
  return fmt::format("{:016x}", hash);
}

std::string apply_edits(std::string_view text, FileId file, const std::vector<Edit>& edits) {
  std::vector<const Edit*> ordered;
  for (const Edit& edit : edits) {
    if (edit.span.file == file && edit.span.begin <= edit.span.end && edit.span.end <= text.size()) {
      ordered.push_back(&edit);
    }
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const Edit* a, const Edit* b) { return a->span.begin < b->span.begin; });
  std::string result;
  std::size_t done = 0;
  for (const Edit* edit : ordered) {
    if (edit->span.begin < done) continue;
    result += text.substr(done, edit->span.begin - done);
    result += edit->replacement;
    done = edit->span.end;
  }
  result += text.substr(done);
  return result;
}

}  // namespace mig
