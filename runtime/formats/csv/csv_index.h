// Where the cells and records of a stretch of CSV end: one vectorised, quote-aware pass ahead of decoding.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/formats/csv/csv_record.h"
#include "runtime/formats/decoder.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

namespace csv_filling {
struct Filling;
}

enum CsvLineFlag : uint8_t {
  kCsvQuote = 1,          // may hold quotes (a neighbour's bytes in the same block count too, for all flags)
  kCsvQuotedNewline = 2,  // may hold line feeds inside quotes
  kCsvSuspect = 4,        // may hold NUL bytes or bytes that are not UTF-8
  kCsvDoubledQuote = 8,   // may hold two quotes one behind the other
};

struct CsvLine {
  uint32_t end;    // offset of the line feed, or of the end of the input
  uint32_t cells;  // of this record
  uint32_t first;  // its first one in ends()
  uint8_t flags;
};

/// Reused for one stretch after the other. Only for dialects without an escape character. Single-threaded.
class CsvIndex {
 public:
  CsvIndex(const CsvDialect& dialect, Simd simd) : dialect_(dialect), simd_(simd) {}
  /// From now on only the ends of these cells are kept: numbers from 0 in a record, ascending. Not for the last cell of a record, whose end
  /// is the record's.
  void want(std::vector<uint32_t> cells);
  /// Indexes whole records from `p`, which begins one. 64 bytes behind `end` are readable. When a record's quoting is broken (or its
  /// quotes are open at `end`) the index stops before it; line_count() may then be 0.
  void build(const char* p, const char* end);

  /// The same from what find_block_ends() found out about a buffer, of which `p` begins a record and `end` ends one.
  void build(const char* buffer, const BlockEnds* blocks, const char* p, const char* end);

  const char* base() const { return base_; }
  uint32_t line_count() const { return line_count_; }
  const CsvLine& line(uint32_t i) const { return lines_[i]; }
  /// Offsets from base of the delimiters behind cells: of a record all, its own end among them, or as want() says. Where all are kept,
  /// ends()[line.first - 1] is the end of the record before; of the first record, the offset before it as an unsigned number.
  const uint32_t* ends() const { return ends_.get() + 1; }

 private:
  enum class Filled : uint8_t { kLines, kNone, kBroken };
  Filled fill(uint32_t size, bool at_end);
  csv_filling::Filling begin_filling();
  void reserve(uint32_t window);

  CsvDialect dialect_;
  Simd simd_;
  const char* base_ = nullptr;
  uint32_t window_ = 0;       // bytes that the arrays are made for
  uint32_t next_window_ = 0;  // bytes to index next time: small behind broken records
  uint32_t line_count_ = 0;
  static constexpr uint32_t kNoCell = ~0u;
  std::vector<uint32_t> wanted_;  // ends with two times kNoCell; empty: all
  std::unique_ptr<uint32_t[]> ends_;
  std::unique_ptr<CsvLine[]> lines_;
};

/// Where cells and records end in `size` bytes that begin a record; 64 bytes behind them are readable. False when the quoting of a record
/// is broken, or where the processor does this no faster than who needs it.
bool find_block_ends(const CsvDialect& dialect, Simd simd, const char* bytes, uint64_t size, RecordEnds& found);

/// Record boundaries of CSV, by the same rules as the decoder's; `max_record_bytes` as in DecoderOptions.
std::unique_ptr<BoundaryScanner> make_csv_boundaries(const CsvDialect& dialect, uint64_t max_record_bytes, Simd simd = best_simd());

}  // namespace mig
