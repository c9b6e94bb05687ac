#include "runtime/engine/dedupe/two_pass_target.h"

#include <algorithm>
#include <future>

#include "runtime/base/failpoint.h"
#include "runtime/engine/dedupe/part_threads.h"
#include "runtime/engine/dedupe/repeated_records.h"

namespace mig {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFFu;
constexpr uint64_t kStoreShare = 4;     // of the memory: sightings, and after them the key store
constexpr uint64_t kFewShare = 16;      // of the memory: the key store, where only records whose key seems repeated come into it
constexpr uint64_t kListShare = 64;     // of the memory: records whose key seems repeated, before their list lies in a file
constexpr uint64_t kFrameShare = 16;    // of the memory: frames of members, from when groups are decided until they are merged
constexpr size_t kRoundRecords = 4096;  // of a worker, before what it made is taken over

}  // namespace

TwoPassTarget::TwoPassTarget(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places, Sink& sink,
                             Bookkeeper& books, std::string directory, uint64_t memory, uint32_t workers)
    : plan_(plan),
      setups_(setups),
      dedupe_(*setups.front().dedupe),
      places_(places),
      books_(books),
      directory_(std::move(directory)),
      memory_(memory),
      workers_(workers),
      resumed_(books.state().has_position || books.state().map_place > 0),
      writer_(plan, setups, dedupe_, sink, books) {
  for (const MapSetup& setup : setups) exact_ = exact_ && plan.maps[setup.map].key_slice_exact;
  keys_ = std::make_unique<GroupStore>(directory_, memory_ / (exact_ ? kStoreShare : kFewShare), dedupe_.merge_map != kNone);
  for (uint32_t place = 0; place < setups.size(); ++place) keys_->end_map(places.end_of_map(place));
  decided_ = std::make_unique<DedupeResult>(DedupeResult::within(directory_, memory_));
  if (!exact_) sightings_ = std::make_unique<SightingStore>(directory_, memory_ / kStoreShare);
}

Result<void> TwoPassTarget::see(const WorkItem& item) {
  StageClock clock;
  clock.start();
  auto added = exact_ ? keys_->add(item.dedupe_keys, 0) : sightings_->add(item.dedupe_keys);
  clock.charge(times.dedupe);
  return added;
}

Result<void> TwoPassTarget::decide(const std::atomic<int>* stop) {
  StageClock clock;
  clock.start();
  auto members = PlacedMembers::make(setups_, places_);
  if (!members) return members.error();
  members_ = std::move(*members);
  if (dedupe_.merge_map != kNone) members_->keep_frames(memory_ / kFrameShare);
  if (!exact_) {
    if (auto decided = decide_sightings(stop); !decided) return decided;
  }
  if (auto resolved = keys_->resolve(*decided_, resolving_threads(workers_)); !resolved) return resolved;
  keys_.reset();
  if (auto ready = decided_->losers.rewind(); !ready) return ready;
  if (auto ready = decided_->groups.rewind(); !ready) return ready;
  if (dedupe_.merge_map != kNone) {
    auto merger = Merger::make(setups_, dedupe_, *members_);
    if (!merger) return merger.error();
    merger_ = std::move(*merger);
  }
  writer_.begin(*decided_, merger_.get());
  clock.charge(times.dedupe);
  return {};
}

Result<void> TwoPassTarget::decide_sightings(const std::atomic<int>* stop) {
  SortedRuns repeated(directory_, memory_ / kListShare);
  if (auto resolved = sightings_->resolve(repeated, resolving_threads(workers_)); !resolved) return resolved;
  sightings_.reset();
  std::vector<std::unique_ptr<RepeatedRecords>> mappers;
  for (uint32_t i = 0; i < workers_; ++i) {
    auto made = RepeatedRecords::make(plan_, setups_, places_);
    if (!made) return made.error();
    mappers.push_back(std::move(*made));
  }
  if (auto ready = repeated.rewind(); !ready) return ready;
  std::vector<uint64_t> numbers;
  while (!repeated.at_end()) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed) != 0) {
      return Error{ErrorKind::kCancelled, "stopped by a signal", "run again: the run continues where it stopped"};
    }
    numbers.clear();
    while (numbers.size() < kRoundRecords * workers_ && !repeated.at_end()) {
      numbers.push_back(repeated.place());
      if (auto moved = repeated.next(); !moved) return moved;
    }
    if (auto mapped = map_repeated(mappers, numbers); !mapped) return mapped;
    // In the order of the records, however many threads mapped them.
    for (const auto& mapper : mappers) {
      if (auto added = keys_->add(mapper->entries(), 0); !added) return added;
      mapper->give_frames(*members_);
    }
  }
  // The first mapper worked in this thread, whose time is taken as a whole.
  for (uint32_t i = 1; i < workers_; ++i) times.add(mappers[i]->times);
  return {};
}

