// Rows read back in the order of their places: few stay in memory, more go to an unnamed file in sorted runs and are merged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/page_memory.h"
#include "runtime/base/result.h"

namespace mig {

/// A row is a 64-bit place, distinct over all rows, and bytes. First add() for every row, then rewind(), then next() in ascending order.
class SortedRuns {
 public:
  /// `budget`: bytes that rows and the windows into their file may take in memory; a single row may be larger.
  SortedRuns(std::string directory, uint64_t budget) : directory_(std::move(directory)), budget_(budget) {}

  Result<void> add(uint64_t place, std::string_view bytes);
  Result<void> rewind();
  bool at_end() const { return heap_.empty(); }
  uint64_t place() const { return heap_.front().place; }
  std::string_view bytes() const { return heap_.front().bytes; }  // valid until next()
  Result<void> next();
  uint64_t count() const { return count_; }

 private:
  /// From the end of the memory downwards; their bytes, each after its size, from the front upwards.
  struct Slot {
    uint64_t place, offset;
  };
  struct Run {
    uint64_t at = 0, end = 0;  // in the file: what the window does not hold yet
    uint64_t begin = 0, filled = 0;
    std::string own;  // for a row that is larger than a window
  };
  struct Cursor {
    uint64_t place = 0;
    std::string_view bytes;
    size_t run = 0;
  };
  Slot* slots() const { return reinterpret_cast<Slot*>(memory_.data() + memory_.size()) - waiting_; }
  Result<void> write_run();
  Result<void> write_row(uint64_t place, std::string_view bytes);
  Result<void> open_file();
  /// False: the run is at its end.
  Result<bool> load(size_t run, Cursor& cursor);

  std::string directory_;
  uint64_t budget_;
  PageMemory memory_;  // of the rows that wait; after rewind() with a file the windows, one a run
  uint64_t used_ = 0, waiting_ = 0;
  uint64_t taken_ = 0;  // after rewind() without a file: slots given out
  File file_;
  uint64_t window_ = 0;
  std::vector<Run> runs_;
  std::vector<Cursor> heap_;
  uint64_t count_ = 0;
};

}  // namespace mig
