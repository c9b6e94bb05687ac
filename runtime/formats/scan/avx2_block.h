// 64 bytes in two AVX2 vectors, compared into bit masks; for functions marked MIG_TARGET_AVX2 alone.
#pragma once

#include <cstdint>

#include "runtime/formats/scan/simd.h"
#if MIG_SIMD_X86
#include <immintrin.h>

namespace mig {

#define MIG_AVX2_INLINE [[gnu::always_inline]] MIG_TARGET_AVX2 inline

MIG_AVX2_INLINE __m256i load_avx2(const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
MIG_AVX2_INLINE uint64_t join_avx2(__m256i a, __m256i b) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(a)) | static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(b))) << 32;
}
MIG_AVX2_INLINE uint64_t equal_avx2(__m256i a, __m256i b, char c) {
  const __m256i x = _mm256_set1_epi8(c);
  return join_avx2(_mm256_cmpeq_epi8(a, x), _mm256_cmpeq_epi8(b, x));
}

/// 1 when one of the bytes is NUL.
MIG_AVX2_INLINE uint64_t has_zero_avx2(__m256i a, __m256i b) {
  return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256())) != 0 ? 1 : 0;
}

}  // namespace mig
#endif
