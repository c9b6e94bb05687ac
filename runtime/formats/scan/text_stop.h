// Where a JSON string ends or stops being plain: searched for from its first byte, because most strings are short.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/formats/scan/simd.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {

/// The first byte that is a quote, a backslash, a control character or above ASCII. There must be one; up to 15 bytes behind it are read.
/// `vectors`: false searches byte by byte.
MIG_ALWAYS_INLINE const char* plain_text_stop(const char* p, [[maybe_unused]] bool vectors) {
#if MIG_SIMD_X86
  if (vectors) [[likely]] {
    while (true) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      // Signed: bytes above ASCII are below a space too.
      const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
      const auto found = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(marks, _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)))));
      if (found != 0) return p + std::countr_zero(found);
      p += 16;
    }
  }
#endif
  while (*p != '"' && *p != '\\' && static_cast<int8_t>(*p) >= 0x20) ++p;
  return p;
}

/// The first byte that is a quote, a backslash or a control character; there must be one, and up to 31 bytes behind it are read. `high`
/// becomes true when a byte above ASCII stands before it.
const char* text_stop(Simd simd, const char* p, bool& high);

}  // namespace mig
