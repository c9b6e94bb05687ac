#include "runtime/formats/scan/key_masks.h"

#if MIG_SIMD_X86
#include <immintrin.h>
#endif

namespace mig {
namespace {

void classify_keys_scalar(const char* bytes, size_t blocks, const KeyProbe* probes, size_t count, KeyMasks* masks) {
  for (size_t b = 0; b < blocks; ++b) {
    KeyMasks m{};
    for (uint32_t i = 0; i < kBlockBytes; ++i) {
      const char* const c = bytes + b * kBlockBytes + i;
      const uint64_t bit = 1ull << i;
      if (*c == '\n') m.newline |= bit;
      if (*c == '{' || *c == '[') m.open |= bit;
      if (*c == '\\' && c[1] == 'u') m.unicode |= bit;
      if (*c != '"') continue;
      for (size_t k = 0; k < count; ++k) {
        if (c[1] == probes[k].first && c[probes[k].size + 1] == '"') m.key |= bit;
      }
    }
    masks[b] = m;
  }
}

#if MIG_SIMD_X86

void classify_keys_sse2(const char* bytes, size_t blocks, const KeyProbe* probes, size_t count, KeyMasks* masks) {
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), feed = _mm_set1_epi8('\n');
  const __m128i lower = _mm_set1_epi8(0x20), brace = _mm_set1_epi8('{'), letter = _mm_set1_epi8('u');
  const auto bits = [](__m128i v) { return static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(v))); };
  for (size_t b = 0; b < blocks; ++b) {
    KeyMasks m{};
    for (uint32_t at = 0; at < kBlockBytes; at += 16) {
      const char* const p = bytes + b * kBlockBytes + at;
      const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
      const __m128i v = load(p), next = load(p + 1);
      const __m128i quotes = _mm_cmpeq_epi8(v, quote);
      __m128i key = _mm_setzero_si128();
      for (size_t k = 0; k < count; ++k) {
        key = _mm_or_si128(
            key, _mm_and_si128(_mm_cmpeq_epi8(next, _mm_set1_epi8(probes[k].first)), _mm_cmpeq_epi8(load(p + probes[k].size + 1), quote)));
      }
      m.key |= bits(_mm_and_si128(quotes, key)) << at;
      m.newline |= bits(_mm_cmpeq_epi8(v, feed)) << at;
      m.open |= bits(_mm_cmpeq_epi8(_mm_or_si128(v, lower), brace)) << at;
      m.unicode |= bits(_mm_and_si128(_mm_cmpeq_epi8(v, slash), _mm_cmpeq_epi8(next, letter))) << at;
    }
    masks[b] = m;
  }
}

#define MIG_AVX2_INLINE [[gnu::always_inline]] MIG_TARGET_AVX2 inline

MIG_AVX2_INLINE __m256i load_avx2(const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
MIG_AVX2_INLINE uint64_t bits_avx2(__m256i v) { return static_cast<uint32_t>(_mm256_movemask_epi8(v)); }

MIG_TARGET_AVX2 void classify_keys_avx2(const char* bytes, size_t blocks, const KeyProbe* probes, size_t count, KeyMasks* masks) {
  const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'), feed = _mm256_set1_epi8('\n');
  const __m256i lower = _mm256_set1_epi8(0x20), brace = _mm256_set1_epi8('{'), letter = _mm256_set1_epi8('u');
  for (size_t b = 0; b < blocks; ++b) {
    KeyMasks m{};
    for (uint32_t at = 0; at < kBlockBytes; at += 32) {
      const char* const p = bytes + b * kBlockBytes + at;
      const __m256i v = load_avx2(p), next = load_avx2(p + 1);
      const __m256i quotes = _mm256_cmpeq_epi8(v, quote);
      __m256i key = _mm256_setzero_si256();
      for (size_t k = 0; k < count; ++k) {
        key = _mm256_or_si256(key, _mm256_and_si256(_mm256_cmpeq_epi8(next, _mm256_set1_epi8(probes[k].first)),
                                                    _mm256_cmpeq_epi8(load_avx2(p + probes[k].size + 1), quote)));
      }
      m.key |= bits_avx2(_mm256_and_si256(quotes, key)) << at;
      m.newline |= bits_avx2(_mm256_cmpeq_epi8(v, feed)) << at;
      m.open |= bits_avx2(_mm256_cmpeq_epi8(_mm256_or_si256(v, lower), brace)) << at;
      m.unicode |= bits_avx2(_mm256_and_si256(_mm256_cmpeq_epi8(v, slash), _mm256_cmpeq_epi8(next, letter))) << at;
    }
    masks[b] = m;
  }
}

#endif

}  // namespace

void classify_keys(Simd simd, const char* bytes, size_t blocks, const KeyProbe* probes, size_t count, KeyMasks* masks) {
  switch (simd) {
#if MIG_SIMD_X86
    case Simd::kSse2: return classify_keys_sse2(bytes, blocks, probes, count, masks);
    case Simd::kAvx2: return classify_keys_avx2(bytes, blocks, probes, count, masks);
#else
    case Simd::kSse2:
    case Simd::kAvx2:
#endif
    case Simd::kScalar: return classify_keys_scalar(bytes, blocks, probes, count, masks);
  }
}

}  // namespace mig
