// The masks of the run's environment over target records, on their way out. Everything before it sees values as they are.
#pragma once

#include <memory>

#include "runtime/plan/kernel_set.h"
#include "runtime/plan/plan.h"
#include "runtime/records/batch.h"

namespace mig {

/// Not thread-safe: one a worker.
class TargetMask {
 public:
  /// `records`: how many are masked at once, at most.
  TargetMask(const KernelSet& kernels, const TargetPlan& target, uint32_t records);
  /// The frames as they are written: `frames` itself where nothing is masked, else valid until the next call. Records whose outcome is not
  /// kWritten are left alone. Values lie in the context's arena, which may throw ArenaExhausted.
  const uint8_t* apply(Context& context, const uint8_t* frames, uint32_t count, const Outcome* outcomes);
  /// The same for one written record.
  const uint8_t* apply(Context& context, const uint8_t* frame);

 private:
  const Kernel* kernel_ = nullptr;  // null: nothing is masked
  std::unique_ptr<RecordBatch> masked_;
  std::vector<Outcome> outcomes_;
};

}  // namespace mig
