// Which user functions have results that are worth keeping in a TextMemo. Private to the code generator.
#pragma once

#include <functional>

#include "compiler/ir/ir.h"

namespace mig::codegen {

/// True of a function that the pass mark_repeatable has marked and that calls at least two standard functions that are not inlined: looking
/// its result up is then cheaper than computing it.
bool is_worth_keeping(const ir::Program& program, const ir::Function& function, const std::function<bool(uint32_t)>& may_inline);

}  // namespace mig::codegen
