// Bytes in many parts in little memory: each part waits in a small buffer, and its full buffers are blocks of one unnamed file.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/page_memory.h"
#include "runtime/base/result.h"

namespace mig {

class SpilledParts {
 public:
  /// `bits`: 2^bits parts. `block`: bytes of a part that wait in memory. Takes memory and a file when they are needed first.
  SpilledParts(std::string directory, int bits, uint64_t block);
  /// As many parts, up to 2^9, as `memory` has room for blocks that are worth a write.
  static SpilledParts within(std::string directory, uint64_t memory);

  int bits() const { return bits_; }
  size_t count() const { return parts_.size(); }
  uint64_t size(size_t part) const { return parts_[part].blocks.size() * block_ + parts_[part].waiting; }
  Result<void> append(size_t part, const void* bytes, uint64_t size);
  /// The same of a value, which mostly takes no call.
  template <class T>
  Result<void> append(size_t part, const T& value) {
    Part& to = parts_[part];
    if (buffers_.size() == 0 || to.waiting + sizeof value > block_) [[unlikely]]
      return append(part, &value, sizeof value);
    std::memcpy(buffer_of(part) + to.waiting, &value, sizeof value);
    to.waiting += static_cast<uint32_t>(sizeof value);
    return {};
  }
  /// Exactly `size` bytes of what was appended to the part, from `offset` on.
  Result<void> read(size_t part, uint64_t offset, void* bytes, uint64_t size) const;

 private:
  struct Part {
    std::vector<uint32_t> blocks;  // numbers in the file
    uint32_t waiting = 0;          // bytes in the buffer
  };
  char* buffer_of(size_t part) const { return buffers_.data() + part * block_; }
  Result<void> write(size_t part);

  std::string directory_;
  int bits_;
  uint64_t block_;
  std::vector<Part> parts_;
  PageMemory buffers_;
  File file_;
};

}  // namespace mig
