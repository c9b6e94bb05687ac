// Makes a failing program smaller while it still fails.
#pragma once

#include <functional>

#include "compiler/ir/ir.h"

namespace mig::fuzz {

/// `fails` says whether a candidate still shows the difference; candidates may be invalid programs, which it must answer with false.
/// Tries to drop steps and to put operands or branches in the place of their expressions, until nothing more can go.
ir::Program shrink(ir::Program program, const std::function<bool(const ir::Program&)>& fails);

}  // namespace mig::fuzz
