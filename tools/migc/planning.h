// From the command line to a plan: shared by the verbs plan and run.
#pragma once

#include "compiler/driver/session.h"
#include "tools/migc/options.h"

namespace mig::cli {

std::vector<Option> planning_options();

/// The checked spec with its plan.
struct PlannedSpec {
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<planner::Planned> planned;
};

/// Prints findings and mistakes of the command line; null when it cannot go on: `exit` says why.
std::unique_ptr<PlannedSpec> planned_spec(std::string_view verb, const Arguments& arguments, bool json, int& exit);

}  // namespace mig::cli
