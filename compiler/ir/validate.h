// Checks that a program keeps the rules that both engines rely on. The engines run nothing that did not pass.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

/// Says what is wrong, at most 20 problems; empty when the program is valid. Any problem is a defect of the compiler, never of a spec.
/// Holds for a valid program: ids are in range, expressions are finite, user functions do not recurse, operands have the storage and the
/// presence that their use asks for, and a local is read only where it has certainly been set, or its poison bit stops the step.
std::vector<std::string> validate(const Program& program, std::span<const stdlib::Function> functions);

}  // namespace mig::ir
