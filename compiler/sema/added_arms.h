// The fix that completes a `match` or a table.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source_map.h"

namespace mig::sema {

/// Puts arms (`b => DECIDE`) behind the last one, which ends at `last`, each on a line of its own where the closing bracket has one. `last`
/// without a place: there is none yet.
Edit added_arms(const SourceMap& sources, Span last, Span close, const std::vector<std::string>& arms);

}  // namespace mig::sema
