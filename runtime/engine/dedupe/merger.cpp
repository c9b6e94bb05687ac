#include "runtime/engine/dedupe/merger.h"

#include <cstring>

namespace mig {
namespace {

constexpr const char* kGroupTooLarge = "its group needs more than the 256 MiB that the values of one group may take while it is merged";

}  // namespace

Merger::Merger(const MapSetup& setup, const DedupePlan& dedupe, GroupMembers& members)
    : members_(members),
      dedupe_(dedupe),
      decode_site_(setup.plan->decode_site),
      target_(setup.plan->targets[dedupe.target]),
      kernel_(setup.kernels->kernel(dedupe.merge_map)),
      group_(dedupe.group_layout, 1),
      merged_(target_.layout, 1),
      mask_(*setup.kernels, target_, 1) {
  context_.prepared = setup.kernels->prepared();
  context_.environment = setup.environment;
  context_.issues = &collector_;
}

Result<std::unique_ptr<Merger>> Merger::make(const std::vector<MapSetup>& setups, const DedupePlan& dedupe, GroupMembers& members) {
  std::unique_ptr<Merger> merger(new Merger(setups.front(), dedupe, members));
  auto encoder = setups.front().sink->encoder();
  if (!encoder) return encoder.error();
  merger->encoder_ = std::move(*encoder);
  return merger;
}

Result<bool> Merger::merge(const std::vector<uint64_t>& members, std::string& out) {
  const size_t before = out.size();
  try {
    return merge_group(members, out);
  } catch (const ArenaExhausted&) {
    out.resize(before);
    collector_.hits.assign(1, {0, decode_site_, 0xFFFFFFFFu, kGroupTooLarge});
    return false;
  }
}

Result<bool> Merger::merge_group(const std::vector<uint64_t>& members, std::string& out) {
  arena_.reset(context_);
  collector_.hits.clear();
  members_.begin_group();
  uint8_t* winner = nullptr;
  const size_t fields = target_.layout.fields.size();
  auto* const records = static_cast<Cell*>(arena_allocate(context_, members.size() * sizeof(Cell)));
  for (size_t i = 0; i < members.size(); ++i) {
    auto loaded = members_.load(members[i]);
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
  group_.clear(0);
  merged_.clear(0);
  store_cell(group_.frame(0), dedupe_.group_layout, 0, group);
  Outcome outcome = Outcome::kWritten;
  kernel_.run(context_, group_.frame(0), merged_.frame(0), 1, &outcome);
  if (outcome != Outcome::kWritten) return false;
  for (const uint32_t field : dedupe_.merged_fields) {
    store_cell(winner, target_.layout, field, load_cell(merged_.frame(0), target_.layout, field));
  }
  encoder_->encode(mask_.apply(context_, winner), out);
  return true;
}

}  // namespace mig
