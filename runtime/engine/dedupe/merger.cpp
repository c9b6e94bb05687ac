#include "runtime/engine/dedupe/merger.h"

#include <cstring>

namespace mig {

Merger::Merger(const MapSetup& setup, Spool& spool)
    : setup_(setup), spool_(spool), dedupe_(*setup.dedupe), target_(setup.plan->targets[setup.dedupe->target]),
      kernel_(setup.kernels->kernel(setup.dedupe->merge_map)), frames_(target_.layout, setup.plan->types), group_(setup.dedupe->group_layout, 1),
      merged_(target_.layout, 1) {
  context_.prepared = setup.kernels->prepared();
  context_.environment = setup.environment;
  context_.issues = &collector_;
}

Result<std::unique_ptr<Merger>> Merger::make(const MapSetup& setup, Spool& spool) {
  std::unique_ptr<Merger> merger(new Merger(setup, spool));
  auto encoder = setup.sink->encoder();
  if (!encoder) return encoder.error();
  merger->encoder_ = std::move(*encoder);
  return merger;
}

Result<bool> Merger::merge(const std::vector<uint64_t>& members, std::string& out) {
  arena_.reset(context_);
  collector_.hits.clear();
  if (loaded_.size() < members.size()) loaded_.resize(members.size());
  const size_t fields = target_.layout.fields.size();
  auto* const records = static_cast<Cell*>(arena_allocate(context_, members.size() * sizeof(Cell)));
  for (size_t i = 0; i < members.size(); ++i) {
    if (auto read = spool_.load_frame(members[i], loaded_[i]); !read) return read.error();
    auto* const frame = reinterpret_cast<uint8_t*>(loaded_[i].data());
    frames_.unpack(frame);
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
  auto* const winner = reinterpret_cast<uint8_t*>(loaded_[0].data());
  for (const uint32_t field : dedupe_.merged_fields) {
    store_cell(winner, target_.layout, field, load_cell(merged_.frame(0), target_.layout, field));
  }
  encoder_->encode(winner, out);
  return true;
}

}  // namespace mig
