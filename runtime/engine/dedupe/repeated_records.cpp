#include "runtime/engine/dedupe/repeated_records.h"

#include "runtime/base/clock.h"

namespace mig {

RepeatedRecords::RepeatedRecords(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places)
    : places_(places),
      key_(setups.front().kernels->kernel(setups.front().dedupe->key_map)),
      key_frame_(setups.front().dedupe->key_layout, 1),
      packer_(plan.targets[setups.front().dedupe->target].layout, plan.types) {
  for (const MapSetup& setup : setups) makers_.emplace_back(*setup.dedupe, plan.sources[plan.maps[setup.map].source], plan.types);
}

Result<std::unique_ptr<RepeatedRecords>> RepeatedRecords::make(const Plan& plan, const std::vector<MapSetup>& setups,
                                                               const RecordPlaces& places) {
  std::unique_ptr<RepeatedRecords> made(new RepeatedRecords(plan, setups, places));
  for (const MapSetup& setup : setups) {
    auto source = MemberSource::make(setup);
    if (!source) return source.error();
    made->sources_.push_back(std::move(*source));
  }
  return made;
}

Result<void> RepeatedRecords::map(std::span<const uint64_t> numbers, bool keep_frames) {
  StageClock clock;
  clock.start();
  entries_.clear();
  frame_bytes_.clear();
  frames_.clear();
  for (const uint64_t number : numbers) {
    if (auto mapped = map(number, keep_frames); !mapped) return mapped;
  }
  clock.charge(times.dedupe);
  return {};
}

Result<void> RepeatedRecords::map(uint64_t number, bool keep_frame) {
  const RecordPlaces::Place place = places_.place(number);
  MemberSource& source = *sources_[place.map_place];
  source.begin_group();
  source.limit_to_record();
  try {
    auto mapped = source.map(place.file, place.begin, place.size, 0);
    if (!mapped) return mapped.error();
    if (!*mapped) return {};
    Outcome outcome = Outcome::kWritten;
    key_frame_.clear(0);
    key_.run(source.context(), source.target_frame(), key_frame_.frame(0), 1, &outcome);
    // A key that cannot be computed joins no group, like a null one.
    if (outcome != Outcome::kWritten) return {};
    makers_[place.map_place].append(key_frame_.frame(0), source.source_frame(), number, entries_);
    if (!keep_frame) return {};
    packer_.pack(source.target_frame(), frame_bytes_);
    frames_.push_back({number, frame_bytes_.size()});
  } catch (const ArenaExhausted&) {
    // The second pass refuses it, so it belongs to no group.
  }
  return {};
}

void RepeatedRecords::give_frames(PlacedMembers& members) const {
  uint64_t begin = 0;
  for (const Frame& frame : frames_) {
    members.keep(frame.number, std::string_view(frame_bytes_).substr(begin, frame.end - begin));
    begin = frame.end;
  }
}

}  // namespace mig
