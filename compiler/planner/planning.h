// The steps of make_plan. Private to the planner.
#pragma once

#include <map>

#include "compiler/planner/planner.h"

namespace mig::planner {

/// What a stage, or the whole spec, asks to be run.
struct Selection {
  std::string stage;
  std::vector<uint32_t> maps;  // sema::Program::maps, in order of execution
  std::vector<uint32_t> dedupes;
  std::vector<std::pair<uint32_t, uint32_t>> emits;  // map and target, in order
  const sema::CheckedSettings* settings = nullptr;   // of `run`; may be null
};

struct Planning {
  const sema::Program& checked;
  const SourceMap& sources;
  const PlanRequest& request;
  DiagnosticSink& sink;
  PlanResult& result;
  Planned& planned;
  std::vector<bool> from_command_line;                   // by parameter
  const sema::EnvironmentSymbol* environment = nullptr;  // the declaration of Plan::environment, where there is one

  void cannot(Code code, Span span, std::string message, std::string label, std::string advice = {});
};

/// False when something was reported.
bool select_stage(Planning& planning, Selection& selection);
/// Which environment the run is in, and whether all that it binds can be bound.
bool choose_environment(Planning& planning, const Selection& selection);
/// Masks of what is written and the secrets they take, once they are lowered.
bool plan_masks(Planning& planning);
/// The settings that the environment gives a source or target, null without; and the value of a secret, null after a mistake was told.
const sema::CheckedSettings* bound_settings(const Planning& planning, syntax::BindingKind kind, uint32_t subject);
std::optional<std::string> secret_value(Planning& planning, const std::string& name);
bool read_parameters(Planning& planning);
bool plan_connections(Planning& planning, const Selection& selection);
bool plan_budgets(Planning& planning, const Selection& selection);
/// What is measured, once it is lowered.
bool plan_measures(Planning& planning, const Selection& selection);
/// What maps refer to, once they are lowered.
bool plan_references(Planning& planning, const Selection& selection);

/// Names of the stages that run a map.
std::vector<std::string> stages_that_run(const sema::Program& checked, uint32_t map);
/// Whether the run's environment masks what a crosswalk of the map would hold; `whole`: the target's record, else its key.
bool masks_what_is_kept(const Planning& planning, uint32_t map, bool whole);
/// A map that another stage runs: index in Plan::earlier_maps.
uint32_t earlier_map(Planning& planning, const ir::LoweredReference& reference);
/// What maps of other stages refer to in this one.
void plan_crosswalks(Planning& planning, const Selection& selection);

/// How a source is read and a target written; null after a finding.
std::optional<SourcePlan> source_plan(Planning& planning, uint32_t source, const Selection& selection);
std::optional<TargetPlan> target_plan(Planning& planning, uint32_t target);
/// The rows of a target as they stand: index in Plan::relations; null after a finding.
std::optional<uint32_t> target_relation(Planning& planning, const Selection& selection, uint32_t target);

/// A value of a parameter's type from its text; on a mistake null, and `error` says what is expected. `held` gets the bytes that a value
/// which is stored as text must be made to show.
std::optional<Cell> parse_parameter(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type, std::string_view text,
                                    std::string& held, std::string& error);

/// SHA-256 of what the program does, in lower-case hex: spelling, comments and places in the file do not matter.
std::string program_hash(const ir::Program& program, const Plan& plan);

}  // namespace mig::planner
