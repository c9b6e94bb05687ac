#include "runtime/formats/scan/masks.h"

#include <cstring>

#include "runtime/formats/scan/avx2_block.h"

namespace mig {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ull;

void classify_csv_scalar(const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks) {
  for (size_t b = 0; b < blocks; ++b) {
    CsvMasks m{};
    for (uint32_t i = 0; i < kBlockBytes; ++i) {
      const char c = bytes[b * kBlockBytes + i];
      const uint64_t bit = 1ull << i;
      if (c == quote) m.quote |= bit;
      if (c == delimiter) m.delimiter |= bit;
      if (c == '\n') m.newline |= bit;
      if (c == '\r') m.carriage |= bit;
      if (c == 0 || static_cast<uint8_t>(c) >= 0x80) m.suspect |= bit;
    }
    masks[b] = m;
  }
}

#if MIG_SIMD_X86

struct Sse2Block {
  __m128i v[4];
};

MIG_ALWAYS_INLINE Sse2Block load_sse2(const char* p) {
  Sse2Block block;
  for (int i = 0; i < 4; ++i) block.v[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
  return block;
}
MIG_ALWAYS_INLINE uint64_t join_sse2(int a, int b, int c, int d) {
  return static_cast<uint64_t>(static_cast<uint32_t>(a)) | static_cast<uint64_t>(static_cast<uint32_t>(b)) << 16 |
         static_cast<uint64_t>(static_cast<uint32_t>(c)) << 32 | static_cast<uint64_t>(static_cast<uint32_t>(d)) << 48;
}
MIG_ALWAYS_INLINE uint64_t equal_sse2(const Sse2Block& block, char c) {
  const __m128i x = _mm_set1_epi8(c);
  return join_sse2(_mm_movemask_epi8(_mm_cmpeq_epi8(block.v[0], x)), _mm_movemask_epi8(_mm_cmpeq_epi8(block.v[1], x)),
                   _mm_movemask_epi8(_mm_cmpeq_epi8(block.v[2], x)), _mm_movemask_epi8(_mm_cmpeq_epi8(block.v[3], x)));
}
MIG_ALWAYS_INLINE uint64_t high_sse2(const Sse2Block& block) {
  return join_sse2(_mm_movemask_epi8(block.v[0]), _mm_movemask_epi8(block.v[1]), _mm_movemask_epi8(block.v[2]),
                   _mm_movemask_epi8(block.v[3]));
}

void classify_csv_sse2(const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks) {
  for (size_t b = 0; b < blocks; ++b) {
    const Sse2Block block = load_sse2(bytes + b * kBlockBytes);
    CsvMasks& m = masks[b];
    m.quote = equal_sse2(block, quote);
    m.delimiter = equal_sse2(block, delimiter);
    m.newline = equal_sse2(block, '\n');
    m.carriage = equal_sse2(block, '\r');
    m.suspect = high_sse2(block) | equal_sse2(block, 0);
  }
}

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
constexpr uint8_t kCarry = kTooShort | kTooLong | kTwoContinuations;

MIG_AVX2_INLINE __m256i nibble_table(const uint8_t* table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
}

alignas(16) constexpr uint8_t kFirstHigh[16] = {kTooLong,
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
alignas(16) constexpr uint8_t kFirstLow[16] = {kCarry | kOverlong3 | kOverlong2 | kOverlong4,
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
alignas(16) constexpr uint8_t kSecondHigh[16] = {kTooShort,
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
};

MIG_TARGET_AVX2 void classify_csv_avx2(const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks) {
  Utf8Check check{_mm256_setzero_si256(), false};
  for (size_t i = 0; i < blocks; ++i) {
    const __m256i a = load_avx2(bytes + i * kBlockBytes), b = load_avx2(bytes + i * kBlockBytes + 32);
    CsvMasks& m = masks[i];
    m.quote = equal_avx2(a, b, quote);
    m.delimiter = equal_avx2(a, b, delimiter);
    m.newline = equal_avx2(a, b, '\n');
    m.carriage = equal_avx2(a, b, '\r');
    m.suspect = check.block(a, b) | equal_avx2(a, b, 0);
  }
  if (check.open) masks[blocks - 1].suspect |= 1;
}

#endif

}  // namespace

void classify_csv(Simd simd, const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks) {
  if (blocks == 0) return;
  switch (simd) {
#if MIG_SIMD_X86
    case Simd::kSse2: return classify_csv_sse2(bytes, blocks, quote, delimiter, masks);
    case Simd::kAvx2: return classify_csv_avx2(bytes, blocks, quote, delimiter, masks);
#else
    case Simd::kSse2:
    case Simd::kAvx2:
#endif
    case Simd::kScalar: return classify_csv_scalar(bytes, blocks, quote, delimiter, masks);
  }
}

uint64_t first_invalid_utf8(const char* bytes, uint64_t size) {
  const auto* s = reinterpret_cast<const uint8_t*>(bytes);
  uint64_t i = 0;
  auto continues = [&](uint64_t at) { return at < size && (s[at] & 0xC0) == 0x80; };
  while (i < size) {
    if (size - i >= 8) {
      uint64_t word;
      std::memcpy(&word, s + i, 8);
      if ((word & kHighBits) == 0) {
        i += 8;
        continue;
      }
    }
    const uint8_t c = s[i];
    if (c < 0x80) {
      ++i;
    } else if (c >= 0xC2 && c <= 0xDF) {
      if (!continues(i + 1)) return i;
      i += 2;
    } else if (c >= 0xE0 && c <= 0xEF) {
      if (!continues(i + 1) || !continues(i + 2)) return i;
      if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] > 0x9F)) return i;
      i += 3;
    } else if (c >= 0xF0 && c <= 0xF4) {
      if (!continues(i + 1) || !continues(i + 2) || !continues(i + 3)) return i;
      if ((c == 0xF0 && s[i + 1] < 0x90) || (c == 0xF4 && s[i + 1] > 0x8F)) return i;
      i += 4;
    } else {
      return i;
    }
  }
  return size;
}

}  // namespace mig
