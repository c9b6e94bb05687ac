// Where the quotes and lines of a stretch of NDJSON stand: one vectorised pass ahead of decoding, so that decoding never searches.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/formats/scan/simd.h"

namespace mig {

enum JsonLineFlag : uint8_t {
  kLineBackslash = 1,  // may hold a backslash (the neighbours' bytes in the same block count too, for all flags)
  kLineControl = 2,    // may hold a control character other than a carriage return before the line feed
  kLineUtf8 = 4,       // may not be UTF-8
};

struct JsonLine {
  uint32_t end;     // offset of the line feed, or of the end of the input
  uint32_t quotes;  // quotes of the stretch up to there
  uint8_t flags;
};

/// Reused for one stretch after the other; memory follows the longest line. Single-threaded.
class JsonIndex {
 public:
  explicit JsonIndex(Simd simd) : simd_(simd) {}
  /// Indexes whole lines from `p`, which begins one: at least one line, about 32 KiB. 64 bytes behind `end` are readable.
  /// A quote behind an odd run of backslashes does not count. A line's own faults never reach its neighbours.
  void build(const char* p, const char* end);

  const char* base() const { return base_; }
  uint32_t line_count() const { return line_count_; }
  const JsonLine& line(uint32_t i) const { return lines_[i]; }
  const uint32_t* quotes() const { return quotes_.get(); }  // offsets from base

 private:
  bool fill(uint32_t size, bool at_end);
  void reserve(uint32_t window);

  Simd simd_;
  const char* base_ = nullptr;
  uint32_t window_ = 0;  // bytes that the arrays are made for
  uint32_t line_count_ = 0;
  std::unique_ptr<uint32_t[]> quotes_;
  std::unique_ptr<JsonLine[]> lines_;
};

}  // namespace mig
