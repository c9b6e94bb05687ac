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
  ends.flags = (quote | inside) != 0 ? kCsvQuote : 0;
  if (((newline & inside) | (opening & behind_closing)) != 0) [[unlikely]] {
    if ((newline & inside) != 0) ends.flags |= kCsvQuotedNewline;
    if ((opening & behind_closing) != 0) ends.flags |= kCsvDoubledQuote;
  }
  return true;
}

/// Works on a Filling of its own, so that what is written cannot be taken for a part of it.
template <bool kWanted>
MIG_TARGET_AVX2 MIG_ALWAYS_INLINE void fill(Filling& filling, const Bytes& bytes) {
  Filling f = filling;
  Utf8Check check{_mm256_setzero_si256(), false};
  const uint64_t quotes_count = bytes.quote == 0 ? 0 : ~0ull;
  const char* p = bytes.begin;
  const auto carefully = [&](__m256i low, __m256i high, uint64_t suspect, uint64_t valid) MIG_TARGET_AVX2 {
    const CsvMasks masks{equal_avx2(low, high, bytes.quote) & quotes_count, equal_avx2(low, high, bytes.delimiter),
                         equal_avx2(low, high, '\n'), equal_avx2(low, high, '\r'), suspect};
    keep_ends<Avx2Bits, kWanted>(f, block_ends<Avx2Bits>(f, masks, valid));
  };
  for (uint32_t b = 1; b < bytes.blocks && !f.broken; ++b, p += kBlockBytes) {
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    const uint64_t suspect = check.block_with_zeros(low, high);
    BlockEnds ends;
    if (!step_lightly(f.state, equal_avx2(low, high, bytes.quote) & quotes_count, equal_avx2(low, high, bytes.delimiter),
                      equal_avx2(low, high, '\n'), ends)) [[unlikely]] {
      carefully(low, high, suspect, ~0ull);
      continue;
    }
    if (suspect != 0) [[unlikely]]
      ends.flags |= kCsvSuspect;
    keep_ends<Avx2Bits, kWanted>(f, ends);
  }
  if (bytes.blocks != 0 && !f.broken) {
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    carefully(low, high, check.block_with_zeros(low, high), bytes.last_valid);
  }
  if (check.open) f.flags |= kCsvSuspect;
  filling = f;
}

}  // namespace

MIG_TARGET_AVX2 void fill_wanted_avx2(Filling& filling, const Bytes& bytes) { fill<true>(filling, bytes); }
MIG_TARGET_AVX2 void fill_all_avx2(Filling& filling, const Bytes& bytes) { fill<false>(filling, bytes); }

}  // namespace mig::csv_filling
#endif
