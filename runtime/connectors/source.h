// What a connector offers to be read from: chunks in source order, and a decoder that turns a chunk into records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/formats/decoder.h"
#include "runtime/plan/plan.h"
#include "runtime/records/batch.h"

namespace mig {

/// Where reading goes on: opaque text, written and read by its connector only, beginning with a version ("csv1:...").
struct Position {
  std::string text;
};

/// What a source can promise; `plan` prints it and `check` refuses what it does not allow.
struct SourceTraits {
  bool resumable = false;   // can start at a Position
  bool repeatable = false;  // reading again gives the same records
  bool has_lines = false;
  std::string consistency;  // one sentence for `plan`
};

/// A piece of input that ends at a record boundary. Owned by one thread at a time; reused.
struct Chunk {
  static constexpr uint64_t kPadding = 64;

  std::vector<char> bytes;  // `size` bytes of input, then at least kPadding zero bytes
  uint64_t size = 0;
  uint64_t begin = 0;  // offset of bytes[0] in the decompressed file
  uint32_t file = 0;
  bool first_of_file = false;
  bool last_of_file = false;
  Position after;      // resume here once this chunk is committed
  RecordEnds found;    // what cutting it found out, if anything
  uint64_t index = 0;  // counted from 0 by the engine
};

/// Reads a source from start or position to its proven end. Single-threaded.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  /// Fills `chunk`; false at the proven end of the source. Truncated or changed input is an Error, never an end.
  virtual Result<bool> next(Chunk& chunk) = 0;
  /// Bytes of the whole source, 0 when unknown; bytes handed out so far: for progress.
  virtual uint64_t total_bytes() const = 0;
  virtual uint64_t read_bytes() const = 0;
  /// Call before next(): nobody will resume behind these chunks, so their `after` may stay empty.
  virtual void without_positions() {}
};

/// Turns chunks into records. One a worker; keeps only scratch between calls.
class ChunkDecoder {
 public:
  virtual ~ChunkDecoder() = default;
  /// Decodes records from `cursor` (bytes into the chunk) until the batch is full or the chunk ends, and moves `cursor`. Frames are cleared
  /// by the decoder. Texts are views into the chunk, or lie in the arena of `context`. Origins count ordinal and line from 0 and 1 *within
  /// the chunk*; the engine adds the chunk's base. Malformed records become batch.failures.
  virtual void decode(const Chunk& chunk, uint64_t& cursor, RecordBatch& batch, Context& context) = 0;
  /// Lines (line feeds of the dialect) that the last fully decoded chunk held.
  virtual uint64_t lines_in_chunk() const = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual SourceTraits traits() const = 0;
  /// Names, sizes and modification times: what resume compares. One line a file or table.
  virtual Result<std::string> identity() = 0;
  /// `from` null: from the start. Verifies that what was consumed before `from` is unchanged (kSourceChanged otherwise).
  virtual Result<std::unique_ptr<ChunkReader>> reader(const Position* from) = 0;
  virtual Result<std::unique_ptr<ChunkDecoder>> decoder() = 0;
  /// Of each record that decoder() accepts the same values, but only of the fields that are `needed` in `fields` (parallel to the plan's;
  /// they stay with the caller). What decoder() refuses it may accept.
  virtual Result<std::unique_ptr<ChunkDecoder>> narrow_decoder(const std::vector<FieldDecode>& fields) = 0;
  /// Whether every record lies in the files of files() byte for byte where its origin says, so that it can be read again alone.
  virtual Result<bool> lies_as_read() const = 0;
  /// File names by Chunk::file, or the table's name.
  virtual std::vector<std::string> files() const = 0;
};

/// The connectors there are: tools/migc and the driver list them through this table.
/// `chunk_bytes`: how much a chunk should hold. Opening checks names, tables and columns against the plan.
Result<std::unique_ptr<Source>> open_source(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                            uint64_t chunk_bytes, uint64_t max_record_bytes);

}  // namespace mig
