// What the process tells its caller; the same for every verb.
#pragma once

namespace mig::cli {

enum Exit : int {
  kOk = 0,
  kFindings = 1,        // findings of check, failed tests, differences
  kUsage = 2,           // usage or configuration
  kBudget = 3,          // gate closed, budget exceeded, reconciliation failed
  kStopped = 4,         // stopped, resumable
  kSourceChanged = 5,   // since the checkpoint
  kFenced = 6,          // by a newer run
  kTargetConflict = 7,  // target changed or in conflict
  kAuditFailed = 8,     // audit or evidence does not verify
  kInternal = 70,       // our bug; a report file is written
};

}  // namespace mig::cli