// Each mapper has the next share of the numbers.
Result<void> TwoPassTarget::map_repeated(std::vector<std::unique_ptr<RepeatedRecords>>& mappers, std::span<const uint64_t> numbers) {
  const size_t share = (numbers.size() + mappers.size() - 1) / mappers.size();
  const auto map = [&](size_t i) {
    const size_t begin = std::min(i * share, numbers.size());
    return mappers[i]->map(numbers.subspan(begin, std::min(share, numbers.size() - begin)), members_->keeps_frames());
  };
  std::vector<std::future<Result<void>>> others;
  for (size_t i = 1; i < mappers.size(); ++i) others.push_back(std::async(std::launch::async, map, i));
  Result<void> done = map(0);
  for (auto& other : others) {
    if (auto mapped = other.get(); !mapped && done) done = mapped;
  }
  return done;
}

Result<void> TwoPassTarget::commit(WorkItem& item, uint32_t map_place) {
  const MapSetup& setup = setups_[map_place];
  EngineState& state = books_.state();
  StageClock clock;
  clock.start();
  if (const auto taken = books_.budget_stop(item.fates)) {
    // What came before is kept; this chunk is read again when the run continues.
    if (auto sealed = books_.seal(false); !sealed) return sealed;
    if (auto counted = books_.take(item, *taken, true, nullptr, setup.map); !counted) return counted;
    auto exceeded = books_.check_budget();
    return exceeded ? Result<void>(Error{ErrorKind::kInternal, "a budget stopped the run without being exceeded", ""}) : exceeded;
  }
  if (resumed_) {
    // What stands before the position was settled before the checkpoint.
    if (auto skipped = writer_.skip_to(places_.number(map_place, item.chunk.file, item.chunk.begin, 0)); !skipped) return skipped;
    resumed_ = false;
  }
  books_.count(item, static_cast<uint32_t>(item.fates.size()), true);
  numbers_.clear();
  for (const SpoolRow& row : item.spool_rows) numbers_.push_back(places_.number(map_place, item.chunk.file, row.begin, row.size));
  clock.charge(times.dedupe);
  WinnerWriter::Records records;
  records.rows = &item.spool_rows;
  records.encoded = item.rows;
  records.sizes = &item.row_sizes;
  records.map_place = map_place;
  records.file = item.chunk.file;
  records.ordinal = state.ordinal;
  records.line = state.line;
  records.numbers = &numbers_;
  records.mapped = &item.log;
  if (setup.keep_keys) {
    records.source_frame = [&](uint32_t i) -> Result<const uint8_t*> {
      const SpoolRow& row = item.spool_rows[i];
      auto mapped = members_->source(map_place).map(item.chunk.file, row.begin, row.size, state.ordinal + row.record);
      if (!mapped) return mapped.error();
      return members_->source(map_place).source_frame();
    };
  }
  if (auto done = writer_.settle(records, 0, times); !done) return done;
  books_.pass(item);
  (void)failpoint("dedupe_chunk");
  if (auto within = books_.check_budget(); !within) return within;
  return books_.seal_if_due(item.chunk.size);
}

Result<void> TwoPassTarget::finish() {
  if (resumed_) return {};
  return decided_->losers.at_end() && decided_->groups.at_end() ? Result<void>() : source_changed();
}

}  // namespace mig
