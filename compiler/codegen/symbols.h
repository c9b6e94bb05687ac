// The outside symbols that compiled code may refer to: an explicit list, nothing of the process is searched. Private to the code generator.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "stdlib/function.h"

namespace mig::codegen {

std::vector<std::pair<const char*, const void*>> allowed_symbols(std::span<const stdlib::Function> functions);

}  // namespace mig::codegen
