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

constexpr uint32_t kBatch = 32;  // blocks between the two steps

/// Where the cells and records of blocks end; returns of how many: fewer than asked for behind a block with broken quoting. `valid`: of the
/// last block.
MIG_TARGET_AVX2 uint32_t find_ends(Filling& f, Utf8Check& utf8, const Bytes& bytes, const char* p, uint32_t blocks, uint64_t valid,
                                   BlockEnds* out) {
  CsvQuoteState state = f.state;
  Utf8Check check = utf8;
  const uint64_t quotes_count = bytes.quote == 0 ? 0 : ~0ull;
  const __m256i quote = _mm256_set1_epi8(bytes.quote), delimiter = _mm256_set1_epi8(bytes.delimiter), feed = _mm256_set1_epi8('\n');
  uint32_t b = 0;
  for (; b < blocks; ++b, p += kBlockBytes) {
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    const uint64_t suspect = check.block_with_zeros(low, high);
    const uint64_t quotes = join_avx2(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)) & quotes_count;
    const uint64_t delimiters = join_avx2(_mm256_cmpeq_epi8(low, delimiter), _mm256_cmpeq_epi8(high, delimiter));
    const uint64_t newlines = join_avx2(_mm256_cmpeq_epi8(low, feed), _mm256_cmpeq_epi8(high, feed));
    const bool whole = b + 1 != blocks || valid == ~0ull;
    if (!whole || !step_lightly(state, quotes, delimiters, newlines, out[b])) [[unlikely]] {
      f.state = state;
      out[b] = block_ends<Avx2Bits>(f, {quotes, delimiters, newlines, equal_avx2(low, high, '\r'), 0}, whole ? ~0ull : valid);
      state = f.state;
      if (f.broken) {
        out[b].flags |= suspect != 0 ? kCsvSuspect : 0;
        ++b;
        break;
      }
    }
    if (suspect != 0) [[unlikely]]
      out[b].flags |= kCsvSuspect;
  }
  f.state = state;
  utf8 = check;
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
  Utf8Check check{_mm256_setzero_si256(), false};
  BlockEnds ends[kBatch];
  for (uint32_t at = 0; at < bytes.blocks && !f.broken; at += kBatch) {
    const uint32_t blocks = bytes.blocks - at < kBatch ? bytes.blocks - at : kBatch;
    const uint64_t valid = at + blocks == bytes.blocks ? bytes.last_valid : ~0ull;
    keep_avx2(f, ends, find_ends(f, check, bytes, bytes.begin + static_cast<size_t>(at) * kBlockBytes, blocks, valid, ends));
  }
  if (check.open) f.flags |= kCsvSuspect;
}

MIG_TARGET_AVX2 bool find_ends_avx2(const Bytes& bytes, BlockEnds* out) {
  Utf8Check check{_mm256_setzero_si256(), false};
  Filling f{nullptr, nullptr, nullptr};
  find_ends(f, check, bytes, bytes.begin, bytes.blocks, bytes.last_valid, out);
  return !f.broken;
}

}  // namespace mig::csv_filling
#endif
