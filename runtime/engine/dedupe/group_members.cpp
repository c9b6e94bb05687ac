#include "runtime/engine/dedupe/group_members.h"

namespace mig {

SpooledMembers::SpooledMembers(const std::vector<MapSetup>& setups, Spool& spool)
    : spool_(spool), frames_(setups.front().plan->targets[setups.front().dedupe->target].layout, setups.front().plan->types) {}

Result<std::unique_ptr<GroupMembers>> SpooledMembers::make(const std::vector<MapSetup>& setups, Spool& spool) {
  std::unique_ptr<SpooledMembers> members(new SpooledMembers(setups, spool));
  for (const MapSetup& setup : setups) {
    std::unique_ptr<MemberSource>& source = members->sources_.emplace_back();
    if (setup.keep_frames) continue;
    auto made = MemberSource::make(setup);
    if (!made) return made.error();
    source = std::move(*made);
  }
  return std::unique_ptr<GroupMembers>(std::move(members));
}

void SpooledMembers::begin_group() {
  used_ = 0;
  for (const auto& source : sources_) {
    if (source != nullptr) source->begin_group();
  }
}

Result<uint8_t*> SpooledMembers::load(uint64_t number) {
  Spool::Member member;
  if (auto found = spool_.find(number, member); !found) return found.error();
  MemberSource* const source = sources_[member.chunk->map_place].get();
  if (source != nullptr) return source->load(member.row, member.chunk->file, member.chunk->ordinal + member.row.record);
  if (used_ == loaded_.size()) loaded_.emplace_back();
  std::vector<Cell>& cells = loaded_[used_++];
  if (auto read = spool_.load_frame(member, cells); !read) return read.error();
  auto* const frame = reinterpret_cast<uint8_t*>(cells.data());
  frames_.unpack(frame);
  return frame;
}

Result<std::unique_ptr<PlacedMembers>> PlacedMembers::make(const std::vector<MapSetup>& setups, const RecordPlaces& places) {
  std::unique_ptr<PlacedMembers> members(new PlacedMembers(setups, places));
  for (const MapSetup& setup : setups) {
    auto made = MemberSource::make(setup);
    if (!made) return made.error();
    members->sources_.push_back(std::move(*made));
  }
  return members;
}

void PlacedMembers::keep_frames(uint64_t memory) {
  const TargetPlan& target = setup_.plan->targets[setup_.dedupe->target];
  kept_ = std::make_unique<MemberFrames>(target.layout, setup_.plan->types, memory);
}

void PlacedMembers::begin_group() {
  if (kept_ != nullptr) kept_->begin_group();
  for (const auto& source : sources_) source->begin_group();
}

Result<uint8_t*> PlacedMembers::load(uint64_t number) {
  if (kept_ != nullptr) {
    if (uint8_t* const frame = kept_->load(number)) return frame;
  }
  const RecordPlaces::Place place = places_.place(number);
  return sources_[place.map_place]->load(place.file, place.begin, place.size);
}

}  // namespace mig
