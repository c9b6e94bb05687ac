#include "runtime/formats/scan/simd.h"

namespace mig {

Simd best_simd() {
#if MIG_SIMD_X86
  static const Simd best =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") ? Simd::kAvx2 : Simd::kSse2;
  return best;
#else
  return Simd::kScalar;
#endif
}

}  // namespace mig
