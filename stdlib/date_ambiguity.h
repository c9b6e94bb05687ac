// Which formats of a list read one text as different days or times.
#pragma once

#include <utility>
#include <vector>

#include "stdlib/prepared.h"

namespace mig::stdlib {

/// Formats i < j of a kDateFormats spec, for reading, that accept a common text with different meanings; empty when the spec is bad.
std::vector<std::pair<size_t, size_t>> ambiguous_formats(const PreparedSpec& spec);

}  // namespace mig::stdlib
