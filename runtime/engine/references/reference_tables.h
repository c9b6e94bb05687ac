// What maps ask about records that other maps wrote: source keys with the target record they became, and keys that a target holds.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/measure/map_replay.h"
#include "runtime/engine/references/crosswalk.h"
#include "runtime/plan/plan.h"
#include "runtime/state/key_table.h"

namespace mig {

/// By index in Plan::references. Tables lie in the run's directory and are whole or not there, so a continued run takes those it finds.
class ReferenceTables final : public References {
 public:
  /// `earlier`: parallel to Plan::earlier_maps; outlives the object.
  ReferenceTables(const Plan& plan, std::string directory, uint64_t memory, const std::vector<EarlierCrosswalk>& earlier);

  /// Whether the table of the reference can be asked; opens one that an earlier process finished.
  Result<bool> ready(uint32_t reference);
  /// Fills the tables of all references to maps of one target. `replay` runs those maps, `maps` are theirs by place (Plan::maps).
  /// `early`: with what they will write.
  Result<void> fill_from_maps(MapReplay& replay, const std::vector<uint32_t>& maps, bool early);
  /// Whether the table that is kept of a target is there; opens one as ready() does.
  Result<bool> kept_ready(uint32_t target) { return opened(target); }
  /// Whether the early table of a target (Plan::targets) is there; opens one as ready() does.
  Result<bool> early_ready(uint32_t target);
  /// Fills the table of a reference to the rows of a target.
  Result<void> fill_from_rows(uint32_t reference, uint64_t chunk_bytes, uint64_t max_record_bytes, const std::atomic<int>* stop);
  /// The run is over: nothing is asked any more, but of what is kept for other stages.
  void remove();
  /// The first failure of a question; maps cannot tell of it themselves.
  Result<void> failure() const;

 private:
  static Status answer(const References* self, Context* context, uint32_t reference, const Cell* key, Cell* result);
  Status find(Context& context, uint32_t reference, const Cell& key, Cell& result);
  Result<std::optional<std::string>> look_up(KeyTable& table, std::string key) const;
  const CrosswalkPlan* kept(uint32_t table) const;
  Result<bool> opened(uint32_t table);
  std::string path_of(uint32_t table) const;
  uint32_t early_table(uint32_t target) const;
  uint32_t table_of(uint32_t reference) const;

  const Plan& plan_;
  std::string directory_;
  uint64_t memory_;
  const std::vector<EarlierCrosswalk>& earlier_;
  std::vector<std::unique_ptr<KeyTable>> tables_;  // by table: a target's maps share one
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
};

}  // namespace mig
