// The record that a group of equals becomes: the winner with the fields that `merge` computes over all members.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/member_source.h"
#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/dedupe/spool.h"
#include "runtime/engine/mapper.h"

namespace mig {

class Merger {
 public:
  /// `setups`: one a map into the target. Members come from the spool where it keeps frames, else from the source again.
  static Result<std::unique_ptr<Merger>> make(const std::vector<MapSetup>& setups, Spool& spool);
  /// `members`: numbers of mapped records, winner first; `winner` is found already. Appends the encoded winner to `out`; false when the merge refused the record, and
  /// then `hits()` says why. Warnings stand in `hits()` too.
  Result<bool> merge(const std::vector<uint64_t>& members, const Spool::Member& winner, std::string& out);
  const std::vector<IssueHit>& hits() const { return collector_.hits; }

 private:
  Merger(const std::vector<MapSetup>& setups, Spool& spool);
  Result<bool> merge_group(const std::vector<uint64_t>& members, const Spool::Member& first, std::string& out);
  Result<uint8_t*> load(const Spool::Member& member, size_t slot);

  const std::vector<MapSetup>& setups_;
  Spool& spool_;
  const DedupePlan& dedupe_;
  const TargetPlan& target_;
  const Kernel& kernel_;
  PackedFrames frames_;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBatch group_, merged_;
  std::vector<std::unique_ptr<MemberSource>> sources_;  // by map; null where the spool keeps frames
  std::vector<std::vector<Cell>> loaded_;
  Arena arena_{256 << 10, kGroupMemory, true};
  HitCollector collector_;
  Context context_ = {};
};

}  // namespace mig
