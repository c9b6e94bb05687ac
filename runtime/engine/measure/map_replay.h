// Runs the maps into a target once more, without writing, and tells what became of each record: for what is measured over them, and for
// the keys that other maps refer to. Maps are pure, so it is what the run did.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/mapper.h"

namespace mig {

/// What became of one record.
struct Fate {
  enum class What : uint8_t { kWritten, kMerged, kSkipped, kRejected } what = What::kWritten;
  uint32_t map_place = 0;            // among the maps into the target
  const uint8_t* source = nullptr;   // null when the record did not decode
  const uint8_t* target = nullptr;   // of a record that is written or merged
  const uint8_t* written = nullptr;  // the same as the target gets it: masked where the run's environment says so
  std::string_view issue;            // the code; "" where there is none
  uint64_t number = 0;               // behind a dedupe: of a record that is written or merged, among those of all maps
  uint64_t winner = 0;               // of kMerged: the winner's number
  uint32_t winner_place = 0;         // of kMerged: place of the winner's map
  std::string_view winner_key;       // and its source key, as KeyEntryMaker writes it
};

class MapReplay final : public MapObserver {
 public:
  using Visit = std::function<Result<void>(const Fate&)>;
  /// `setups`: one a map into the target, in order; they outlive the object. `rejects`: the log of the run in source order, "" when every
  /// reject is one that a map makes. `stop` may be null.
  MapReplay(const Plan& plan, std::vector<MapSetup> setups, std::string directory, std::string rejects, uint64_t memory,
            const std::atomic<int>* stop);
  ~MapReplay();
  /// Calls `visit` for every record of the maps whose place is marked in `wanted`, in order.
  Result<void> run(const std::vector<bool>& wanted, const Visit& visit);

  void observe(const Batch& batch) override;

 private:
  class LateRejects;
  Result<void> decide_groups();
  Result<void> pass(const MapSetup& setup, const std::function<Result<void>(WorkItem&)>& commit);
  Result<void> settle(const Batch& batch, uint32_t i);
  Result<bool> lost(Fate& fate);

  const Plan& plan_;
  std::vector<MapSetup> setups_;
  std::string directory_, rejects_;
  uint64_t memory_;
  const std::atomic<int>* stop_;
  std::unique_ptr<DedupeResult> decided_;
  std::unique_ptr<LateRejects> late_;
  std::vector<uint64_t> map_ends_;  // numbers of mapped records
  uint64_t number_ = 0;
  uint32_t place_ = 0;
  bool visiting_ = false;
  const Visit* visit_ = nullptr;
  Result<void> failed_;
  std::string winner_;
};

}  // namespace mig
