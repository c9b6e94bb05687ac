// The record that a group of equals becomes: the winner with the fields that `merge` computes over all members.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/dedupe/spool.h"
#include "runtime/engine/mapper.h"

namespace mig {

class Merger {
 public:
  static Result<std::unique_ptr<Merger>> make(const MapSetup& setup, Spool& spool);
  /// `members`: numbers of mapped records, winner first. Appends the encoded winner to `out`; false when the merge refused the record, and
  /// then `hits()` says why. Warnings stand in `hits()` too.
  Result<bool> merge(const std::vector<uint64_t>& members, std::string& out);
  const std::vector<IssueHit>& hits() const { return collector_.hits; }

 private:
  explicit Merger(const MapSetup& setup, Spool& spool);

  MapSetup setup_;
  Spool& spool_;
  const DedupePlan& dedupe_;
  const TargetPlan& target_;
  const Kernel& kernel_;
  PackedFrames frames_;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBatch group_, merged_;
  std::vector<std::vector<Cell>> loaded_;
  Arena arena_;
  HitCollector collector_;
  Context context_ = {};
};

}  // namespace mig
