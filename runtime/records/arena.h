// Memory of a batch: bump allocation through Context, all freed at once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/types/context.h"

namespace mig {

/// Thrown through decoders and compiled maps by an arena that refuses; only the engine and decoders of single records catch it.
/// specs/decisions/013-a-record-too-large-unwinds.md.
struct ArenaExhausted {};

constexpr uint64_t kRecordMemory = 64ull << 20;  // bytes that the values of one record may take while it is decoded and mapped
inline constexpr const char* kTooMuchMemory = "the record needs more than the 64 MiB that the values of one record may take";

/// Grows in blocks up to `limit` bytes a batch; past it `exhausted()` turns true, and an arena that `refuses` throws ArenaExhausted instead
/// of giving more. Single-threaded.
class Arena : public ArenaSource {
 public:
  explicit Arena(uint64_t block_size = 256 * 1024, uint64_t limit = 1ull << 30, bool refuses = false);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  /// Points `context` at the first block; everything given out before is invalid afterwards.
  void reset(Context& context);
  bool exhausted() const { return exhausted_; }
  void set_limit(uint64_t limit) { limit_ = limit; }
  uint64_t used() const { return used_; }  // bytes in full blocks

 private:
  static char* grow(ArenaSource* self, Context* context, uint64_t size);
  struct Block {
    std::unique_ptr<char[]> memory;
    uint64_t size;
  };
  std::vector<Block> blocks_;
  size_t current_ = 0;
  uint64_t block_size_;
  uint64_t limit_;
  uint64_t used_ = 0;
  bool exhausted_ = false;
  bool refuses_ = false;
};

}  // namespace mig
