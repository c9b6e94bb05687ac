// Findings as people read them in a terminal.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig {

struct TerminalStyle {
  bool colours = false;
  bool explain = true;  // the line `= explain: migc explain CODE`
};

// One finding; ends in a line break. Text that comes from a spec is made safe for the terminal.
std::string render_terminal(const Diagnostic& diagnostic, const SourceMap& sources, const TerminalStyle& style = {});

// All of them, a blank line between, and a last line that counts them ("2 errors, 1 warning"); empty for none.
std::string render_terminal(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources, const TerminalStyle& style = {});

}  // namespace mig
