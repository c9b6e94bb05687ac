// A target with `dedupe`: the first pass maps everything into a spool, the second writes each group's winner in source order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/dedupe/merger.h"
#include "runtime/engine/dedupe/spool.h"
#include "runtime/engine/mapper.h"

namespace mig {

class DedupeTarget {
 public:
  /// `setups`: one a map into the target, in order; they stay with the caller. `directory`: for unnamed files.
  DedupeTarget(const Plan& plan, const std::vector<MapSetup>& setups, Sink& sink, Bookkeeper& books, std::string directory, uint64_t memory);

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
  /// Winners waiting to be written together, and everything decided since the last time.
  struct Batch {
    std::string rows;
    std::vector<uint32_t> sizes;
    std::vector<uint32_t> index;      // row of the chunk that each came from
  };
  Result<void> write_chunk(size_t number);
  Result<void> flush(const SpoolChunk& chunk);
  Result<void> lose(const SpoolChunk& chunk, uint32_t i);
  Result<void> win(const SpoolChunk& chunk, uint32_t i, std::string_view encoded, uint64_t row);
  Origin origin_of(const SpoolChunk& chunk, uint32_t i) const;
  std::string_view key_of(uint32_t i) const;
  EntryWriter& writer_of(uint32_t map_place);

  const Plan& plan_;
  const std::vector<MapSetup>& setups_;
  const DedupePlan& dedupe_;
  const TargetPlan& target_;
  Sink& sink_;
  Bookkeeper& books_;
  std::string directory_;
  uint64_t memory_;
  bool replayed_ = false;
  Counts replay_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<GroupStore> keys_;
  std::unique_ptr<DedupeResult> decided_;
  std::unique_ptr<Merger> merger_;
  std::vector<std::unique_ptr<EntryWriter>> writers_;
  std::vector<std::unique_ptr<SourceKeyText>> key_texts_;

  Spool::Loaded loaded_;
  std::vector<uint64_t> key_offsets_;
  Batch batch_;
  WriteResult written_;
  LogEntries log_;
  std::vector<uint64_t> members_;
};

}  // namespace mig
