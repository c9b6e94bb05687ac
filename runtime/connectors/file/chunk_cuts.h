// Where one pass over the files cut them into chunks, so that the next pass need not look for it again.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "runtime/connectors/file/byte_reader.h"

namespace mig {

/// Thread-safe. 16 bytes a chunk.
class ChunkCuts {
 public:
  /// The chunk that begins `begin` bytes into the text of a file has `size` bytes. Forgets what was known of the file when it changed.
  void note(uint32_t file, const FileFacts& facts, uint64_t begin, uint64_t size);
  /// The size of that chunk; 0: unknown, or the file is not what it was.
  uint64_t size_at(uint32_t file, const FileFacts& facts, uint64_t begin) const;

 private:
  struct Cut {
    uint64_t begin, size;
  };
  struct Known {
    FileFacts facts;
    std::vector<Cut> cuts;  // ascending
  };

  mutable std::mutex mutex_;
  std::map<uint32_t, Known> files_;
};

}  // namespace mig
