// The quoting state machine of CSV over 64 bytes at a time, on bit masks.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/formats/scan/masks.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {

/// Between blocks. The beginning of a record: all as below.
struct CsvQuoteState {
  uint64_t inside = 0;    // all ones: inside quotes
  uint64_t boundary = 1;  // bit 0: the byte before ends a cell or is a closing quote
  uint64_t closing = 0;   // bit 0: the byte before is a closing quote
  uint64_t carriage = 0;  // bit 0: the byte before is a carriage return behind a closing quote
};

struct CsvStep {
  uint64_t delimiters;  // outside quotes
  uint64_t newlines;    // outside quotes
  uint64_t violations;  // lowest: inside the first record whose quoting is broken; what follows it has no meaning
  uint64_t inside;      // bytes inside quotes, opening quotes included
};

/// Bit arithmetic that any processor does.
struct PlainBits {
  /// Bit i: the exclusive-or of bits 0..i.
  MIG_ALWAYS_INLINE static uint64_t prefix_xor(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
  }
  /// The place of the lowest set bit; of no bit any number.
  MIG_ALWAYS_INLINE static uint32_t lowest(uint64_t mask) { return static_cast<uint32_t>(std::countr_zero(mask | 1ull << 63)); }
  /// The place of set bit `n`, counted from 0; of a mask that has no such bit any number.
  MIG_ALWAYS_INLINE static uint32_t place_of(uint64_t mask, uint32_t n) {
    while (n-- != 0 && mask != 0) mask &= mask - 1;
    return static_cast<uint32_t>(std::countr_zero(mask));
  }
};
#if MIG_SIMD_X86
/// The same for processors with BMI2 and PCLMUL. Assembly, because an intrinsic cannot be inlined into a template that serves other
/// processors too.
struct Avx2Bits {
  MIG_ALWAYS_INLINE static uint64_t prefix_xor(uint64_t bits) {
    __m128i v = _mm_cvtsi64_si128(static_cast<int64_t>(bits));
    asm("vpclmulqdq $0, %1, %0, %0" : "+x"(v) : "x"(_mm_set1_epi8(-1)));
    return static_cast<uint64_t>(_mm_cvtsi128_si64(v));
  }
  MIG_ALWAYS_INLINE static uint32_t lowest(uint64_t mask) {
    uint64_t place;
    asm("tzcnt %1, %0" : "=r"(place) : "r"(mask));
    return static_cast<uint32_t>(place);
  }
  MIG_ALWAYS_INLINE static uint32_t place_of(uint64_t mask, uint32_t n) {
    uint64_t bit = 1ull << (n & 63);
    asm("pdep %1, %0, %0" : "+r"(bit) : "r"(mask));
    return static_cast<uint32_t>(std::countr_zero(bit));
  }
};
#endif

/// For a block that has a quote, or follows one that ended inside or just behind quotes; for others the answer is plain.
template <class Bits>
MIG_ALWAYS_INLINE CsvStep csv_step(CsvQuoteState& state, const CsvMasks& m) {
  CsvStep step;
  step.inside = Bits::prefix_xor(m.quote) ^ state.inside;
  step.delimiters = m.delimiter & ~step.inside;
  step.newlines = m.newline & ~step.inside;
  const uint64_t opening = m.quote & step.inside;
  const uint64_t closing = m.quote & ~step.inside;
  const uint64_t boundary = step.delimiters | step.newlines | closing;
  const uint64_t behind_closing = closing << 1 | state.closing;
  const uint64_t carriage = m.carriage & behind_closing;
  const uint64_t follows = step.delimiters | step.newlines | opening | carriage;
  step.violations =
      (opening & ~(boundary << 1 | state.boundary)) | (behind_closing & ~follows) | ((carriage << 1 | state.carriage) & ~step.newlines);
  state.inside = 0 - (step.inside >> 63);
  state.boundary = boundary >> 63;
  state.closing = closing >> 63;
  state.carriage = carriage >> 63;
  return step;
}

}  // namespace mig
