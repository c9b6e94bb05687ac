// UTF-8 checked 64 bytes at a time by three table look-ups; for functions marked MIG_TARGET_AVX2 alone.
#pragma once

#include "runtime/formats/scan/avx2_block.h"
#if MIG_SIMD_X86

namespace mig {

// What two neighbouring bytes prove wrong, as bits: a byte pair is wrong when one bit is set in all three nibble tables.
enum Utf8Fault : uint8_t {
  kTooShort = 1 << 0,      // lead byte followed by another lead or ASCII
  kTooLong = 1 << 1,       // ASCII followed by a continuation
  kOverlong3 = 1 << 2,     // E0 80..9F
  kTooLarge = 1 << 3,      // F4 90.. and F5..
  kSurrogate = 1 << 4,     // ED A0..BF
  kOverlong2 = 1 << 5,     // C0, C1
  kTooLarge1000 = 1 << 6,  // F5.. 80..8F
  kOverlong4 = 1 << 6,     // F0 80..8F
  kTwoContinuations = 1 << 7,
};
inline constexpr uint8_t kCarry = kTooShort | kTooLong | kTwoContinuations;

MIG_AVX2_INLINE __m256i nibble_table(const uint8_t* table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
}

alignas(16) inline constexpr uint8_t kFirstHigh[16] = {kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTooLong,
                                                       kTwoContinuations,
                                                       kTwoContinuations,
                                                       kTwoContinuations,
                                                       kTwoContinuations,
                                                       kTooShort | kOverlong2,
                                                       kTooShort,
                                                       kTooShort | kOverlong3 | kSurrogate,
                                                       kTooShort | kTooLarge | kTooLarge1000 | kOverlong4};
alignas(16) inline constexpr uint8_t kFirstLow[16] = {kCarry | kOverlong3 | kOverlong2 | kOverlong4,
                                                      kCarry | kOverlong2,
                                                      kCarry,
                                                      kCarry,
                                                      kCarry | kTooLarge,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000 | kSurrogate,
                                                      kCarry | kTooLarge | kTooLarge1000,
                                                      kCarry | kTooLarge | kTooLarge1000};
alignas(16) inline constexpr uint8_t kSecondHigh[16] = {kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge1000 | kOverlong4,
                                                        kTooLong | kOverlong2 | kTwoContinuations | kOverlong3 | kTooLarge,
                                                        kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,
                                                        kTooLong | kOverlong2 | kTwoContinuations | kSurrogate | kTooLarge,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort,
                                                        kTooShort};

/// Faults of 32 bytes whose predecessors are the last bytes of `before`.
MIG_AVX2_INLINE __m256i utf8_faults(__m256i v, __m256i before) {
  const __m256i joint = _mm256_permute2x128_si256(before, v, 0x21);
  const __m256i back1 = _mm256_alignr_epi8(v, joint, 15);
  const __m256i back2 = _mm256_alignr_epi8(v, joint, 14);
  const __m256i back3 = _mm256_alignr_epi8(v, joint, 13);
  const __m256i low = _mm256_set1_epi8(0x0F);
  const __m256i a = _mm256_shuffle_epi8(nibble_table(kFirstHigh), _mm256_and_si256(_mm256_srli_epi16(back1, 4), low));
  const __m256i b = _mm256_shuffle_epi8(nibble_table(kFirstLow), _mm256_and_si256(back1, low));
  const __m256i c = _mm256_shuffle_epi8(nibble_table(kSecondHigh), _mm256_and_si256(_mm256_srli_epi16(v, 4), low));
  const __m256i pairs = _mm256_and_si256(_mm256_and_si256(a, b), c);
  const __m256i third = _mm256_subs_epu8(back2, _mm256_set1_epi8(static_cast<char>(0xE0 - 0x80)));
  const __m256i fourth = _mm256_subs_epu8(back3, _mm256_set1_epi8(static_cast<char>(0xF0 - 0x80)));
  const __m256i must_continue = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  return _mm256_xor_si256(must_continue, pairs);
}

/// Non-zero when the last bytes of `v` begin a sequence that goes on behind it.
MIG_AVX2_INLINE bool ends_incomplete(__m256i v) {
  alignas(32) static constexpr uint8_t kMost[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,  255,  255,
                                                    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF};
  const __m256i over = _mm256_subs_epu8(v, _mm256_load_si256(reinterpret_cast<const __m256i*>(kMost)));
  return _mm256_testz_si256(over, over) == 0;
}

/// Checks UTF-8 over a row of blocks; one object a call of classify.
struct Utf8Check {
  __m256i before;
  bool open;  // `before` may end inside a sequence

  MIG_AVX2_INLINE uint64_t block(__m256i a, __m256i b) {
    const __m256i any = _mm256_or_si256(a, b);
    if (_mm256_movemask_epi8(any) == 0) {
      const uint64_t fault = open ? 1 : 0;
      open = false;
      before = b;
      return fault;
    }
    const __m256i faults = _mm256_or_si256(utf8_faults(a, before), utf8_faults(b, a));
    before = b;
    open = ends_incomplete(b);
    return _mm256_testz_si256(faults, faults) ? 0 : 1;
  }

  /// Also 1 when one of the bytes is NUL.
  MIG_AVX2_INLINE uint64_t block_with_zeros(__m256i a, __m256i b) {
    const __m256i one = _mm256_set1_epi8(1);  // signed: what is below is NUL or not ASCII
    const __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(one, a), _mm256_cmpgt_epi8(one, b));
    if (_mm256_testz_si256(odd, odd) != 0 && !open) [[likely]] {
      before = b;
      return 0;
    }
    return block(a, b) | has_zero_avx2(a, b);
  }
};

}  // namespace mig
#endif
