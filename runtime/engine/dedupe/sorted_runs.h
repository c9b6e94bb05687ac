// Rows sorted piecewise and read back in one order: small lists stay in memory, large ones go to an unnamed file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"

namespace mig {

/// A row is a 64-bit place, distinct over all rows, and bytes. First add_run() for every run, then next() in ascending order of places.
class SortedRuns {
 public:
  /// `budget`: bytes that may stay in memory.
  SortedRuns(std::string directory, uint64_t budget) : directory_(std::move(directory)), budget_(budget) {}

  void add(uint64_t place, std::string_view bytes);  // to the current run, in any order
  Result<void> end_run();
  Result<void> rewind();  // before the first next()
  bool at_end() const { return heap_.empty(); }
  uint64_t place() const { return heap_.front().place; }
  std::string_view bytes() const { return heap_.front().bytes; }
  Result<void> next();
  uint64_t count() const { return count_; }

 private:
  struct Run {
    uint64_t begin = 0, end = 0;  // in the file, or in memory
  };
  struct Cursor {
    uint64_t place = 0;
    std::string_view bytes;
    size_t run = 0;
  };
  struct Window {
    std::string buffer;
    uint64_t at = 0;  // of the buffer's start in the file
    size_t offset = 0;
  };
  Result<bool> load(size_t run, Cursor& cursor);

  std::string directory_;
  uint64_t budget_;
  std::vector<std::pair<uint64_t, std::string>> current_;
  std::string memory_;
  File file_;
  std::vector<Run> runs_;
  std::vector<Window> windows_;
  std::vector<Cursor> heap_;
  uint64_t count_ = 0;
};

}  // namespace mig
