// Passes over the per-record program. Each keeps, for every record, outcome, issues and assigned values as they were.
#pragma once

#include <span>
#include <string_view>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

/// Runs all passes in their order.
void run_passes(Program& program, std::span<const stdlib::Function> functions);

}  // namespace mig::ir
