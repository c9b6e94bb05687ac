// A target with `dedupe`: the first pass maps everything into a spool, the second writes each group's winner in source order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/dedupe/group_members.h"
#include "runtime/engine/dedupe/merger.h"
#include "runtime/engine/dedupe/spool.h"
#include "runtime/engine/dedupe/winner_writer.h"
#include "runtime/engine/mapper.h"

namespace mig {

class DedupeTarget {
 public:
  /// `setups`: one a map into the target, in order; they stay with the caller. `directory`: for unnamed files.
  DedupeTarget(const Plan& plan, const std::vector<MapSetup>& setups, Sink& sink, Bookkeeper& books, std::string directory, uint64_t memory,
               uint32_t workers);

  /// First pass. `replayed`: its results are committed already, so it only rebuilds what the second pass needs.
  Result<void> begin(bool replayed);
  Result<void> take(WorkItem& item, uint32_t map_place);
  void end_map();
  Result<void> decide();
  /// Second pass, from the place where the checkpoint says it stood.
  Result<void> write(const std::atomic<int>* stop, bool& stopped);
  const Counts& replay_counts() const { return replay_; }
  uint64_t mapped() const { return spool_ == nullptr ? 0 : spool_->rows(); }
  StageNanos times;

 private:
  Result<void> write_chunk(size_t number);

  const std::vector<MapSetup>& setups_;
  const DedupePlan& dedupe_;
  Bookkeeper& books_;
  std::string directory_;
  uint64_t memory_;
  uint32_t workers_;
  bool replayed_ = false;
  Counts replay_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<GroupStore> keys_;
  std::unique_ptr<DedupeResult> decided_;
  std::unique_ptr<GroupMembers> members_;
  std::unique_ptr<Merger> merger_;
  WinnerWriter writer_;
  Spool::Loaded loaded_;
};

}  // namespace mig
