// The source lines of a finding with their marks. Used by render_terminal.cpp only.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig {

enum class Paint : std::uint8_t { error, warning, note, gutter, secondary, added };

// Wraps text in the escape sequences of one colour; plain text without colours.
std::string painted(std::string_view text, Paint paint, bool colours);

struct SnippetStyle {
  std::size_t gutter = 1;  // digits of the largest line number shown
  Paint primary = Paint::error;
  bool colours = false;
};

// `    |` and what follows it.
std::string gutter_line(const SnippetStyle& style, std::string_view text);
// `142 | text`; `sign` is `|` or `+`.
std::string source_line(const SnippetStyle& style, std::uint32_t line, char sign, std::string_view text);

// All labels of one finding: the lines around the primary label first, then one `:::` part for each other place.
std::string render_snippets(const Diagnostic& diagnostic, const SourceMap& sources, const SnippetStyle& style);

// The lines of a help after its edits.
std::string render_edits(const std::vector<Edit>& edits, const SourceMap& sources, const SnippetStyle& style);

}  // namespace mig
