// Which vector instructions the scanners use: chosen once at start, settable so that tests can compare the implementations.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#define MIG_SIMD_X86 1
#define MIG_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#else
#define MIG_SIMD_X86 0
#endif
#define MIG_ALWAYS_INLINE [[gnu::always_inline]] inline

namespace mig {

enum class Simd : uint8_t { kScalar, kSse2, kAvx2 };

/// The best that this processor offers.
Simd best_simd();

}  // namespace mig
