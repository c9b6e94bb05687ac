#include "runtime/formats/csv/csv_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/csv/index_filling.h"

namespace mig {

using namespace csv_filling;

namespace {

constexpr uint32_t kFirstWindow = 32 * 1024;
constexpr uint32_t kLeastWindow = 1024;
constexpr uint32_t kBatch = 32;  // blocks classified at a time

/// Stops at the first violation; works on a Filling of its own, so that what is written cannot be taken for a part of it.
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
    keep_ends<PlainBits, kWanted>(f, block_ends<PlainBits>(f, masks[at], b + 1 == bytes.blocks ? bytes.last_valid : ~0ull));
  }
  filling = f;
}

}  // namespace

void CsvIndex::want(std::vector<uint32_t> cells) {
  wanted_ = std::move(cells);
  wanted_.insert(wanted_.end(), 2, kNoCell);
}

void CsvIndex::reserve(uint32_t window) {
  if (window_ >= window) return;
  ends_ = std::make_unique_for_overwrite<uint32_t[]>(1 + window + 2 * kBlockBytes);
  lines_ = std::make_unique_for_overwrite<CsvLine[]>(window + 2 * kBlockBytes);
  window_ = window;
}

CsvIndex::Filled CsvIndex::fill(uint32_t size, bool at_end) {
  Filling f = begin_filling();
  ends_[0] = ~0u;
  const uint32_t tail = size % kBlockBytes;
  const Bytes bytes{base_, (size + kBlockBytes - 1) / kBlockBytes, tail == 0 ? ~0ull : (1ull << tail) - 1, dialect_.quote,
                    dialect_.delimiter};
#if MIG_SIMD_X86
  if (simd_ == Simd::kAvx2)
    fill_avx2(f, bytes);
  else
#endif
    f.wanted == nullptr ? fill_base<false>(f, bytes, simd_) : fill_base<true>(f, bytes, simd_);
  if (f.wanted == nullptr) f.cells = static_cast<uint32_t>(f.ends - f.first) - f.line_first;
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

bool find_block_ends([[maybe_unused]] const CsvDialect& dialect, [[maybe_unused]] Simd simd, [[maybe_unused]] const char* bytes,
                     [[maybe_unused]] uint64_t size, [[maybe_unused]] RecordEnds& found) {
#if MIG_SIMD_X86
  if (simd != Simd::kAvx2 || size == 0) return false;
  const uint64_t count = (size + kBlockBytes - 1) / kBlockBytes;
  if (found.blocks.size() < count) found.blocks.resize(count);
  const uint64_t tail = size % kBlockBytes;
  const Bytes all{bytes, static_cast<uint32_t>(count), tail == 0 ? ~0ull : (1ull << tail) - 1, dialect.quote, dialect.delimiter};
  const bool whole = find_ends_avx2(all, found.blocks.data());
  found.block_count = whole ? count : 0;
  return whole;
#else
  return false;
#endif
}

void CsvIndex::build([[maybe_unused]] const char* buffer, [[maybe_unused]] const BlockEnds* blocks, const char* p, const char* end) {
#if MIG_SIMD_X86
  const auto begin = static_cast<uint64_t>(p - buffer);
  const uint64_t first = begin / kBlockBytes;
  base_ = buffer + first * kBlockBytes;
  const auto size = static_cast<uint64_t>(end - base_);
  const uint64_t all = (size + kBlockBytes - 1) / kBlockBytes;
  for (uint64_t window = kFirstWindow / kBlockBytes;; window *= 2) {
    const auto count = static_cast<uint32_t>(std::min(window, all));
    reserve(std::max(count * kBlockBytes, kFirstWindow));
    Filling f = begin_filling();
    ends_[0] = static_cast<uint32_t>(begin % kBlockBytes) - 1;
    BlockEnds edge = blocks[first];
    const uint64_t valid = ~0ull << begin % kBlockBytes;
    edge.cells &= valid;
    edge.newlines &= valid;
    keep_avx2(f, &edge, 1);
    keep_avx2(f, blocks + first + 1, count - 1);
    line_count_ = static_cast<uint32_t>(f.lines - lines_.get());
    if (line_count_ != 0 || count == all) break;
  }
  // What the last block knows about the buffer behind `end`.
  while (line_count_ != 0 && lines_[line_count_ - 1].end >= size) --line_count_;
#else
  build(p, end);
#endif
}

Filling CsvIndex::begin_filling() {
  Filling f{ends_.get() + 1, ends_.get() + 1, lines_.get()};
  if (!wanted_.empty()) f.wanted = f.all_wanted = wanted_.data();
  return f;
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
