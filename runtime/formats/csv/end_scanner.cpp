#include "runtime/formats/csv/end_scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/scan/avx2_block.h"
#include "runtime/formats/scan/masks.h"

namespace mig {

void CsvEndScanner::begin(const char* p, const char* end) {
  base_ = p;
  size_ = static_cast<uint32_t>(std::min<uint64_t>(static_cast<uint64_t>(end - p), RecordEnds::kQuotedFeed - 1));
  progress_ = {};
}

void CsvEndScanner::step() {
  progress_.count = 0;
  const uint32_t left = size_ - progress_.at;
  const uint32_t whole = std::min(left / kBlockBytes, kBlocks);
  if (whole != 0) return scan(base_ + progress_.at, whole, ~0ull);
  char last[kBlockBytes] = {};
  std::memcpy(last, base_ + progress_.at, left);
  scan(last, 1, (1ull << left) - 1);
  progress_.at = size_;
}

/// `flag_of_block`: of every record that has bytes in the block.
MIG_ALWAYS_INLINE void CsvEndScanner::Progress::add_newlines(uint64_t newlines, uint32_t flag_of_block, uint32_t* ends) {
  flag |= flag_of_block;
  for (; newlines != 0; newlines &= newlines - 1) {
    ends[count++] = (at + static_cast<uint32_t>(std::countr_zero(newlines))) | flag;
    flag = flag_of_block;
  }
  at += kBlockBytes;
}

template <class Bits>
MIG_ALWAYS_INLINE void CsvEndScanner::Progress::add_block(const CsvMasks& masks, uint64_t valid, uint32_t* ends) {
  CsvMasks m = masks;
  m.quote &= valid;
  m.delimiter &= valid;
  m.newline &= valid;
  const CsvStep step = csv_step<Bits>(state, m);
  const uint64_t violations = step.violations & valid;
  broken = violations != 0;
  if (violations != 0) [[unlikely]]
    valid &= (violations & -violations) - 1;
  add_newlines(step.newlines & valid, (m.newline & step.inside) != 0 ? RecordEnds::kQuotedFeed : 0, ends);
}

void CsvEndScanner::scan(const char* p, uint32_t blocks, uint64_t last_valid) {
#if MIG_SIMD_X86
  if (simd_ == Simd::kAvx2) return scan_avx2(p, blocks, last_valid);
#endif
  scan_base(p, blocks, last_valid);
}

void CsvEndScanner::scan_base(const char* p, uint32_t blocks, uint64_t last_valid) {
  CsvMasks masks[kBlocks];
  classify_csv(simd_, p, blocks, quote_, delimiter_, masks);
  for (uint32_t b = 0; b < blocks && !progress_.broken; ++b) {
    if (quote_ == 0) masks[b].quote = 0;
    progress_.add_block<PlainBits>(masks[b], b + 1 == blocks ? last_valid : ~0ull, ends_);
  }
}

#if MIG_SIMD_X86
MIG_TARGET_AVX2 void CsvEndScanner::scan_avx2(const char* p, uint32_t blocks, uint64_t last_valid) {
  Progress now = progress_;
  const uint64_t quotes_count = quote_ == 0 ? 0 : ~0ull;
  const char quote = quote_, delimiter = delimiter_;
  for (uint32_t b = 0; b < blocks && !now.broken; ++b, p += kBlockBytes) {
    const uint64_t valid = b + 1 == blocks ? last_valid : ~0ull;
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    const uint64_t newlines = equal_avx2(low, high, '\n');
    const uint64_t quotes = equal_avx2(low, high, quote) & quotes_count;
    if ((quotes | now.state.inside | now.state.closing | now.state.carriage) == 0) {
      now.state.boundary = (p[kBlockBytes - 1] == delimiter) | (newlines >> 63);
      now.add_newlines(newlines & valid, 0, ends_);
      continue;
    }
    now.add_block<Avx2Bits>({quotes, equal_avx2(low, high, delimiter), newlines, equal_avx2(low, high, '\r'), 0}, valid, ends_);
  }
  progress_ = now;
}
#endif

}  // namespace mig
