#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/quote_state.h"

namespace mig {
namespace {

constexpr uint32_t kBatch = 32;  // blocks classified at a time

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
      outline_csv(simd_, bytes + at, whole, dialect_.quote, dialect_.delimiter, masks);
      uint64_t count = whole;
      uint64_t valid = ~0ull;
      if (whole < kBatch && left % kBlockBytes != 0) {  // nothing behind `size` may be read
        char last[kBlockBytes] = {};
        std::copy(bytes + at + whole * kBlockBytes, bytes + size, last);
        outline_csv(simd_, last, 1, dialect_.quote, dialect_.delimiter, masks + whole);
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
