// How often this process has asked for memory with `new`.
#pragma once

#include <cstdint>

namespace mig::cli {

/// Of all threads since the process began. What C libraries take with malloc is not counted. 0 in builds with a sanitizer that has
/// operators of its own.
uint64_t allocation_count();

}  // namespace mig::cli
