// The record that a group of equals becomes: the winner with the fields that `merge` computes over all members.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/group_members.h"
#include "runtime/engine/mapper.h"

namespace mig {

class Merger {
 public:
  /// `setups`: one a map into the target. `members` stays with the caller.
  static Result<std::unique_ptr<Merger>> make(const std::vector<MapSetup>& setups, const DedupePlan& dedupe, GroupMembers& members);
  /// `numbers`: of mapped records, winner first. Appends the encoded winner to `out`; false when the merge refused the record, and then
  /// `hits()` says why. Warnings stand in `hits()` too.
  Result<bool> merge(const std::vector<uint64_t>& numbers, std::string& out);
  const std::vector<IssueHit>& hits() const { return collector_.hits; }

 private:
  Merger(const MapSetup& setup, const DedupePlan& dedupe, GroupMembers& members);
  Result<bool> merge_group(const std::vector<uint64_t>& numbers, std::string& out);

  GroupMembers& members_;
  const DedupePlan& dedupe_;
  uint32_t decode_site_;
  const TargetPlan& target_;
  const Kernel& kernel_;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBatch group_, merged_;
  TargetMask mask_;
  Arena arena_{256 << 10, kGroupMemory, true};
  HitCollector collector_;
  Context context_ = {};
};

}  // namespace mig
