#include "runtime/formats/csv/csv_glance.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/csv/csv_cells.h"
#include "runtime/formats/csv/end_scanner.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {
namespace {

constexpr uint32_t kTrial = 4096;  // records after which those that needed the whole decoder are counted
constexpr uint32_t kStep = 16;     // bytes looked at together

/// Delimiters and quotes of 16 bytes, as bits.
struct Marks {
  uint32_t delimiters, quotes;
};

MIG_ALWAYS_INLINE Marks marks_at(const char* p, char delimiter, char quote) {
#if MIG_SIMD_X86
  const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(delimiter)))),
          static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(quote))))};
#else
  Marks marks{0, 0};
  for (uint32_t i = 0; i < kStep; ++i) {
    marks.delimiters |= static_cast<uint32_t>(p[i] == delimiter) << i;
    marks.quotes |= static_cast<uint32_t>(p[i] == quote) << i;
  }
  return marks;
#endif
}

class CsvGlance final : public RecordDecoder {
 public:
  CsvGlance(const DecoderOptions& options, const CsvDialect& dialect, Simd simd, std::unique_ptr<RecordDecoder> whole)
      : max_record_bytes_(options.max_record_bytes),
        dialect_(dialect),
        cells_(options, dialect),
        ends_(dialect, simd),
        whole_(std::move(whole)) {}

  Result<void> prepare(const DecoderOptions& options, const CsvColumns& columns) { return cells_.prepare(options, columns); }

  void begin_buffer() override {
    next_ = nullptr;
    known_ = nullptr;
    whole_->begin_buffer();
  }
  void know_ends(const char* buffer, const std::vector<uint32_t>& ends) override {
    base_ = buffer;
    known_ = &ends;
  }

  const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                     bool& failed) override {
    if (gave_up_) return whole_->decode(p, end, frame, context, lines, failure, failed);
    if (p != next_ || end != end_) begin(p, end);
    while (place_ == count_ && known_ == nullptr && !ends_.done()) {
      ends_.step();
      place_ = 0;
      count_ = ends_.count();
    }
    if (place_ == count_) [[unlikely]] {  // broken, or the last one without a line feed
      next_ = nullptr;
      return whole_->decode(p, end, frame, context, lines, failure, failed);
    }
    const uint32_t at = found_[place_++];
    const char* const feed = base_ + (at & ~RecordEnds::kQuotedFeed);
    if (static_cast<uint64_t>(feed - p) > max_record_bytes_) [[unlikely]] {
      next_ = nullptr;
      return whole_->decode(p, end, frame, context, lines, failure, failed);
    }
    next_ = feed + 1;
    ++seen_;
    failed = false;
    if (take_values(p, feed, frame, context)) [[likely]] {
      ++lines;
      if ((at & RecordEnds::kQuotedFeed) != 0) lines += static_cast<uint64_t>(std::count(p, feed, '\n'));
      return next_;
    }
    if (++unsure_ > kTrial / 2 && unsure_ > seen_ / 2) gave_up_ = true;
    for (const CsvColumnReader& reader : cells_.readers()) frame[reader.field] = 0;
    (void)whole_->decode(p, next_, frame, context, lines, failure, failed);
    return next_;
  }

 private:
  void begin(const char* p, const char* end) {
    end_ = end;
    if (known_ != nullptr) {
      const auto from = static_cast<uint32_t>(p - base_);
      const auto at =
          std::partition_point(known_->begin(), known_->end(), [&](uint32_t feed) { return (feed & ~RecordEnds::kQuotedFeed) < from; });
      found_ = known_->data();
      place_ = static_cast<uint32_t>(at - known_->begin());
      count_ = static_cast<uint32_t>(known_->size());
      return;
    }
    ends_.begin(p, end);
    base_ = p;
    found_ = ends_.ends();
    place_ = count_ = 0;
  }

  /// False: the record has to be decoded in whole.
  bool take_values(const char* p, const char* feed, uint8_t* frame, Context& context) const {
    const char* const stop = feed != p && feed[-1] == '\r' ? feed - 1 : feed;
    auto reader = cells_.readers().begin();
    const auto last = cells_.readers().end();
    if (reader == last) return false;
    const char* begin = p;
    uint32_t column = 0;
    for (const char* at = p;; at += kStep) {
      Marks marks = marks_at(at, dialect_.delimiter, dialect_.quote);
      const auto left = static_cast<uint64_t>(stop - at);
      if (left < kStep) {
        const uint32_t end = 1u << left;
        marks.delimiters = (marks.delimiters & (end - 1)) | end;
        marks.quotes &= end - 1;
      }
      for (; marks.delimiters != 0; marks.delimiters &= marks.delimiters - 1) {
        const uint32_t mark = marks.delimiters & -marks.delimiters;
        if ((marks.quotes & (mark - 1)) != 0 && dialect_.quote != 0) return false;
        const char* const cell_end = at + std::countr_zero(mark);
        for (; reader->column == column; ++reader) {
          const std::string_view cell(begin, static_cast<size_t>(cell_end - begin));
          if (cells_.store(*reader, cell, false, frame, context) != nullptr) return false;
          if (reader + 1 == last) return true;
        }
        ++column;
        begin = cell_end + 1;
      }
      if (left < kStep || (marks.quotes != 0 && dialect_.quote != 0)) return false;
    }
  }

  uint64_t max_record_bytes_;
  CsvDialect dialect_;
  CsvCells cells_;
  CsvEndScanner ends_;
  std::unique_ptr<RecordDecoder> whole_;
  const char* base_ = nullptr;                    // where the ends are counted from
  const std::vector<uint32_t>* known_ = nullptr;  // ends of the whole buffer
  const uint32_t* found_ = nullptr;               // ends, of the buffer or the step at hand
  const char* end_ = nullptr;
  const char* next_ = nullptr;      // where the next record begins
  uint32_t place_ = 0, count_ = 0;  // among the ends found
  uint64_t seen_ = 0, unsure_ = 0;  // records
  bool gave_up_ = false;            // too many of them
};

}  // namespace

Result<std::unique_ptr<RecordDecoder>> make_csv_glance(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns,
                                                       Simd simd) {
  Result<std::unique_ptr<RecordDecoder>> whole = make_csv_decoder(options, dialect, columns, simd);
  if (!whole.ok() || dialect.escape != 0) return whole;
  auto glance = std::make_unique<CsvGlance>(options, dialect, simd, std::move(*whole));
  if (Result<void> prepared = glance->prepare(options, columns); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordDecoder>(std::move(glance));
}

}  // namespace mig
