// Runs of a spec over a sample into a folder of their own: nothing is written to the targets, and no ledger of real runs is touched.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "runtime/engine/run.h"
#include "tools/migc/options.h"

namespace mig::cli {

/// A new folder that is removed with everything in it. `path` is empty when none can be made.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& purpose);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string path;
};

/// Plans the spec with `--set`, `--stage` and `--data` of the command line; budgets do not hold. `needs_data`: every source needs a sample,
/// else a source without one is read as the spec says. Null when it cannot go on: printed, and `exit` says why.
std::unique_ptr<planner::Planned> plan_sample(std::string_view verb, const Arguments& arguments, driver::Session& session, bool needs_data,
                                              int& exit);
/// From now on the targets of the plan are NDJSON files below `folder`, which is made.
void redirect_targets(Plan& plan, const std::string& folder);
/// A new run with its state and `rejects.ndjson` in `folder`. `options` gives workers and batch size.
RunReport run_sample(const planner::Planned& planned, const KernelSet& kernels, const std::string& folder, int64_t now, RunOptions options);

}  // namespace mig::cli
