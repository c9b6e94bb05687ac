// The inside of CsvIndex: from the masks of 64 bytes to ends of cells and records.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/quote_state.h"

namespace mig::csv_filling {

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
  uint8_t flags = 0;  // of the record at hand
  bool broken = false;
};

struct Bytes {
  const char* begin;
  uint32_t blocks;
  uint64_t last_valid;  // of the last block
  char quote;           // 0: none
  char delimiter;
};

/// By the whole state machine of quoting; stops before the first violation.
template <class Bits>
MIG_ALWAYS_INLINE BlockEnds block_ends(Filling& f, CsvMasks m, uint64_t valid) {
  m.quote &= valid;
  m.delimiter &= valid;
  m.newline &= valid;
  if ((m.quote | f.state.inside | f.state.closing | f.state.carriage) == 0) {
    f.state.boundary = (m.delimiter | m.newline) >> 63;
    return {m.delimiter | m.newline, m.newline, static_cast<uint8_t>(m.suspect != 0 ? kCsvSuspect : 0)};
  }
  const uint64_t behind_closing = f.state.closing;
  const CsvStep step = csv_step<Bits>(f.state, m);
  const uint64_t doubled = m.quote & step.inside & ((m.quote & ~step.inside) << 1 | behind_closing);
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
MIG_ALWAYS_INLINE void keep_all(Filling& f, BlockEnds block) {
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
#pragma GCC unroll 8
  for (uint32_t i = 0; i < 8; ++i) emit(i);
  if (count > 8) {
#pragma GCC unroll 8
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
MIG_ALWAYS_INLINE void keep_wanted(Filling& f, BlockEnds block) {
  f.flags |= block.flags;
  while (true) {
    const uint64_t newline = block.newlines & -block.newlines;
    const uint64_t here = block.cells & (newline | (newline - 1));  // all of the block when no record ends in it
    const auto count = static_cast<uint32_t>(std::popcount(here));
    // Up to two ends without a branch, because a wanted cell mostly comes with the end of the cell before it; more are rare.
    const uint32_t first = f.wanted[0] - f.cells, second = f.wanted[1] - f.cells;
    f.ends[0] = f.offset + Bits::place_of(here, first);
    f.ends[1] = f.offset + Bits::place_of(here, second);
    const uint32_t taken = static_cast<uint32_t>(first < count) + static_cast<uint32_t>(second < count);
    f.ends += taken;
    f.wanted += taken;
    for (; *f.wanted - f.cells < count; ++f.wanted) [[unlikely]]
      *f.ends++ = f.offset + Bits::place_of(here, *f.wanted - f.cells);
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

template <class Bits, bool kWanted>
MIG_ALWAYS_INLINE void keep_ends(Filling& f, const BlockEnds& block) {
  if constexpr (kWanted)
    keep_wanted<Bits>(f, block);
  else
    keep_all<Bits>(f, block);
}

#if MIG_SIMD_X86
/// Stops at the first violation.
void fill_avx2(Filling& filling, const Bytes& bytes);
/// The first half of it: into one BlockEnds for each block. False: there is a violation.
bool find_ends_avx2(const Bytes& bytes, BlockEnds* out);
/// The second half.
void keep_avx2(Filling& filling, const BlockEnds* ends, uint32_t blocks);
#endif

}  // namespace mig::csv_filling
