#include "runtime/engine/dedupe/merger.h"

#include <cstring>

namespace mig {
namespace {

constexpr const char* kGroupTooLarge = "its group needs more than the 256 MiB that the values of one group may take while it is merged";

}  // namespace

Merger::Merger(const std::vector<MapSetup>& setups, Spool& spool)
    : setups_(setups), spool_(spool), dedupe_(*setups.front().dedupe), target_(setups.front().plan->targets[dedupe_.target]),
      kernel_(setups.front().kernels->kernel(dedupe_.merge_map)), frames_(target_.layout, setups.front().plan->types), group_(dedupe_.group_layout, 1),
      merged_(target_.layout, 1) {
  context_.prepared = setups.front().kernels->prepared();
  context_.environment = setups.front().environment;
  context_.issues = &collector_;
}

Result<std::unique_ptr<Merger>> Merger::make(const std::vector<MapSetup>& setups, Spool& spool) {
  std::unique_ptr<Merger> merger(new Merger(setups, spool));
  auto encoder = setups.front().sink->encoder();
  if (!encoder) return encoder.error();
  merger->encoder_ = std::move(*encoder);
  for (const MapSetup& setup : setups) {
    std::unique_ptr<MemberSource>& source = merger->sources_.emplace_back();
    if (setup.keep_frames) continue;
    auto made = MemberSource::make(setup);
    if (!made) return made.error();
    source = std::move(*made);
  }
  return merger;
}

Result<uint8_t*> Merger::load(const Spool::Member& member, size_t slot) {
  MemberSource* const source = sources_[member.chunk->map_place].get();
  if (source != nullptr) return source->load(member.row, member.chunk->file, member.chunk->ordinal + member.row.record);
  if (auto read = spool_.load_frame(member, loaded_[slot]); !read) return read.error();
  auto* const frame = reinterpret_cast<uint8_t*>(loaded_[slot].data());
  frames_.unpack(frame);
  return frame;
}

Result<bool> Merger::merge(const std::vector<uint64_t>& members, const Spool::Member& first, std::string& out) {
  try {
    return merge_group(members, first, out);
  } catch (const ArenaExhausted&) {
    collector_.hits.assign(1, {0, setups_.front().plan->decode_site, 0xFFFFFFFFu, kGroupTooLarge});
    return false;
  }
}

Result<bool> Merger::merge_group(const std::vector<uint64_t>& members, const Spool::Member& first, std::string& out) {
  arena_.reset(context_);
  collector_.hits.clear();
  if (loaded_.size() < members.size()) loaded_.resize(members.size());
  for (const auto& source : sources_) {
    if (source != nullptr) source->begin_group();
  }
  uint8_t* winner = nullptr;
  const size_t fields = target_.layout.fields.size();
  auto* const records = static_cast<Cell*>(arena_allocate(context_, members.size() * sizeof(Cell)));
  for (size_t i = 0; i < members.size(); ++i) {
    Spool::Member member = first;
    if (i > 0) {
      if (auto found = spool_.find(members[i], member); !found) return found.error();
    }
    auto loaded = load(member, i);
    if (!loaded) return loaded.error();
    uint8_t* const frame = *loaded;
    if (i == 0) winner = frame;
    auto* const cells = static_cast<Cell*>(arena_allocate(context_, fields * sizeof(Cell)));
    for (uint32_t field = 0; field < fields; ++field) {
      cells[field] = load_cell(frame, target_.layout, field);
      // In a group an optional field reads as T?, keep as null.
      if (!cells[field].has_value()) cells[field].state = Presence::kNull;
    }
    records[i] = Cell{};
    records[i].list = {cells, fields};
    records[i].state = Presence::kValue;
  }
  Cell group{};
  group.list = {records, members.size()};
  group.state = Presence::kValue;
  std::memset(group_.frame(0), 0, group_.stride());
  std::memset(merged_.frame(0), 0, merged_.stride());
  store_cell(group_.frame(0), dedupe_.group_layout, 0, group);
  Outcome outcome = Outcome::kWritten;
  kernel_.run(context_, group_.frame(0), merged_.frame(0), 1, &outcome);
  if (outcome != Outcome::kWritten) return false;
  for (const uint32_t field : dedupe_.merged_fields) {
    store_cell(winner, target_.layout, field, load_cell(merged_.frame(0), target_.layout, field));
  }
  encoder_->encode(winner, out);
  return true;
}

}  // namespace mig
