#include <algorithm>

#include "runtime/formats/csv/index_filling.h"
#include "runtime/formats/scan/utf8_avx2.h"
#if MIG_SIMD_X86

namespace mig::csv_filling {
namespace {

/// A block by the rules of csv_step(), without looking for carriage returns: false, and the state as before, where one may decide, or where
/// the quoting is broken.
MIG_ALWAYS_INLINE bool step_lightly(CsvQuoteState& state, uint64_t quote, uint64_t delimiter, uint64_t newline, BlockEnds& ends) {
  const uint64_t inside = Avx2Bits::prefix_xor(quote) ^ state.inside;
  const uint64_t opening = quote & inside, closing = quote & ~inside;
  ends.cells = (delimiter | newline) & ~inside;
  ends.newlines = newline & ~inside;
  const uint64_t boundary = ends.cells | closing;
  const uint64_t behind_closing = closing << 1 | state.closing;
  const uint64_t wrong = (opening & ~(boundary << 1 | state.boundary)) | (behind_closing & ~(ends.cells | opening)) | state.carriage;
  if (wrong != 0) [[unlikely]]
    return false;
  state.inside = 0 - (inside >> 63);
  state.boundary = boundary >> 63;
  state.closing = closing >> 63;
  // Without branches, because which blocks have quotes cannot be foreseen.
  ends.flags = static_cast<uint8_t>(((quote | inside) != 0) * kCsvQuote + ((newline & inside) != 0) * kCsvQuotedNewline +
                                    ((opening & behind_closing) != 0) * kCsvDoubledQuote);
  return true;
}

constexpr uint32_t kBatch = 64;  // blocks between the steps

/// Marks those of a few blocks that hold NUL bytes or bytes that are not UTF-8, and perhaps one more where the last of them ends inside a
/// character. `begin`: of the stretch that they are part of, which begins a record; `last`: the stretch ends with its block.
MIG_TARGET_AVX2 void mark_suspects(const char* begin, const char* p, bool last, const uint8_t* odd, uint32_t count, BlockEnds* out) {
  for (uint32_t i = 0; i < count; ++i) {
    const char* const block = p + static_cast<size_t>(odd[i]) * kBlockBytes;
    const __m256i before = block == begin ? _mm256_setzero_si256() : load_avx2(block - 32);
    const __m256i low = load_avx2(block), high = load_avx2(block + 32);
    const __m256i faults = _mm256_or_si256(utf8_faults(low, before), utf8_faults(high, low));
    // What goes on in the next block is judged there, if it is one that is looked at.
    const bool cut = ends_incomplete(high) && ((last && i + 1 == count) || static_cast<signed char>(block[kBlockBytes]) >= 0);
    if (cut || _mm256_testz_si256(faults, faults) == 0 || has_zero_avx2(low, high) != 0) [[unlikely]]
      out[odd[i]].flags |= kCsvSuspect;
  }
}

/// Where the cells and records of at most kBatch blocks end; returns of how many: fewer than asked for behind a block with broken quoting.
/// `valid`: of the last block. Which blocks are not plain ASCII cannot be foreseen, so they are put on a list and looked at afterwards.
MIG_TARGET_AVX2 uint32_t find_ends(Filling& f, const Bytes& bytes, uint32_t first, uint32_t blocks, BlockEnds* out) {
  CsvQuoteState state = f.state;
  const char* const start = bytes.begin + static_cast<size_t>(first) * kBlockBytes;
  const char* p = start;
  const bool last = first + blocks == bytes.blocks;
  const uint64_t valid = last ? bytes.last_valid : ~0ull;
  const uint64_t quotes_count = bytes.quote == 0 ? 0 : ~0ull;
  const __m256i quote = _mm256_set1_epi8(bytes.quote), delimiter = _mm256_set1_epi8(bytes.delimiter), feed = _mm256_set1_epi8('\n');
  const __m256i one = _mm256_set1_epi8(1);  // signed: what is below is NUL or not ASCII
  uint8_t odd[kBatch];
  uint32_t odds = 0;
  uint32_t b = 0;
  for (; b < blocks; ++b, p += kBlockBytes) {
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    odd[odds] = static_cast<uint8_t>(b);
    const __m256i not_plain = _mm256_or_si256(_mm256_cmpgt_epi8(one, low), _mm256_cmpgt_epi8(one, high));
    odds += _mm256_testz_si256(not_plain, not_plain) == 0 ? 1 : 0;
    const uint64_t quotes = join_avx2(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)) & quotes_count;
    const uint64_t delimiters = join_avx2(_mm256_cmpeq_epi8(low, delimiter), _mm256_cmpeq_epi8(high, delimiter));
    const uint64_t newlines = join_avx2(_mm256_cmpeq_epi8(low, feed), _mm256_cmpeq_epi8(high, feed));
    const bool whole = b + 1 != blocks || valid == ~0ull;
    if (!whole || !step_lightly(state, quotes, delimiters, newlines, out[b])) [[unlikely]] {
      f.state = state;
      out[b] = block_ends<Avx2Bits>(f, {quotes, delimiters, newlines, equal_avx2(low, high, '\r'), 0}, whole ? ~0ull : valid);
      state = f.state;
      if (f.broken) {
        ++b;
        break;
      }
    }
  }
  f.state = state;
  if (odds != 0) mark_suspects(bytes.begin, start, last, odd, odds, out);
  return b;
}

/// Works on a Filling of its own, so that what is written cannot be taken for a part of it.
template <bool kWanted>
MIG_TARGET_AVX2 void keep(Filling& filling, const BlockEnds* ends, uint32_t blocks) {
  Filling f = filling;
  for (uint32_t b = 0; b < blocks; ++b) keep_ends<Avx2Bits, kWanted>(f, ends[b]);
  filling = f;
}

}  // namespace

MIG_TARGET_AVX2 void keep_avx2(Filling& filling, const BlockEnds* ends, uint32_t blocks) {
  filling.wanted == nullptr ? keep<false>(filling, ends, blocks) : keep<true>(filling, ends, blocks);
}

MIG_TARGET_AVX2 void fill_avx2(Filling& f, const Bytes& bytes) {
  BlockEnds ends[kBatch];
  for (uint32_t at = 0; at < bytes.blocks && !f.broken; at += kBatch)
    keep_avx2(f, ends, find_ends(f, bytes, at, std::min(bytes.blocks - at, kBatch), ends));
}

MIG_TARGET_AVX2 bool find_ends_avx2(const Bytes& bytes, BlockEnds* out) {
  Filling f{nullptr, nullptr, nullptr};
  for (uint32_t at = 0; at < bytes.blocks && !f.broken; at += kBatch)
    find_ends(f, bytes, at, std::min(bytes.blocks - at, kBatch), out + at);
  return !f.broken;
}

}  // namespace mig::csv_filling
#endif
