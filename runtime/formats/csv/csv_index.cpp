#include "runtime/formats/csv/csv_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/csv/quote_state.h"

namespace mig {
namespace {

constexpr uint32_t kFirstWindow = 32 * 1024;
constexpr uint32_t kLeastWindow = 1024;
constexpr uint32_t kBatch = 32;  // blocks classified at a time

struct Filling {
  uint32_t* cells;  // next free
  const uint32_t* first;
  CsvLine* lines;  // next free
  uint32_t offset = 0;
  CsvQuoteState state{};
  uint8_t flags = 0;
  bool broken = false;
};

/// Stops at the first violation.
MIG_ALWAYS_INLINE void fill_blocks(Filling& f, const CsvMasks* masks, uint32_t blocks, uint64_t last_valid) {
  for (uint32_t b = 0; b < blocks; ++b) {
    CsvMasks m = masks[b];
    const uint64_t valid = b + 1 == blocks ? last_valid : ~0ull;
    m.quote &= valid;
    m.delimiter &= valid;
    m.newline &= valid;
    const CsvStep step = csv_step(f.state, m);
    const auto flags = static_cast<uint8_t>((m.quote | step.inside ? kCsvQuote : 0) | (m.newline & step.inside ? kCsvQuotedNewline : 0) |
                                            (m.suspect != 0 ? kCsvSuspect : 0));
    f.flags |= flags;
    uint64_t ends = step.delimiters | step.newlines;
    uint64_t newlines = step.newlines;
    if ((step.violations & valid) != 0) [[unlikely]] {
      const uint64_t violations = step.violations & valid;
      const uint64_t before = (violations & -violations) - 1;
      ends &= before;
      newlines &= before;
      f.broken = true;
    }
    while (newlines != 0) {
      const uint64_t below = newlines ^ (newlines - 1);
      f.lines->end = f.offset + static_cast<uint32_t>(std::countr_zero(newlines));
      f.lines->cells = static_cast<uint32_t>(f.cells - f.first) + static_cast<uint32_t>(std::popcount(ends & below));
      f.lines->flags = f.flags;
      ++f.lines;
      f.flags = flags;
      newlines &= newlines - 1;
    }
    const auto count = static_cast<uint32_t>(std::popcount(ends));
    uint32_t* const out = f.cells;
    auto emit = [&](uint32_t i) {
      out[i] = f.offset + static_cast<uint32_t>(std::countr_zero(ends | 1ull << 63));
      ends &= ends - 1;
    };
    for (uint32_t i = 0; i < 8; ++i) emit(i);
    if (count > 8) {
      for (uint32_t i = 8; i < 16; ++i) emit(i);
      if (count > 16) [[unlikely]] {
        for (uint32_t i = 16; i < count; ++i) emit(i);
      }
    }
    f.cells += count;
    f.offset += kBlockBytes;
    if (f.broken) return;
  }
}

void fill_blocks_base(Filling& f, const CsvMasks* masks, uint32_t blocks, uint64_t last_valid) {
  fill_blocks(f, masks, blocks, last_valid);
}
#if MIG_SIMD_X86
MIG_TARGET_AVX2 void fill_blocks_avx2(Filling& f, const CsvMasks* masks, uint32_t blocks, uint64_t last_valid) {
  fill_blocks(f, masks, blocks, last_valid);
}
#endif

}  // namespace

void CsvIndex::reserve(uint32_t window) {
  if (window_ >= window) return;
  cells_ = std::make_unique_for_overwrite<uint32_t[]>(window + 2 * kBlockBytes);
  lines_ = std::make_unique_for_overwrite<CsvLine[]>(window + 2 * kBlockBytes);
  window_ = window;
}

CsvIndex::Filled CsvIndex::fill(uint32_t size, bool at_end) {
  Filling f{cells_.get(), cells_.get(), lines_.get()};
  CsvMasks masks[kBatch];
  const uint32_t blocks = (size + kBlockBytes - 1) / kBlockBytes;
  const uint32_t tail = size % kBlockBytes;
  const uint64_t tail_valid = tail == 0 ? ~0ull : (1ull << tail) - 1;
  for (uint32_t done = 0; done < blocks && !f.broken; done += kBatch) {
    const uint32_t count = std::min(kBatch, blocks - done);
    classify_csv(simd_, base_ + static_cast<size_t>(done) * kBlockBytes, count, dialect_.quote, dialect_.delimiter, masks);
    if (dialect_.quote == 0) {
      for (uint32_t b = 0; b < count; ++b) masks[b].quote = 0;
    }
    const uint64_t valid = done + count == blocks ? tail_valid : ~0ull;
#if MIG_SIMD_X86
    if (simd_ == Simd::kAvx2) {
      fill_blocks_avx2(f, masks, count, valid);
      continue;
    }
#endif
    fill_blocks_base(f, masks, count, valid);
  }
  line_count_ = static_cast<uint32_t>(f.lines - lines_.get());
  const uint32_t behind = line_count_ == 0 ? 0 : lines_[line_count_ - 1].end + 1;
  if (f.broken) return Filled::kBroken;
  if (at_end && behind < size) {
    // A last record without a line feed; its quotes must be closed, and bytes behind a closing quote were checked up to the end.
    if (f.state.inside != 0) return Filled::kBroken;
    *f.cells++ = size;
    lines_[line_count_++] = {size, static_cast<uint32_t>(f.cells - cells_.get()), f.flags};
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

namespace {

class CsvBoundaries final : public BoundaryScanner {
 public:
  CsvBoundaries(const CsvDialect& dialect, uint64_t max_record_bytes, Simd simd)
      : dialect_(dialect), max_record_bytes_(max_record_bytes), simd_(simd) {}

  uint64_t last_boundary(const char* bytes, uint64_t size) override {
    uint64_t boundary = 0;
    while (boundary != size) {
      Stop stop = Stop::kBroken;
      if (dialect_.escape == 0) boundary += fast(bytes + boundary, size - boundary, stop);
      if (stop == Stop::kEnd) return boundary;
      const char* const start = bytes + boundary;
      const char* const end = bytes + size;
      const auto* feed = static_cast<const char*>(std::memchr(start, '\n', static_cast<size_t>(end - start)));
      if (feed == nullptr) return boundary;
      if (stop == Stop::kBroken) {
        const CsvRecordEnd record = read_csv_record(dialect_, start, end, nullptr);
        const bool whole = record.terminated && !record.open;
        const char* const text_end = whole ? record.next - 1 : end;
        if (static_cast<uint64_t>(text_end - start) <= max_record_bytes_) {
          if (!whole) return boundary;
          boundary = static_cast<uint64_t>(record.next - bytes);
          continue;
        }
      }
      // Too long: its first line is the record, and nothing may follow it, for only so the decoder sees that its quotes stay open.
      return static_cast<uint64_t>(feed + 1 - bytes);
    }
    return boundary;
  }

 private:
  enum class Stop : uint8_t { kEnd, kBroken, kOverlong };

  /// As last_boundary, but stops before a record whose quoting is broken or that is too long.
  uint64_t fast(const char* bytes, uint64_t size, Stop& stop) {
    CsvMasks masks[kBatch];
    CsvQuoteState state;
    uint64_t boundary = 0;
    stop = Stop::kEnd;
    for (uint64_t at = 0; at < size; at += kBatch * kBlockBytes) {
      const uint64_t left = size - at;
      const uint64_t whole = std::min<uint64_t>(left / kBlockBytes, kBatch);
      classify_csv(simd_, bytes + at, whole, dialect_.quote, dialect_.delimiter, masks);
      uint64_t count = whole;
      uint64_t valid = ~0ull;
      if (whole < kBatch && left % kBlockBytes != 0) {  // nothing behind `size` may be read
        char last[kBlockBytes] = {};
        std::copy(bytes + at + whole * kBlockBytes, bytes + size, last);
        classify_csv(simd_, last, 1, dialect_.quote, dialect_.delimiter, masks + whole);
        valid = (1ull << (left % kBlockBytes)) - 1;
        ++count;
      }
      for (uint64_t b = 0; b < count; ++b) {
        CsvMasks m = masks[b];
        const uint64_t now = b + 1 == count ? valid : ~0ull;
        m.quote = dialect_.quote == 0 ? 0 : m.quote & now;
        m.delimiter &= now;
        m.newline &= now;
        const CsvStep step = csv_step(state, m);
        uint64_t newlines = step.newlines;
        const uint64_t violations = step.violations & now;
        const uint64_t offset = at + b * kBlockBytes;
        if (violations != 0) [[unlikely]]
          newlines &= (violations & -violations) - 1;
        if (newlines != 0) {
          if (offset + kBlockBytes - boundary > max_record_bytes_) [[unlikely]] {
            if (!all_fit(newlines, offset, boundary)) {
              stop = Stop::kOverlong;
              return boundary;
            }
          }
          boundary = offset + static_cast<uint64_t>(64 - std::countl_zero(newlines));
        }
        if (violations != 0) [[unlikely]] {
          stop = Stop::kBroken;
          return boundary;
        }
      }
    }
    if (size - boundary > max_record_bytes_) stop = Stop::kOverlong;
    return boundary;
  }

  /// Whether the records that end in this block are short enough; else `boundary` is the start of the first that is not.
  bool all_fit(uint64_t newlines, uint64_t offset, uint64_t& boundary) const {
    for (; newlines != 0; newlines &= newlines - 1) {
      const uint64_t end = offset + static_cast<uint64_t>(std::countr_zero(newlines));
      if (end - boundary > max_record_bytes_) return false;
      boundary = end + 1;
    }
    return true;
  }

  CsvDialect dialect_;
  uint64_t max_record_bytes_;
  Simd simd_;
};

}  // namespace

std::unique_ptr<BoundaryScanner> make_csv_boundaries(const CsvDialect& dialect, uint64_t max_record_bytes, Simd simd) {
  return std::make_unique<CsvBoundaries>(dialect, max_record_bytes, simd);
}

}  // namespace mig
