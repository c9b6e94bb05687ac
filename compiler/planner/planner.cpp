#include "compiler/planner/planner.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/passes/passes.h"
#include "compiler/ir/slice.h"
#include "compiler/ir/steps.h"
#include "compiler/planner/planning.h"
#include "stdlib/function.h"
#include "stdlib/total_functions.h"

namespace mig::planner {

void Planning::cannot(Code code, Span span, std::string message, std::string label, std::string advice) {
  Diagnostic finding = Diagnostic::make(code, span, std::move(message), std::move(label));
  if (!advice.empty()) finding.note(std::move(advice));
  sink.report(std::move(finding));
}

namespace {

void fill_program(Planning& planning) {
  Plan& plan = planning.planned.plan;
  const ir::Lowered& lowered = planning.planned.lowered;
  plan.types = lowered.program.types;
  plan.enums = lowered.program.enums;
  plan.issues = lowered.program.issues;
  plan.sites = lowered.program.sites;
  plan.overflow_site = lowered.overflow_site;
  plan.decode_site = lowered.decode_site;
  plan.refused_site = lowered.refused_site;
  for (size_t i = 0; i < plan.maps.size(); ++i) {
    if (i < lowered.maps.size()) {
      plan.maps[i].map = lowered.maps[i];
      continue;
    }
    const ir::LoweredEmit& emitted = lowered.emits[i - lowered.maps.size()];
    plan.maps[i].map = emitted.rows_map;
    plan.maps[i].rows = emitted.rows;
  }
  for (const ir::LoweredDedupe& from : lowered.dedupes) {
    DedupePlan dedupe;
    const uint32_t target = planning.checked.dedupes[from.dedupe].target;
    for (size_t i = 0; i < plan.targets.size(); ++i) {
      if (plan.targets[i].name == planning.checked.targets[target].name) dedupe.target = static_cast<uint32_t>(i);
    }
    dedupe.key_map = from.key_map;
    dedupe.key_layout = from.key_layout;
    dedupe.descending = from.descending;
    dedupe.merge_map = from.merge_map;
    dedupe.group_layout = from.group_layout;
    dedupe.merged_fields = from.merged_fields;
    dedupe.site = from.site;
    plan.dedupes.push_back(std::move(dedupe));
  }
  planning.planned.needs_row_position = std::any_of(lowered.program.nodes.begin(), lowered.program.nodes.end(),
                                                    [](const ir::Node& node) { return node.op == ir::Op::kRowPosition; });
}

/// Passes may add steps, so lineage is taken behind them. The hash is that of the program as it was written: a run goes on with a compiler
/// that optimises differently.
void optimise(Planned& planned) {
  ir::Program& program = planned.lowered.program;
  ir::run_passes(program, {stdlib::functions(), stdlib::total_functions()});
  for (MapPlan& map : planned.plan.maps) {
    uint32_t number = 0;
    ir::each_step(
        program.maps[map.map].steps, [&](const ir::Step& step, uint32_t) { map.steps.push_back({step.field, step.source_fields}); },
        number);
  }
}

/// What the first of two passes computes. Where the part of a map that key and `prefer` need writes what the whole map writes, it decides
/// the groups; elsewhere it only has to find keys that are repeated, and `prefer` would be computed for nothing.
void add_key_slices(Planned& planned) {
  Plan& plan = planned.plan;
  ir::Program& program = planned.lowered.program;
  for (const DedupePlan& dedupe : plan.dedupes) {
    const std::vector<bool> all = ir::input_fields_read(program, program.maps[dedupe.key_map]);
    const std::vector<bool> key = ir::input_fields_read_for(program, program.maps[dedupe.key_map], 0);
    for (MapPlan& map : plan.maps) {
      if (map.target != dedupe.target || map.emitted) continue;
      ir::Slice slice = ir::add_slice(program, map.map, all);
      if (!slice.refuses_alike) {
        program.maps.pop_back();
        slice = ir::add_slice(program, map.map, key);
        slice.refuses_alike = false;
      }
      map.key_slice = slice.map;
      map.key_slice_exact = slice.refuses_alike;
      map.key_fields = plan.sources[map.source].fields;
      for (size_t i = 0; i < map.key_fields.size(); ++i) map.key_fields[i].needed = map.key_fields[i].needed && slice.reads[i];
    }
  }
}

}  // namespace

PlanResult make_plan(const sema::Program& checked, const SourceMap& sources, const PlanRequest& request, DiagnosticSink& sink) {
  PlanResult result;
  auto planned = std::make_unique<Planned>();
  Planning planning{checked, sources, request, sink, result, *planned, {}};
  Selection selection;
  bool good = select_stage(planning, selection);
  good = choose_environment(planning, selection) && good;
  good = read_parameters(planning) && good;
  if ((selection.maps.empty() && planned->profiles.empty() && planned->gates.empty()) || !result.usage.empty()) return result;
  planned->plan.migration = checked.migration;
  planned->plan.version = checked.version;
  planned->plan.spec_file = request.spec_file;
  planned->plan.stage = selection.stage;
  planned->maps = selection.maps;
  good = plan_connections(planning, selection) && good;
  good = plan_budgets(planning, selection) && good;
  if (!good) return result;
  ir::LowerRequest lower;
  lower.maps = selection.maps;
  lower.dedupes = selection.dedupes;
  lower.emits = selection.emits;
  for (const PlannedMeasure& measure : planned->measures) lower.measures.push_back(measure.request);
  lower.environment = planned->plan.environment;
  for (const uint32_t map : selection.maps) {
    const uint32_t target = checked.maps[map].target;
    if (std::find(lower.mask_targets.begin(), lower.mask_targets.end(), target) == lower.mask_targets.end())
      lower.mask_targets.push_back(target);
  }
  planned->lowered = ir::lower(checked, sources, lower);
  for (const ir::Unsupported& problem : planned->lowered.unsupported) {
    const Span span = problem.span.valid() || selection.maps.empty() ? problem.span : checked.maps[selection.maps.front()].span;
    planning.cannot(Code::E1002, span, problem.what + " cannot run yet", "checked, but there is no code for it yet");
    good = false;
  }
  if (!good) return result;
  good = plan_measures(planning, selection);
  good = plan_references(planning, selection) && good;
  if (good) plan_crosswalks(planning, selection);
  good = plan_masks(planning) && good;
  if (!good) return result;
  fill_program(planning);
  planned->plan.spec_hash = program_hash(planned->lowered.program, planned->plan);
  // Behind the hash: it says what the spec means, not how it is run.
  add_key_slices(*planned);
  optimise(*planned);
  result.planned = std::move(planned);
  return result;
}

Guarantee guarantee_of(const SourcePlan& source, const TargetPlan& target) {
  if (target.connector == "sqlite") {
    return {"EO", fmt::format("exactly-once: rows, rejects, counters and position of {} are committed in one transaction of {}",
                              source.name, target.name)};
  }
  return {"EO", fmt::format("exactly-once: {} is written beside its name and published as a whole when {} has reached its end", target.name,
                            source.name)};
}

std::string_view write_mode_name(WriteMode mode) {
  switch (mode) {
    case WriteMode::kAppend: return "append";
    case WriteMode::kReplace: return "replace";
    case WriteMode::kInsert: return "insert";
    case WriteMode::kUpsert: return "upsert";
    case WriteMode::kUpdate: return "update";
    case WriteMode::kPatch: return "patch";
    case WriteMode::kDelete: return "delete";
  }
  return "";
}

}  // namespace mig::planner
