// Everything that compiled code depends on, as bytes: two programs with the same bytes have the same code.
#pragma once

#include <span>
#include <string>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

/// Standard functions are named, not numbered. What only people read (names of maps, texts of issues, lineage) is left out; prepared
/// objects are too, since code reaches them by their index alone.
std::string fingerprint(const Program& program, std::span<const stdlib::Function> functions);

}  // namespace mig::ir
