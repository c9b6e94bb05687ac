// Profiles, reconcile blocks and gates of a run: judged from its counts and from what was measured.
#pragma once

#include "runtime/engine/run.h"
#include "tools/migc/planning.h"

namespace mig::cli {

/// Before anything is written.
std::vector<ReconcileOutcome> judge_profiles(const PlannedSpec& spec, const RunReport& report);
/// When everything is: reconcile blocks, then gates.
std::vector<ReconcileOutcome> judge_checks(const PlannedSpec& spec, const RunReport& report);

}  // namespace mig::cli
