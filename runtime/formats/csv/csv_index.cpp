#include "runtime/formats/csv/csv_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/csv/quote_state.h"
#include "runtime/formats/scan/utf8_avx2.h"

namespace mig {
namespace {

constexpr uint32_t kFirstWindow = 32 * 1024;
constexpr uint32_t kLeastWindow = 1024;
constexpr uint32_t kBatch = 32;  // blocks classified at a time

struct Filling {
  uint32_t* ends;  // next free
  const uint32_t* first;
  CsvLine* lines;                    // next free
  const uint32_t* wanted = nullptr;  // of the record at hand, the next cell whose end is kept; null: all are
  const uint32_t* all_wanted = nullptr;
  uint32_t offset = 0;
  uint32_t line_first = 0;  // where the ends of the record at hand begin
  uint32_t cells = 0;       // of the record at hand, so far
  CsvQuoteState state{};
  uint64_t last_quote = 0;  // bit 0: the byte before the block is a quote
  uint8_t flags = 0;
  bool broken = false;
};

struct BlockEnds {
  uint64_t cells;     // ends of cells, those of records among them
  uint64_t newlines;  // ends of records
  uint8_t flags;
};

template <class Bits>
MIG_ALWAYS_INLINE BlockEnds block_ends(Filling& f, CsvMasks m, uint64_t valid) {
  m.quote &= valid;
  m.delimiter &= valid;
  m.newline &= valid;
  if ((m.quote | f.state.inside | f.state.closing | f.state.carriage) == 0) {
    f.last_quote = 0;
    f.state.boundary = (m.delimiter | m.newline) >> 63;
    return {m.delimiter | m.newline, m.newline, static_cast<uint8_t>(m.suspect != 0 ? kCsvSuspect : 0)};
  }
  const CsvStep step = csv_step<Bits>(f.state, m);
  const uint64_t doubled = m.quote & (m.quote << 1 | f.last_quote);
  f.last_quote = m.quote >> 63;
  const auto flags = static_cast<uint8_t>((m.quote | step.inside ? kCsvQuote : 0) | (m.newline & step.inside ? kCsvQuotedNewline : 0) |
                                          (m.suspect != 0 ? kCsvSuspect : 0) | (doubled != 0 ? kCsvDoubledQuote : 0));
  BlockEnds ends{step.delimiters | step.newlines, step.newlines, flags};
  if ((step.violations & valid) != 0) [[unlikely]] {
    const uint64_t violations = step.violations & valid;
    const uint64_t before = (violations & -violations) - 1;
    ends.cells &= before;
    ends.newlines &= before;
    f.broken = true;
  }
  return ends;
}

MIG_ALWAYS_INLINE void end_line(Filling& f, uint64_t newline, uint8_t flags) {
  *f.lines++ = {f.offset + static_cast<uint32_t>(std::countr_zero(newline)), f.cells, f.line_first, f.flags};
  f.flags = flags;
  f.cells = 0;
}

/// The ends of all cells of a block.
template <class Bits>
MIG_ALWAYS_INLINE void fill_all(Filling& f, const CsvMasks& masks, uint64_t valid) {
  BlockEnds block = block_ends<Bits>(f, masks, valid);
  f.flags |= block.flags;
  const auto before = static_cast<uint32_t>(f.ends - f.first);
  for (uint64_t newlines = block.newlines; newlines != 0; newlines &= newlines - 1) {
    const uint64_t below = newlines ^ (newlines - 1);
    const uint32_t behind = before + static_cast<uint32_t>(std::popcount(block.cells & below));
    f.cells = behind - f.line_first;
    end_line(f, newlines, block.flags);
    f.line_first = behind;
  }
  const auto count = static_cast<uint32_t>(std::popcount(block.cells));
  uint32_t* const out = f.ends;
  auto emit = [&](uint32_t i) {
    out[i] = f.offset + Bits::lowest(block.cells);
    block.cells &= block.cells - 1;
  };
  for (uint32_t i = 0; i < 8; ++i) emit(i);
  if (count > 8) {
    for (uint32_t i = 8; i < 16; ++i) emit(i);
    if (count > 16) [[unlikely]] {
      for (uint32_t i = 16; i < count; ++i) emit(i);
    }
  }
  f.ends += count;
  f.offset += kBlockBytes;
}

/// The ends of the wanted cells alone; the others are only counted.
template <class Bits>
MIG_ALWAYS_INLINE void fill_wanted(Filling& f, const CsvMasks& masks, uint64_t valid) {
  BlockEnds block = block_ends<Bits>(f, masks, valid);
  f.flags |= block.flags;
  while (true) {
    const uint64_t newline = block.newlines & -block.newlines;
    const uint64_t here = block.cells & (newline | (newline - 1));  // all of the block when no record ends in it
    const auto count = static_cast<uint32_t>(std::popcount(here));
    for (; *f.wanted - f.cells < count; ++f.wanted) *f.ends++ = f.offset + Bits::place_of(here, *f.wanted - f.cells);
    f.cells += count;
    if (newline == 0) break;
    end_line(f, newline, block.flags);
    f.line_first = static_cast<uint32_t>(f.ends - f.first);
    f.wanted = f.all_wanted;
    block.cells ^= here;
    block.newlines ^= newline;
  }
  f.offset += kBlockBytes;
}

struct Bytes {
  const char* begin;
  uint32_t blocks;
  uint64_t last_valid;  // of the last block
  char quote;           // 0: none
  char delimiter;
};

/// Both stop at the first violation and work on a Filling of their own, so that what is written cannot be taken for a part of it.
template <bool kWanted>
void fill_base(Filling& filling, const Bytes& bytes, Simd simd) {
  Filling f = filling;
  CsvMasks masks[kBatch];
  for (uint32_t b = 0; b < bytes.blocks && !f.broken; ++b) {
    const uint32_t at = b % kBatch;
    if (at == 0) {
      const uint32_t count = std::min(kBatch, bytes.blocks - b);
      classify_csv(simd, bytes.begin + static_cast<size_t>(b) * kBlockBytes, count, bytes.quote, bytes.delimiter, masks);
    }
    if (bytes.quote == 0) masks[at].quote = 0;
    const uint64_t valid = b + 1 == bytes.blocks ? bytes.last_valid : ~0ull;
    if constexpr (kWanted)
      fill_wanted<PlainBits>(f, masks[at], valid);
    else
      fill_all<PlainBits>(f, masks[at], valid);
  }
  if (!f.wanted) f.cells = static_cast<uint32_t>(f.ends - f.first) - f.line_first;
  filling = f;
}

#if MIG_SIMD_X86
template <bool kWanted>
MIG_TARGET_AVX2 void fill_avx2(Filling& filling, const Bytes& bytes) {
  Filling f = filling;
  Utf8Check check{_mm256_setzero_si256(), false};
  const uint64_t quotes_count = bytes.quote == 0 ? 0 : ~0ull;
  const char* p = bytes.begin;
  for (uint32_t b = 0; b < bytes.blocks && !f.broken; ++b, p += kBlockBytes) {
    const uint64_t valid = b + 1 == bytes.blocks ? bytes.last_valid : ~0ull;
    const __m256i low = load_avx2(p), high = load_avx2(p + 32);
    const CsvMasks masks{equal_avx2(low, high, bytes.quote) & quotes_count, equal_avx2(low, high, bytes.delimiter),
                         equal_avx2(low, high, '\n'), equal_avx2(low, high, '\r'), check.block(low, high) | has_zero_avx2(low, high)};
    if constexpr (kWanted)
      fill_wanted<Avx2Bits>(f, masks, valid);
    else
      fill_all<Avx2Bits>(f, masks, valid);
  }
  if (check.open) f.flags |= kCsvSuspect;
  if (!f.wanted) f.cells = static_cast<uint32_t>(f.ends - f.first) - f.line_first;
  filling = f;
}
#endif

}  // namespace

void CsvIndex::want(std::vector<uint32_t> cells) {
  wanted_ = std::move(cells);
  wanted_.push_back(~0u);
}

void CsvIndex::reserve(uint32_t window) {
  if (window_ >= window) return;
  ends_ = std::make_unique_for_overwrite<uint32_t[]>(1 + window + 2 * kBlockBytes);
  ends_[0] = ~0u;
  lines_ = std::make_unique_for_overwrite<CsvLine[]>(window + 2 * kBlockBytes);
  window_ = window;
}

CsvIndex::Filled CsvIndex::fill(uint32_t size, bool at_end) {
  Filling f{ends_.get() + 1, ends_.get() + 1, lines_.get()};
  if (!wanted_.empty()) f.wanted = f.all_wanted = wanted_.data();
  const uint32_t tail = size % kBlockBytes;
  const Bytes bytes{base_, (size + kBlockBytes - 1) / kBlockBytes, tail == 0 ? ~0ull : (1ull << tail) - 1, dialect_.quote,
                    dialect_.delimiter};
#if MIG_SIMD_X86
  if (simd_ == Simd::kAvx2)
    f.wanted == nullptr ? fill_avx2<false>(f, bytes) : fill_avx2<true>(f, bytes);
  else
#endif
    f.wanted == nullptr ? fill_base<false>(f, bytes, simd_) : fill_base<true>(f, bytes, simd_);
  line_count_ = static_cast<uint32_t>(f.lines - lines_.get());
  const uint32_t behind = line_count_ == 0 ? 0 : lines_[line_count_ - 1].end + 1;
  if (f.broken) return Filled::kBroken;
  if (at_end && behind < size) {
    // A last record without a line feed; its quotes must be closed, and bytes behind a closing quote were checked up to the end.
    if (f.state.inside != 0) return Filled::kBroken;
    if (f.wanted == nullptr) *f.ends = size;
    lines_[line_count_++] = {size, f.cells + 1, f.line_first, f.flags};
  }
  return line_count_ == 0 ? Filled::kNone : Filled::kLines;
}

void CsvIndex::build(const char* p, const char* end) {
  base_ = p;
  const auto rest = static_cast<uint64_t>(end - p);
  if (next_window_ == 0) next_window_ = kFirstWindow;
  for (uint64_t window = next_window_;; window *= 2) {
    const auto size = static_cast<uint32_t>(std::min<uint64_t>(window, rest));
    reserve(std::max(size, kFirstWindow));
    switch (fill(size, size == rest)) {
      case Filled::kLines: next_window_ = std::min(kFirstWindow, next_window_ * 2); return;
      case Filled::kBroken: next_window_ = kLeastWindow; return;
      case Filled::kNone: break;
    }
  }
}

}  // namespace mig
