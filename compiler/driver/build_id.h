// Which build of the program, or of a shared object, this is: what its linker wrote into it.
#pragma once

#include <string>

namespace mig::driver {

/// The build id of the loaded object that holds `address`; "" when it has none.
std::string build_id_of(const void* address);

}  // namespace mig::driver
