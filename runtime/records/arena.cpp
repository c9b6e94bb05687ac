#include "runtime/records/arena.h"

#include <algorithm>

namespace mig {

Arena::Arena(uint64_t block_size, uint64_t limit, bool refuses)
    : block_size_(std::max<uint64_t>(block_size, 64)), limit_(limit), refuses_(refuses) {
  more = &Arena::grow;
}

Arena::~Arena() = default;

namespace {
char* aligned(char* p) { return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(p) + 15) & ~uintptr_t{15}); }
}  // namespace

void Arena::reset(Context& context) {
  if (blocks_.empty()) blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_size_ + 16), block_size_});
  // Blocks made for one oversized value are given back, so that one huge record does not hold its memory for the whole run.
  std::erase_if(blocks_, [this](const Block& block) { return block.size != block_size_; });
  current_ = 0;
  used_ = 0;
  exhausted_ = false;
  context.arena = this;
  context.arena_next = aligned(blocks_[0].memory.get());
  context.arena_end = context.arena_next + block_size_;
}

char* Arena::grow(ArenaSource* self, Context* context, uint64_t size) {
  Arena& arena = *static_cast<Arena*>(self);
  const uint64_t before = arena.used_ + arena.blocks_[arena.current_].size;
  if (before > arena.limit_ || size > arena.limit_ - before) {
    arena.exhausted_ = true;
    if (arena.refuses_) throw ArenaExhausted{};
  }
  arena.used_ = before;
  if (size > arena.block_size_ / 2) {
    // An own block, before the current one, which stays in use.
    arena.used_ -= arena.blocks_[arena.current_].size;
    arena.used_ += size;
    Block block{std::make_unique_for_overwrite<char[]>(size + 16), size == arena.block_size_ ? size + 1 : size};
    char* const memory = aligned(block.memory.get());
    arena.blocks_.push_back(std::move(block));
    return memory;
  }
  size_t next = arena.current_ + 1;
  while (next < arena.blocks_.size() && arena.blocks_[next].size != arena.block_size_) ++next;
  if (next == arena.blocks_.size()) {
    arena.blocks_.push_back({std::make_unique_for_overwrite<char[]>(arena.block_size_ + 16), arena.block_size_});
  }
  arena.current_ = next;
  char* const memory = aligned(arena.blocks_[next].memory.get());
  context->arena_next = memory + size;
  context->arena_end = memory + arena.block_size_;
  return memory;
}

}  // namespace mig
