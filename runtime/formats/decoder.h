// Reading records from text, specialised to a layout: projection, typed conversion, no DOM, no allocation a record.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/records/batch.h"

namespace mig {

struct DecoderOptions {
  const RecordLayout* layout = nullptr;              // not owned; outlives the decoder
  const std::vector<FieldDecode>* fields = nullptr;  // not owned
  const TypeTable* types = nullptr;                  // not owned
  const std::vector<EnumType>* enums = nullptr;      // not owned
  uint64_t max_record_bytes = 16 << 20;
  uint32_t max_depth = 256;
  uint32_t max_fields = 10000;
};

/// Where cells and records end within 64 bytes; bit i stands for byte i.
struct BlockEnds {
  uint64_t cells;     // ends of cells, those of records among them
  uint64_t newlines;  // ends of records
  uint8_t flags;      // the format's, of every record that has bytes in the block
};

/// What cutting a buffer found out about all of its records.
struct RecordEnds {
  static constexpr uint32_t kQuotedFeed = 1u << 31;  // flag of an end: line feeds may stand in the record's quotes
  enum class Want : uint8_t { kEnds, kBlocks };

  Want want = Want::kBlocks;      // what may be found out
  std::vector<uint32_t> ends;     // of each record its line feed, counted from the buffer's first byte, ascending; empty: not known
  std::vector<BlockEnds> blocks;  // of the buffer, also behind its last boundary; more than block_count may lie here
  uint64_t block_count = 0;       // 0: not known

  void clear() {
    ends.clear();
    block_count = 0;
  }
};

/// One record of UTF-8 text at a time out of a buffer that ends at a record boundary and has 64 readable zero bytes behind `end`.
class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;
  /// The buffer holds new text: nothing that was found out ahead of reading counts any more. Call before the first record of a chunk.
  virtual void begin_buffer() = 0;
  /// Call behind begin_buffer(), before the first record, when it is known where the records of the buffer end (RecordEnds::ends).
  virtual void know_ends(const char* /*buffer*/, const std::vector<uint32_t>& /*ends*/) {}
  /// The same for RecordEnds::blocks, which stay where they are until the next begin_buffer().
  virtual void know_blocks(const char* /*buffer*/, const BlockEnds* /*blocks*/) {}
  /// Decodes the record at `p` into a frame without fields (presence bytes 0); returns the start of the next record (never null, `end` at
  /// last) and counts the line feeds it passed into `lines`. When the record does not decode, `failure` gets cause, field and column, and
  /// reading goes on behind it.
  virtual const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                             bool& failed) = 0;
};

/// Finds record boundaries while reading, before decoding.
class BoundaryScanner {
 public:
  virtual ~BoundaryScanner() = default;
  /// Largest n <= size such that bytes[0, n) ends at a record boundary, given that bytes[0] starts a record; 0 when there is none yet.
  virtual uint64_t last_boundary(const char* bytes, uint64_t size) = 0;
  /// The same, and where the records before it end.
  virtual uint64_t last_boundary(const char* bytes, uint64_t size, RecordEnds& found) {
    found.clear();
    return last_boundary(bytes, size);
  }
};

}  // namespace mig
