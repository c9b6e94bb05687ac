// Which map a reconcile block is about.
#pragma once

#include <optional>

#include "compiler/sema/program.h"

namespace mig::ir {

/// sema::Program::maps; none when the block names several maps, or none.
std::optional<uint32_t> counted_map(const sema::Program& program, const sema::CheckBlock& block);

}  // namespace mig::ir
