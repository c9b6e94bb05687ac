// Reading a few bytes behind an object at once: allowed where they lie in the same page of memory, and without influence.
#pragma once

#include <cstdint>

/// Of functions that read, but do not use, bytes behind an object in the same page of memory; a sanitizer would object.
#if defined(__SANITIZE_ADDRESS__)
#define MIG_READS_BEHIND __attribute__((no_sanitize("address")))
#else
#define MIG_READS_BEHIND
#endif

namespace mig {

constexpr uint64_t kPage = 4096;  // bytes, the least that there are

/// Whether `bytes` bytes from p on lie in one page.
inline bool lie_in_one_page(const char* p, uint64_t bytes) { return (reinterpret_cast<uintptr_t>(p) & (kPage - 1)) <= kPage - bytes; }

}  // namespace mig
