#include "runtime/engine/dedupe/repeated_records.h"

#include <algorithm>

#include "runtime/base/clock.h"

namespace mig {
namespace {

uint32_t most_together(const std::vector<MapSetup>& setups) {
  uint32_t most = 1;
  for (const MapSetup& setup : setups) most = std::max(most, setup.batch_records);
  return most;
}

}  // namespace

RepeatedRecords::RepeatedRecords(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places)
    : places_(places),
      key_(setups.front().kernels->kernel(setups.front().dedupe->key_map)),
      key_frames_(setups.front().dedupe->key_layout, most_together(setups)),
      key_frame_(setups.front().dedupe->key_layout, 1),
      key_outcomes_(most_together(setups)),
      packer_(plan.targets[setups.front().dedupe->target].layout, plan.types) {
  for (const MapSetup& setup : setups) makers_.emplace_back(*setup.dedupe, plan.sources[plan.maps[setup.map].source], plan.types);
}

Result<std::unique_ptr<RepeatedRecords>> RepeatedRecords::make(const Plan& plan, const std::vector<MapSetup>& setups,
                                                               const RecordPlaces& places) {
  std::unique_ptr<RepeatedRecords> made(new RepeatedRecords(plan, setups, places));
  for (const MapSetup& setup : setups) {
    auto batch = MemberBatch::make(setup);
    if (!batch) return batch.error();
    made->batches_.push_back(std::move(*batch));
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
  size_t alone = 0;  // records that are still to go one by one
  for (size_t at = 0; at < numbers.size();) {
    if (alone == 0) {
      auto together = map_together(numbers, at, keep_frames);
      if (!together) return together.error();
      at += *together;
      if (*together != 0) continue;
      alone = key_frames_.capacity();
    }
    if (auto mapped = map_alone(numbers[at++], keep_frames); !mapped) return mapped;
    --alone;
  }
  clock.charge(times.dedupe);
  return {};
}

Result<uint32_t> RepeatedRecords::map_together(std::span<const uint64_t> numbers, size_t at, bool keep_frames) {
  places_at_hand_.clear();
  const RecordPlaces::Place first = places_.place(numbers[at]);
  MemberBatch& batch = *batches_[first.map_place];
  for (size_t i = at; i < numbers.size() && places_at_hand_.size() < batch.capacity(); ++i) {
    const RecordPlaces::Place place = places_.place(numbers[i]);
    if (place.map_place != first.map_place || place.file != first.file) break;
    places_at_hand_.push_back(place);
  }
  auto mapped = batch.map(places_at_hand_);
  if (!mapped || *mapped == 0) return mapped;
  const uint32_t count = *mapped;
  for (uint32_t i = 0; i < count; ++i) key_outcomes_[i] = batch.outcomes()[i] == Outcome::kWritten ? Outcome::kWritten : Outcome::kRejected;
  key_frames_.clear_first(count);
  try {
    key_.run(batch.context(), batch.target_frames().frame(0), key_frames_.frame(0), count, key_outcomes_.data());
  } catch (const ArenaExhausted&) {
    return 0u;
  }
  for (uint32_t i = 0; i < count; ++i) {
    // A key that cannot be computed joins no group, like a null one.
    if (key_outcomes_[i] != Outcome::kWritten) continue;
    makers_[first.map_place].append(key_frames_.frame(i), batch.source_frames().frame(i), numbers[at + i], entries_);
    if (keep_frames) keep(numbers[at + i], batch.target_frames().frame(i));
  }
  return count;
}

void RepeatedRecords::keep(uint64_t number, const uint8_t* target_frame) {
  packer_.pack(target_frame, frame_bytes_);
  frames_.push_back({number, frame_bytes_.size()});
}

Result<void> RepeatedRecords::map_alone(uint64_t number, bool keep_frame) {
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
    if (keep_frame) keep(number, source.target_frame());
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
