#include "runtime/engine/dedupe/member_frames.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kBlockBytes = 256 << 10;

}  // namespace

void MemberFrames::keep(uint64_t number, const uint8_t* frame) {
  if (taken_ >= memory_) return;
  packed_.clear();
  frames_.pack(frame, packed_);
  keep_packed(number, packed_);
}

void MemberFrames::keep_packed(uint64_t number, std::string_view packed) {
  if (taken_ >= memory_) return;
  const uint64_t cost = packed.size() + sizeof(Kept);
  if (taken_ + cost > memory_) {
    taken_ = memory_;  // what comes later finds no room either, so that what is kept does not depend on sizes
    return;
  }
  taken_ += cost;
  if (blocks_.empty() || blocks_.back().size() + packed.size() > blocks_.back().capacity()) {
    blocks_.emplace_back().reserve(std::max<uint64_t>(kBlockBytes, packed.size()));
  }
  std::string& block = blocks_.back();
  kept_.push_back(
      {number, static_cast<uint32_t>(blocks_.size() - 1), static_cast<uint32_t>(block.size()), static_cast<uint32_t>(packed.size())});
  block += packed;
}

uint8_t* MemberFrames::load(uint64_t number) {
  const auto found = std::lower_bound(kept_.begin(), kept_.end(), number, [](const Kept& kept, uint64_t at) { return kept.number < at; });
  if (found == kept_.end() || found->number != number) return nullptr;
  if (used_ == loaded_.size()) loaded_.emplace_back();
  std::vector<Cell>& cells = loaded_[used_++];
  cells.resize(std::max<size_t>(cells.size(), found->size / sizeof(Cell) + 1));
  auto* const frame = reinterpret_cast<uint8_t*>(cells.data());
  std::memcpy(frame, blocks_[found->block].data() + found->at, found->size);
  frames_.unpack(frame);
  return frame;
}

}  // namespace mig
