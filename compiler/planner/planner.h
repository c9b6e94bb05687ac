// From a checked spec to what the engine runs: which maps in which order, sources and targets with settings, budgets, per-record programs.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/ir/lower.h"
#include "compiler/planner/checks.h"
#include "compiler/planner/measures.h"
#include "compiler/sema/program.h"
#include "runtime/plan/plan.h"

namespace mig::planner {

struct PlanRequest {
  std::string stage;                                            // "": the only one, or all maps of a spec without stages
  std::string environment;                                      // "": that of the stage
  std::vector<std::pair<std::string, std::string>> parameters;  // `--set`, in order
  std::string spec_file;                                        // as the user named it
};

/// A statement of the plan that holds no data: for people.
struct PlanNote {
  std::string subject;
  std::string text;
};

struct Planned {
  ir::Lowered lowered;
  Plan plan;                    // parameter values point into it: not to be copied or moved
  std::vector<PlanNote> notes;  // settings that have no effect, choices made
  bool needs_row_position = false;
  std::vector<uint32_t> maps;                           // sema::Program::maps, in order of execution
  std::set<uint32_t> counted;                           // sema::Program::maps whose records the counters of their target tell
  std::vector<uint32_t> profiles;                       // sema::Program::profiles: judged before the run
  std::vector<uint32_t> reconciles;                     // judged after the run: planner/checks.h
  std::vector<GateToJudge> gates;                       // after those, in order
  std::vector<PlannedMeasure> measures;                 // parallel to Plan::measures
  std::vector<std::pair<bool, uint32_t>> relations_of;  // parallel to Plan::relations: of a target, and sema index
};

struct PlanResult {
  std::unique_ptr<Planned> planned;  // null when something was reported
  std::vector<std::string> usage;    // what is wrong with the request itself: parameters, the stage's name
};

/// Findings (E1001 ...) go to `sink`. Reads no file but the ones the checker read, and no environment but the secrets that settings name.
PlanResult make_plan(const sema::Program& checked, const SourceMap& sources, const PlanRequest& request, DiagnosticSink& sink);

/// Values of all parameters; texts point into `texts`.
struct ParameterValues {
  std::vector<Cell> values;
  std::vector<std::string> texts;
};
/// The defaults; null where there is none. For tests.
ParameterValues default_parameters(const sema::Program& checked);

/// Delivery guarantee of a source and target pair: "EO", and the sentence behind it.
struct Guarantee {
  std::string level;
  std::string sentence;
};
Guarantee guarantee_of(const SourcePlan& source, const TargetPlan& target);

std::string_view write_mode_name(WriteMode mode);  // "upsert"

}  // namespace mig::planner
