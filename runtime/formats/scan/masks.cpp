#include "runtime/formats/scan/masks.h"

#include <cstring>

#include "runtime/formats/scan/utf8_avx2.h"

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

MIG_TARGET_AVX2 void classify_csv_avx2(const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks) {
  Utf8Check check{_mm256_setzero_si256(), false};
  for (size_t i = 0; i < blocks; ++i) {
    const __m256i a = load_avx2(bytes + i * kBlockBytes), b = load_avx2(bytes + i * kBlockBytes + 32);
    CsvMasks& m = masks[i];
    m.quote = equal_avx2(a, b, quote);
    m.delimiter = equal_avx2(a, b, delimiter);
    m.newline = equal_avx2(a, b, '\n');
    m.carriage = equal_avx2(a, b, '\r');
    m.suspect = check.block(a, b) | has_zero_avx2(a, b);
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
