// Mapped records between the two passes of a dedupe: encoded rows, where they came from, and what merging and refusing need of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"
#include "runtime/engine/work_item.h"

namespace mig {

/// One chunk in the spool.
struct SpoolChunk {
  uint64_t first_row = 0;               // number of its first mapped record
  uint64_t rows_at = 0, rows_size = 0;  // encoded rows, in the row file
  uint64_t side_at = 0;                 // SpoolRows, then frames, then keys, in the side file
  uint64_t frames_size = 0, keys_size = 0;
  uint32_t count = 0;
  uint32_t map_place = 0;
  uint32_t file = 0;               // of the source
  uint64_t ordinal = 0, line = 0;  // base of records and lines
};

/// Written in order, then read in order or by row. The files have no names: nothing stays behind after a crash.
class Spool {
 public:
  static Result<Spool> create(const std::string& directory);
  Result<void> append(const WorkItem& item, uint32_t map_place, uint64_t ordinal, uint64_t line);
  uint64_t rows() const { return rows_; }
  const std::vector<SpoolChunk>& chunks() const { return chunks_; }

  struct Loaded {
    std::vector<SpoolRow> index;
    std::string rows, keys;
  };
  Result<void> load(const SpoolChunk& chunk, Loaded& loaded) const;
  /// The encoded rows of the chunk are not needed any more. Its memory is what the output takes next.
  void forget_rows(const SpoolChunk& chunk) const { rows_file_.discard(chunk.rows_at, chunk.rows_size); }
  /// One record: its row of the index and its chunk.
  struct Member {
    SpoolRow row;
    const SpoolChunk* chunk = nullptr;
  };
  Result<void> find(uint64_t row, Member& member) const;
  /// The packed frame of a record that find() gave; `frame` is room that the caller keeps.
  Result<void> load_frame(const Member& member, std::vector<Cell>& frame) const;

 private:
  File rows_file_, side_file_;
  std::vector<SpoolChunk> chunks_;
  uint64_t rows_ = 0;
};

}  // namespace mig
