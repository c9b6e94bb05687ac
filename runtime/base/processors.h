// How many processors there are to work on.
#pragma once

#include <cstdint>

namespace mig {

/// Those that this process may run on (taskset, cpuset), which can be fewer than the machine has; at least 1.
uint32_t usable_processors();

}  // namespace mig
