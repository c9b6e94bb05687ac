// What is wrong with a spec: the one data model that every renderer reads, and the sink that collects it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/source_map.h"

namespace mig {

enum class Severity : std::uint8_t { error, warning, note };

enum class Code : std::uint16_t {
#define MIG_FINDING(code, severity, name, summary) code,
#include "compiler/base/diagnostics.def"
#undef MIG_FINDING
};

std::string_view code_text(Code code);     // "E0301"
std::string_view code_name(Code code);     // "unhandled_failure"
std::string_view code_summary(Code code);  // the general text of diagnostics.def
Severity default_severity(Code code);
std::string_view severity_text(Severity severity);  // "error"
std::optional<Code> find_code(std::string_view text);
std::vector<Code> all_codes();

struct Label {
  Span span;
  std::string text;  // may be empty: only the marks are shown
};

// Replaces the bytes of `span`; an empty span inserts.
struct Edit {
  Span span;
  std::string replacement;
};

// automatic: applied by `migc fix` without asking (spelled "auto"). choose: correct, but an author must pick.
// sketch: contains a placeholder.
enum class Applicability : std::uint8_t { automatic, choose, sketch };
std::string_view applicability_text(Applicability applicability);

struct Help {
  std::string text;
  Applicability applicability = Applicability::choose;
  std::vector<Edit> edits;  // may be empty: advice only. All of one help are applied together and do not overlap.
};

// A line `= label: text` under the snippet; labels in use: note, evidence, flow, cycle, affected.
struct Note {
  std::string label;
  std::string text;  // lines after the first are indented by the renderer
};

struct Diagnostic {
  Code code = Code::E0001;
  Severity severity = Severity::error;
  std::string message;  // lower case, no full stop, stands alone in a list
  Label primary;
  std::vector<Label> secondary;  // at most three
  std::vector<Note> notes;
  std::vector<Label> flow;  // places that data passed on its way to the primary label, in order; spans may be invalid; mostly empty
  std::vector<Help> helps;
  std::vector<std::string> remarks;  // `note: ...` after the helps
  std::string data_path;             // field of the data it is about, "contacts.email_address"; may be empty
  std::string declaration_path;      // where in the spec it stands, "map contacts/let address"; part of the fingerprint

  // Severity comes from the code.
  static Diagnostic make(Code code, Span span, std::string message, std::string label = {});

  Diagnostic& also(Span span, std::string text);
  Diagnostic& note(std::string text) { return note_as("note", std::move(text)); }
  Diagnostic& note_as(std::string label, std::string text);
  Diagnostic& remark(std::string text);
  Diagnostic& help(Applicability applicability, std::string text, std::vector<Edit> edits = {});
  Diagnostic& about(std::string data_field);
  Diagnostic& in(std::string declaration);
};

// A finding that somebody accepted in the spec, with the reason given there.
struct SuppressedFinding {
  Diagnostic finding;
  std::string reason;
  Span written;  // the `@allow`
};

// Collects findings of one compilation. Drops exact repetitions (same code, span and message).
class DiagnosticSink {
 public:
  void report(Diagnostic diagnostic);
  // Kept apart from the findings: for documents that list what was accepted, too.
  void suppress(SuppressedFinding finding) { suppressed_.push_back(std::move(finding)); }

  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  const std::vector<SuppressedFinding>& suppressed() const { return suppressed_; }
  std::size_t count(Severity severity) const;
  bool has_errors() const { return count(Severity::error) > 0; }
  // Orders by phase (hundreds of the code: syntax, names, types, ...), then file and position; stable.
  void sort();
  std::vector<Diagnostic> take() { return std::exchange(diagnostics_, {}); }
  std::vector<SuppressedFinding> take_suppressed() { return std::exchange(suppressed_, {}); }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::vector<SuppressedFinding> suppressed_;
};

// 16 hex digits over code, declaration path and the snippet with blanks collapsed: the same after lines moved.
std::string fingerprint(const Diagnostic& diagnostic, const SourceMap& sources);

// `text` with the edits of a help applied; edits of other files are ignored.
std::string apply_edits(std::string_view text, FileId file, const std::vector<Edit>& edits);

}  // namespace mig
