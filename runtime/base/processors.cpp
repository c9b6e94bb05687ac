#include "runtime/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace mig {

uint32_t usable_processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  // The library's own count is of the machine.
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace mig
