// Memory of a batch: bump allocation through Context, all freed at once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/types/context.h"

namespace mig {

/// Grows in blocks up to `limit` bytes a batch; past it the process-wide record limit is exceeded and `exhausted()` turns true
/// (the engine then rejects the records of the batch one by one). Single-threaded.
class Arena : public ArenaSource {
 public:
  explicit Arena(uint64_t block_size = 256 * 1024, uint64_t limit = 1ull << 30);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  /// Points `context` at the first block; everything given out before is invalid afterwards.
  void reset(Context& context);
  bool exhausted() const { return exhausted_; }
  uint64_t used() const { return used_; }  // bytes in full blocks

 private:
  static char* grow(ArenaSource* self, Context* context, uint64_t size);
  struct Block { std::unique_ptr<char[]> memory; uint64_t size; };
  std::vector<Block> blocks_;
  size_t current_ = 0;
  uint64_t block_size_;
  uint64_t limit_;
  uint64_t used_ = 0;
  bool exhausted_ = false;
};

}  // namespace mig
