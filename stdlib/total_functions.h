// Which standard functions always have a value: what optimisations may move and what needs no check behind a call.
#pragma once

#include <vector>

namespace mig::stdlib {

/// By FunctionId. True when no declaration of the function says that it fails or overflows, and it takes no lambda.
const std::vector<bool>& total_functions();

}  // namespace mig::stdlib
