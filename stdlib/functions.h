// Prototypes of all native bodies, made from function_table.def, so that a body with another signature does not compile.
#pragma once

#include "stdlib/function.h"
#include "stdlib/prepared_objects.h"

namespace mig::stdlib {

template <typename Result, typename... Parameters>
using Body = Status(Context&, Result&, const Parameters&...);

using Bool = bool;
using Int = int64_t;
using Real = double;
using Decimal = int128;

#define MIG_STDLIB_FUNCTION(name, ...) extern "C" Body<__VA_ARGS__> mig_##name;
#include "stdlib/function_table.def"
#undef MIG_STDLIB_FUNCTION

}  // namespace mig::stdlib
