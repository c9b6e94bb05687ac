// The one layout of `.mig` text. No options: two spaces, at most 100 columns where a line can be broken, `=` aligned in a paragraph.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/diagnostic.h"

namespace mig::format {

inline constexpr std::size_t kLineWidth = 100;  // code points

/// The text of a file in that layout: the same tokens and comments in the same order, other blanks and line breaks; `format` of the result
/// gives the result. Nothing when the file has a syntax error, which is reported to `sink`.
std::optional<std::string> format(const SourceMap& sources, FileId file, DiagnosticSink& sink);

}  // namespace mig::format
