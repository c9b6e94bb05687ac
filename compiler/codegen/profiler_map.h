// Tells sampling profilers the names of compiled functions.
#pragma once

#include "compiler/codegen/code_image.h"

namespace mig::codegen {

/// Appends a line a function to /tmp/perf-<pid>.map, where `perf` looks for code without a file.
void write_profiler_map(const CodeImage& image);

}  // namespace mig::codegen
