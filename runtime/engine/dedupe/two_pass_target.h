// A target with `dedupe` whose sources are plain files: the first pass reads only keys, the second maps, and writes each group's winner
// when it comes to it. Between the two the records whose key is repeated are mapped alone, to decide their groups. No record is ever kept.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/dedupe/group_members.h"
#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/dedupe/record_places.h"
#include "runtime/engine/dedupe/sighting_store.h"
#include "runtime/engine/dedupe/winner_writer.h"

namespace mig {

class RepeatedRecords;

class TwoPassTarget {
 public:
  /// `setups`: one a map into the target, in order; they and `places` stay with the caller. `directory`: for unnamed files. `workers`:
  /// threads that map repeated records.
  TwoPassTarget(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places, Sink& sink, Bookkeeper& books,
                std::string directory, uint64_t memory, uint32_t workers);

  /// Whether the first pass yields final entries, for KeyScanner.
  bool exact() const { return exact_; }
  /// First pass: what a KeyScanner made of a chunk.
  Result<void> see(const WorkItem& item);
  /// `stop`: not 0 ends it with kCancelled; may be null.
  Result<void> decide(const std::atomic<int>* stop);
  /// Second pass, in order, from the position of the checkpoint on.
  Result<void> commit(WorkItem& item, uint32_t map_place);
  /// Behind the last chunk: every decision has met its record.
  Result<void> finish();
  StageNanos times;

 private:
  Result<void> decide_sightings(const std::atomic<int>* stop);
  Result<void> map_repeated(std::vector<std::unique_ptr<RepeatedRecords>>& mappers, std::span<const uint64_t> numbers);

  const Plan& plan_;
  const std::vector<MapSetup>& setups_;
  const DedupePlan& dedupe_;
  const RecordPlaces& places_;
  Bookkeeper& books_;
  std::string directory_;
  uint64_t memory_;
  uint32_t workers_;
  bool exact_ = true;
  bool resumed_ = false;
  std::unique_ptr<SightingStore> sightings_;
  std::unique_ptr<GroupStore> keys_;
  std::unique_ptr<DedupeResult> decided_;
  std::unique_ptr<PlacedMembers> members_;
  std::unique_ptr<Merger> merger_;
  WinnerWriter writer_;
  std::vector<uint64_t> numbers_;
};

}  // namespace mig
