// One chunk on its way through the engine: input bytes, encoded rows, fates and log entries. Pooled; owned by one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/connectors/source.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/rejects/entry.h"

namespace mig {

/// What became of a record; the outcome stands in the low bits.
enum RecordFate : uint8_t {
  kFateWritten = 0,
  kFateSkipped = 1,
  kFateRejected = 2,
  kFateIgnored = 3,  // not among the records that --only-rejected names: not read
  kFateMask = 3,
  kFateWarned = 4,  // flag
};

/// One issue of one record that counts.
struct Raised {
  uint32_t record = 0;  // in the chunk
  uint32_t issue = 0;
  uint32_t hits = 1;
};

/// Where a mapped record came from and where it lies in the spool.
struct SpoolRow {
  uint64_t begin = 0;     // of the original: Origin::begin
  uint64_t check = 0;     // hash of the encoded row, where the record may be mapped again; else 0
  uint32_t size = 0;      // of the original
  uint32_t record = 0;    // in the chunk
  uint32_t line = 0;      // in the chunk, from 1; 0: none
  uint32_t encoded = 0;   // bytes of the encoded row
  uint32_t frame = 0;     // bytes of the packed target frame; 0: not kept
  uint32_t frame_at = 0;  // where it begins among those of the chunk
  uint32_t key = 0;       // bytes of the key as JSON; the top bit says that the record was warned
};
constexpr uint32_t kSpoolRowWarned = 0x80000000u;

struct WorkItem {
  Chunk chunk;
  uint64_t lines = 0;               // line feeds in the chunk
  uint64_t read_bytes = 0;          // ChunkReader::read_bytes behind the chunk
  std::vector<uint8_t> fates;       // one a record
  std::string rows;                 // encoded, one after the other
  std::vector<uint32_t> row_sizes;  // one a written record
  std::vector<uint32_t>
      row_records;             // of what a map emits only: the record of each row, ascending. Such records are not counted themselves
  std::vector<Raised> raised;  // ascending by record
  LogEntries log;
  // Behind a dedupe only:
  std::vector<SpoolRow> spool_rows;  // one a written record
  std::string frames, keys;          // what their `frame` and `key` count
  std::string dedupe_keys;           // GroupStore entries (dedupe/key_entry.h), with the row's index in this item

  void clear() {
    fates.clear();
    rows.clear();
    row_sizes.clear();
    row_records.clear();
    raised.clear();
    log.clear();
    spool_rows.clear();
    frames.clear();
    keys.clear();
    dedupe_keys.clear();
    lines = 0;
  }
};

}  // namespace mig
