#include <bit>
#include <cstring>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/end_scanner.h"

namespace mig {
namespace {

class CsvBoundaries final : public BoundaryScanner {
 public:
  CsvBoundaries(const CsvDialect& dialect, uint64_t max_record_bytes, Simd simd)
      : dialect_(dialect), simd_(simd), max_record_bytes_(max_record_bytes), ends_(dialect, simd) {}

  uint64_t last_boundary(const char* bytes, uint64_t size) override { return find(bytes, size, nullptr); }
  uint64_t last_boundary(const char* bytes, uint64_t size, RecordEnds& found) override {
    found.clear();
    if (found.want == RecordEnds::Want::kEnds) return find(bytes, size, &found);
    if (dialect_.escape == 0 && size <= max_record_bytes_ && find_block_ends(dialect_, simd_, bytes, size, found))
      return behind_last(found);
    found.clear();
    return find(bytes, size, nullptr);
  }

 private:
  enum class Stop : uint8_t { kEnd, kBroken, kOverlong };

  uint64_t find(const char* bytes, uint64_t size, RecordEnds* found) {
    uint64_t boundary = 0;
    while (boundary != size) {
      Stop stop = Stop::kBroken;
      if (dialect_.escape == 0) boundary += fast(bytes + boundary, size - boundary, stop, found);
      if (stop == Stop::kEnd) return boundary;
      if (found != nullptr) found->ends.clear();  // not those of all
      found = nullptr;
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

  /// As last_boundary, but stops before a record whose quoting is broken or that is too long.
  uint64_t fast(const char* bytes, uint64_t size, Stop& stop, RecordEnds* found) {
    uint64_t boundary = 0;
    const bool all_fit = size <= max_record_bytes_;
    for (ends_.begin(bytes, bytes + size); !ends_.done();) {
      ends_.step();
      const uint32_t count = ends_.count();
      if (found != nullptr) found->ends.insert(found->ends.end(), ends_.ends(), ends_.ends() + count);
      for (uint32_t i = all_fit && count != 0 ? count - 1 : 0; i < count; ++i) {
        const uint64_t end = ends_.ends()[i] & ~RecordEnds::kQuotedFeed;
        if (end - boundary > max_record_bytes_ && !all_fit) [[unlikely]] {
          stop = Stop::kOverlong;
          return boundary;
        }
        boundary = end + 1;
      }
    }
    stop = ends_.broken() ? Stop::kBroken : size - boundary > max_record_bytes_ ? Stop::kOverlong : Stop::kEnd;
    return boundary;
  }

  static uint64_t behind_last(const RecordEnds& found) {
    for (uint64_t b = found.block_count; b != 0; --b) {
      const uint64_t newlines = found.blocks[b - 1].newlines;
      if (newlines != 0) return b * kBlockBytes - static_cast<uint64_t>(std::countl_zero(newlines));
    }
    return 0;
  }

  CsvDialect dialect_;
  Simd simd_;
  uint64_t max_record_bytes_;
  CsvEndScanner ends_;
};

}  // namespace

std::unique_ptr<BoundaryScanner> make_csv_boundaries(const CsvDialect& dialect, uint64_t max_record_bytes, Simd simd) {
  return std::make_unique<CsvBoundaries>(dialect, max_record_bytes, simd);
}

}  // namespace mig
