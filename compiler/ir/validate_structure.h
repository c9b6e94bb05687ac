// The shape of a program, before anything in it is trusted: ids in range, no node inside itself, no function that calls itself.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

/// What is wrong with the shape of `program`; empty when its ids may be followed.
std::vector<std::string> structure_problems(const Program& program, std::span<const stdlib::Function> functions);

}  // namespace mig::ir
