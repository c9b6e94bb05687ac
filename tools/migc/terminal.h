// What the terminal can show: colours only where a person looks, NO_COLOR honoured.
#pragma once

#include <cstdio>

namespace mig::cli {

/// Escape sequences, or empty texts.
struct Style {
  const char* bold = "";
  const char* dim = "";
  const char* error = "";
  const char* warning = "";
  const char* good = "";
  const char* plain = "";
};

bool is_terminal(std::FILE* stream);
bool use_colours(std::FILE* stream);
Style style_of(std::FILE* stream);
/// Columns of the terminal, 80 when unknown.
unsigned terminal_width(std::FILE* stream);

}  // namespace mig::cli
