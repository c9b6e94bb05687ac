#include "runtime/formats/scan/text_stop.h"

#if MIG_SIMD_X86
#include <immintrin.h>
#endif

namespace mig {
namespace {

const char* text_stop_scalar(const char* p, bool& high) {
  for (; *p != '"' && *p != '\\' && static_cast<uint8_t>(*p) >= 0x20; ++p) high |= static_cast<uint8_t>(*p) >= 0x80;
  return p;
}

#if MIG_SIMD_X86

const char* text_stop_sse2(const char* p, bool& high) {
  uint32_t above = 0;
  for (;; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    const auto found = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(marks, control)));
    const auto bits = static_cast<uint32_t>(_mm_movemask_epi8(v));
    if (found != 0) {
      above |= bits & ((found & -found) - 1);
      high |= above != 0;
      return p + std::countr_zero(found);
    }
    above |= bits;
  }
}

MIG_TARGET_AVX2 const char* text_stop_avx2(const char* p, bool& high) {
  uint32_t above = 0;
  for (;; p += 32) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
    const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
    const auto found = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_or_si256(marks, control)));
    const auto bits = static_cast<uint32_t>(_mm256_movemask_epi8(v));
    if (found != 0) {
      above |= bits & ((found & -found) - 1);
      high |= above != 0;
      return p + std::countr_zero(found);
    }
    above |= bits;
  }
}

#endif

}  // namespace

const char* text_stop(Simd simd, const char* p, bool& high) {
  switch (simd) {
#if MIG_SIMD_X86
    case Simd::kSse2: return text_stop_sse2(p, high);
    case Simd::kAvx2: return text_stop_avx2(p, high);
#else
    case Simd::kSse2:
    case Simd::kAvx2:
#endif
    case Simd::kScalar: return text_stop_scalar(p, high);
  }
  return text_stop_scalar(p, high);
}

}  // namespace mig
