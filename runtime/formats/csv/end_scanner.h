// Where the records of a stretch of CSV end, and nothing else of it: for who cuts chunks and for who reads the first columns only.
#pragma once

#include <cstdint>

#include "runtime/formats/csv/dialect.h"
#include "runtime/formats/csv/quote_state.h"
#include "runtime/formats/decoder.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

/// Goes through a stretch in steps, with the same rules of quoting as the decoder. Only for dialects without an escape character.
/// Single-threaded.
class CsvEndScanner {
 public:
  CsvEndScanner(const CsvDialect& dialect, Simd simd) : quote_(dialect.quote), delimiter_(dialect.delimiter), simd_(simd) {}
  /// `p` begins a record. At most 2 GiB; nothing behind `end` is read.
  void begin(const char* p, const char* end);
  /// Finds the line feeds that end records in the next step: count() of them, at ends()[i] bytes behind the beginning, ascending, with
  /// RecordEnds::kQuotedFeed. Stops
  /// before a record whose quoting is broken.
  void step();
  uint32_t count() const { return progress_.count; }
  const uint32_t* ends() const { return ends_; }
  bool broken() const { return progress_.broken; }
  /// There is nothing left for step().
  bool done() const { return progress_.broken || progress_.at == size_; }

 private:
  static constexpr uint32_t kBlocks = 32;  // of a step

  /// What changes from block to block; a scan works on a copy, so that what is written cannot be taken for a part of it.
  struct Progress {
    CsvQuoteState state{};
    uint32_t at = 0;     // offset of the block
    uint32_t count = 0;  // of ends
    uint32_t flag = 0;   // RecordEnds::kQuotedFeed for the record at hand
    bool broken = false;

    void add_newlines(uint64_t newlines, uint32_t flag_of_block, uint32_t* ends);
    template <class Bits>
    void add_block(const CsvMasks& masks, uint64_t valid, uint32_t* ends);
  };

  void scan(const char* p, uint32_t blocks, uint64_t last_valid);
  void scan_base(const char* p, uint32_t blocks, uint64_t last_valid);
  void scan_avx2(const char* p, uint32_t blocks, uint64_t last_valid);

  char quote_, delimiter_;
  Simd simd_;
  const char* base_ = nullptr;
  uint32_t size_ = 0;
  Progress progress_;
  uint32_t ends_[kBlocks * kBlockBytes];
};

}  // namespace mig
