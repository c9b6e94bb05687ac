#include "compiler/base/render_terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/base/display_text.h"
#include "compiler/base/render_snippet.h"

namespace mig {
namespace {

Paint severity_paint(Severity severity) {
  switch (severity) {
    case Severity::error: return Paint::error;
    case Severity::warning: return Paint::warning;
    case Severity::note: return Paint::note;
  }
  return Paint::error;
}

std::size_t gutter_digits(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::uint32_t largest = 1;
  const auto see = [&](Span span) {
    if (span.valid()) largest = std::max(largest, sources.position(span.file, span.end).line);
  };
  see(diagnostic.primary.span);
  for (const Label& label : diagnostic.secondary) see(label.span);
  for (const Help& help : diagnostic.helps) {
    for (const Edit& edit : help.edits) {
      see(edit.span);
      largest += static_cast<std::uint32_t>(std::count(edit.replacement.begin(), edit.replacement.end(), '\n'));
    }
  }
  return fmt::format("{}", largest).size();
}

// Lines of a note after the first are indented under its text.
std::string note_text(std::string_view text, std::size_t indent) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += display_text(text.substr(0, end));
    if (end == text.size()) return out;
    out += "\n" + std::string(indent, ' ');
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string render_terminal(const Diagnostic& diagnostic, const SourceMap& sources, const TerminalStyle& style) {
  SnippetStyle snippet{gutter_digits(diagnostic, sources), severity_paint(diagnostic.severity), style.colours};
  const std::string indent(snippet.gutter, ' ');
  std::string out =
      painted(fmt::format("{}[{}]", severity_text(diagnostic.severity), code_text(diagnostic.code)), snippet.primary, style.colours);
  out += fmt::format(": {}\n", display_text(diagnostic.message));
  const Span primary = diagnostic.primary.span;
  if (primary.valid()) {
    const LineColumn at = sources.position(primary);
    out += painted(indent + "-->", Paint::gutter, style.colours);
    out += fmt::format(" {}:{}:{}\n", display_text(sources.name(primary.file)), at.line, at.column);
    out += render_snippets(diagnostic, sources, snippet);
  }
  const bool anything_below = !diagnostic.notes.empty() || !diagnostic.helps.empty() || !diagnostic.remarks.empty() || style.explain;
  if (anything_below && primary.valid()) out += gutter_line(snippet, "");
  for (const Note& note : diagnostic.notes) {
    out += fmt::format("{} = {}: {}\n", indent, note.label, note_text(note.text, snippet.gutter + 6));
  }
  for (const Help& help : diagnostic.helps) {
    out += painted(fmt::format("help[{}]", applicability_text(help.applicability)), Paint::note, style.colours);
    out += fmt::format(": {}\n", display_text(help.text));
    out += render_edits(help.edits, sources, snippet);
  }
  for (const std::string& remark : diagnostic.remarks) out += fmt::format("note: {}\n", note_text(remark, 6));
  if (style.explain) out += fmt::format("{} = explain: migc explain {}\n", indent, code_text(diagnostic.code));
  return out;
}

std::string render_terminal(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources, const TerminalStyle& style) {
  std::string out;
  std::size_t counts[3] = {0, 0, 0};
  for (const Diagnostic& diagnostic : diagnostics) {
    out += render_terminal(diagnostic, sources, style) + "\n";
    ++counts[static_cast<std::size_t>(diagnostic.severity)];
  }
  std::string summary;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::note}) {
    const std::size_t count = counts[static_cast<std::size_t>(severity)];
    if (count == 0) continue;
    if (!summary.empty()) summary += ", ";
    summary += fmt::format("{} {}{}", count, severity_text(severity), count == 1 ? "" : "s");
  }
  return summary.empty() ? out : out + summary + "\n";
}

}  // namespace mig
