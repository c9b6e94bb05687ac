// Findings for programs: one JSON object a line.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig {

// One object without a line break. Lines and columns count from 1 in code points, offsets are bytes. `fingerprint` is
// the same after the finding moved to another line.
std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources);

// One line for each.
std::string render_json_lines(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources);

}  // namespace mig
