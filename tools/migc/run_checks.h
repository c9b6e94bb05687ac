// Profiles, reconcile blocks and gates of a run: judged from its counts and from what was measured.
#pragma once

#include "runtime/engine/run.h"
#include "tools/migc/planning.h"

namespace mig::cli {

/// Before anything is written: profiles, then gates in front of what is run. A gate that was open for this run once is not asked again.
/// `state`: as `--state` names the state directory; "": not given.
Result<std::vector<ReconcileOutcome>> judge_profiles(const PlannedSpec& spec, const RunReport& report, Ledger& ledger,
                                                     const std::string& state);
/// When everything is: reconcile blocks, then gates.
Result<std::vector<ReconcileOutcome>> judge_checks(const PlannedSpec& spec, const RunReport& report, Ledger& ledger,
                                                   const std::string& state);

}  // namespace mig::cli
