#include "stdlib/plain_email.h"

#include "runtime/formats/scan/simd.h"
#if MIG_SIMD_X86
#include <immintrin.h>
#endif

#include <cstring>

#include "runtime/types/read_behind.h"

namespace mig::stdlib {

namespace {

constexpr uint64_t kLeast = 8, kMost = 63;  // bytes of a common address

/// Which characters are of a kind; bit i stands for character i. Bits from the size on have no meaning.
struct AddressMasks {
  uint64_t label = 0, local = 0, dot = 0, hyphen = 0, at = 0;
};

/// Labels of letters, digits, and hyphens inside, joined by dots, behind the only '@'; in front of it anything that is `local`.
MIG_ALWAYS_INLINE bool is_well_joined(const AddressMasks& masks, uint64_t size) {
  const uint64_t all = (uint64_t{1} << size) - 1;
  const uint64_t at = masks.at & all;
  const uint64_t in_front = at - 1;  // of the only '@'
  const uint64_t host = all & ~in_front & ~at;
  if (at == 0 || (at & in_front) != 0 || in_front == 0) return false;
  if ((in_front & ~masks.local) != 0 || (host & ~masks.label) != 0) return false;
  // Labels begin and end with a letter or a digit.
  const uint64_t dots = masks.dot & host;
  const uint64_t ends = ((at | dots) << 1) | ((dots | (all + 1)) >> 1);
  return dots != 0 && ((masks.dot | masks.hyphen) & host & ends) == 0;
}

#if MIG_SIMD_X86

MIG_ALWAYS_INLINE void add(AddressMasks& masks, __m128i v, uint64_t kept, int shift) {
  const auto is_in = [&v](__m128i c, char first, char last) {
    return _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8(static_cast<char>(first - 1))),
                         _mm_cmplt_epi8(c, _mm_set1_epi8(static_cast<char>(last + 1))));
  };
  const auto equal = [&v](char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
  const auto bits = [kept, shift](__m128i found) { return (static_cast<uint64_t>(_mm_movemask_epi8(found)) & kept) << shift; };
  const __m128i dots = equal('.'), hyphens = equal('-');
  const __m128i word = _mm_or_si128(is_in(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 'z'), is_in(v, '0', '9'));
  const __m128i labels = _mm_or_si128(_mm_or_si128(word, hyphens), dots);
  masks.label |= bits(labels);
  masks.local |= bits(_mm_or_si128(labels, _mm_or_si128(equal('_'), equal('+'))));
  masks.dot |= bits(dots);
  masks.hyphen |= bits(hyphens);
  masks.at |= bits(equal('@'));
}

AddressMasks masks_sse2(const char* p, uint64_t size) {
  AddressMasks masks;
  if (size < 16) {
    int64_t low, high;
    std::memcpy(&low, p, 8);
    std::memcpy(&high, p + size - 8, 8);
    add(masks, _mm_set_epi64x(0, low), 0xFF, 0);
    add(masks, _mm_set_epi64x(0, high), 0xFF, static_cast<int>(size) - 8);
  } else {
    const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
    for (uint64_t i = 0; i + 16 < size; i += 16) add(masks, load(p + i), 0xFFFF, static_cast<int>(i));
    add(masks, load(p + size - 16), 0xFFFF, static_cast<int>(size) - 16);
  }
  return masks;
}

// Kinds of characters by their halves: a character is of the kinds that the tables of its low and of its high half have in common.
enum : char { kDigit = 1, kUpToO = 2, kFromP = 4, kAt = 8, kUnderscore = 16, kDot = 32, kHyphen = 64 };
constexpr char kPlus = -128;
constexpr char kWords = kDigit | kUpToO | kFromP;

MIG_TARGET_AVX2 MIG_ALWAYS_INLINE void add_avx2(AddressMasks& masks, __m256i v, uint64_t shift) {
  const __m256i by_low = _mm256_broadcastsi128_si256(_mm_setr_epi8(kDigit | kFromP | kAt, kWords, kWords, kWords, kWords, kWords, kWords,
                                                                   kWords, kWords, kWords, kUpToO | kFromP, kUpToO | kPlus, kUpToO,
                                                                   kUpToO | kHyphen, kUpToO | kDot, kUpToO | kUnderscore));
  const __m256i by_high = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 0, kDot | kHyphen | kPlus, kDigit, kUpToO | kAt, kFromP | kUnderscore, kUpToO, kFromP, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i high_halves = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
  // A byte that is not ASCII finds nothing in the first table.
  const __m256i kinds = _mm256_and_si256(_mm256_shuffle_epi8(by_low, v), _mm256_shuffle_epi8(by_high, high_halves));
  const uint64_t word = uint64_t{0xFFFFFFFF} << shift;
  const auto bits = [shift](__m256i found)
                        MIG_TARGET_AVX2 { return static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(found))) << shift; };
  const __m256i zero = _mm256_setzero_si256(), labels = _mm256_and_si256(kinds, _mm256_set1_epi8(kWords | kDot | kHyphen));
  masks.local |= bits(_mm256_cmpeq_epi8(kinds, zero)) ^ word;
  masks.label |= bits(_mm256_cmpeq_epi8(labels, zero)) ^ word;
  masks.at |= bits(_mm256_slli_epi16(kinds, 4));
  masks.dot |= bits(_mm256_slli_epi16(kinds, 2));
  masks.hyphen |= bits(_mm256_slli_epi16(kinds, 1));
}

/// Wants 32 bytes, or all that lie behind p in one page.
MIG_TARGET_AVX2 MIG_READS_BEHIND bool is_plain_avx2(const char* p, uint64_t size) {
  AddressMasks masks;
  add_avx2(masks, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), 0);
  if (size > 32) add_avx2(masks, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + size - 32)), size - 32);
  return is_well_joined(masks, size);
}

#endif

}  // namespace

bool is_plain_email([[maybe_unused]] const char* p, uint64_t size) {
  if (size < kLeast || size > kMost) return false;
#if MIG_SIMD_X86
  static const bool avx2 = best_simd() == Simd::kAvx2;
  if (avx2 && (size >= 32 || lie_in_one_page(p, 32))) return is_plain_avx2(p, size);
  return is_well_joined(masks_sse2(p, size), size);
#else
  return false;
#endif
}

}  // namespace mig::stdlib
