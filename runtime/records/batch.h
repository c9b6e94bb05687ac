// Frames of one chunk of input with the place each record came from.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/base/page_memory.h"
#include "runtime/records/layout.h"
#include "runtime/types/context.h"

namespace mig {

/// Where a record came from. For files `begin` and `size` are a byte range of the (decompressed) text; for tables `begin` is the rowid.
struct Origin {
  uint64_t ordinal = 0;  // of the record in its source, from 0
  uint64_t line = 0;     // first line of the record in its file, from 1; 0 when the source has no lines
  uint64_t begin = 0;
  uint32_t size = 0;           // bytes
  uint32_t file = 0;           // index into the source's files
  const char* text = nullptr;  // the original bytes while the batch lives; null when there are none
};

/// Why a record did not decode (MIG002): static text and the field, or null when the whole record is malformed.
struct DecodeFailure {
  uint32_t record;    // index in the batch
  int32_t field;      // index in the layout, -1 for the whole record
  const char* cause;  // static text
  uint64_t column;    // byte offset in the record where it went wrong
};

/// Up to `capacity` frames and the arena their long values live in. Owned by one worker at a time, reused.
class RecordBatch {
 public:
  RecordBatch(const RecordLayout& layout, uint32_t capacity);
  uint8_t* frame(uint32_t i) { return frames() + static_cast<size_t>(i) * stride_; }
  const uint8_t* frame(uint32_t i) const { return frames() + static_cast<size_t>(i) * stride_; }
  /// Makes every field of frame `i` absent. What its slots hold is undefined; builds with assertions fill them with rubbish.
  void clear(uint32_t i) {
    uint8_t* const at = frame(i);
#ifndef NDEBUG
    std::memset(at, kRubbish, stride_);
#endif
    // Most layouts have one or two pieces, which takes no call.
    if (presence_bytes_ == kPresencePiece)
      std::memset(at, 0, kPresencePiece);
    else if (presence_bytes_ == 2 * kPresencePiece)
      std::memset(at, 0, 2 * kPresencePiece);
    else
      std::memset(at, 0, presence_bytes_);
  }
  /// Of the first `frames` frames.
  void clear_first(uint32_t frames) {
    for (uint32_t i = 0; i < frames; ++i) clear(i);
  }
  uint32_t capacity() const { return capacity_; }
  uint32_t stride() const { return stride_; }

  uint32_t count = 0;                   // records in the batch; one with a DecodeFailure has an undefined frame
  std::vector<Origin> origins;          // `capacity` entries
  std::vector<DecodeFailure> failures;  // ascending by record; at most one a record

 private:
  static constexpr int kRubbish = 0xDB;
  static constexpr uint32_t kPresencePiece = 16;

  uint8_t* frames() const { return reinterpret_cast<uint8_t*>(memory_.data()); }

  PageMemory memory_;  // frames that no record fills cost nothing
  uint32_t stride_;
  uint32_t presence_bytes_;  // a multiple of kPresencePiece
  uint32_t capacity_;
};

}  // namespace mig
