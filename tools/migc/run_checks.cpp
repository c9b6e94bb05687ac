#include "tools/migc/run_checks.h"

#include <fmt/format.h>

#include "compiler/planner/checks.h"

namespace mig::cli {
namespace {

planner::CountsByMap counts_by_map(const planner::Planned& planned, const RunReport& report) {
  planner::CountsByMap counts;
  for (size_t i = 0; i < planned.maps.size(); ++i) {
    const std::string& name = planned.plan.targets[planned.plan.maps[i].target].name;
    for (const TargetReport& target : report.targets) {
      if (target.name == name) counts[planned.maps[i]] = {target.read, target.written, target.merged, target.skipped, target.rejected};
    }
  }
  // Counters are kept by target: those of a map that shares its target are not its own.
  std::erase_if(counts, [&](const auto& entry) { return planned.counted.count(entry.first) == 0; });
  return counts;
}

ReconcileOutcome outcome_of(const PlannedSpec& spec, const planner::BlockCheck& check) {
  const Issue& issue = spec.session->checked.program->issues[check.issue].issue;
  const LineColumn at = spec.session->sources.position(check.span);
  ReconcileOutcome outcome;
  outcome.reconcile = check.block;
  outcome.holds = check.holds;
  outcome.code = issue.code;
  outcome.message = issue.message;
  outcome.left = check.left;
  outcome.right = check.right;
  outcome.place = fmt::format("{}:{}:{}", spec.session->sources.name(check.span.file), at.line, at.column);
  return outcome;
}

}  // namespace

std::vector<ReconcileOutcome> judge_profiles(const PlannedSpec& spec, const RunReport& report) {
  const sema::Program& checked = *spec.session->checked.program;
  planner::MeasuredValues measured(spec.planned->measures, report.measured);
  std::vector<ReconcileOutcome> outcomes;
  for (const uint32_t block : spec.planned->profiles) {
    for (const planner::BlockCheck& check : planner::judge_block(checked, checked.profiles[block], {}, &measured)) {
      ReconcileOutcome& outcome = outcomes.emplace_back(outcome_of(spec, check));
      outcome.profile = true;
      // What fails without `else` is for the gates to decide, if there are any.
      outcome.decides = !check.warns && (check.issue != sema::kIssueCheck || spec.planned->gates.empty());
    }
  }
  return outcomes;
}

std::vector<ReconcileOutcome> judge_checks(const PlannedSpec& spec, const RunReport& report) {
  const sema::Program& checked = *spec.session->checked.program;
  const planner::CountsByMap counts = counts_by_map(*spec.planned, report);
  planner::MeasuredValues measured(spec.planned->measures, report.measured);
  planner::JudgedBlocks blocks;
  std::vector<ReconcileOutcome> outcomes;
  for (const ReconcileOutcome& profiled : report.reconciles) blocks.failed += !profiled.holds && profiled.code == "MIG900" ? 1 : 0;
  for (const uint32_t block : spec.planned->reconciles) {
    bool& holds = blocks.holds.emplace(checked.reconciles[block].name, true).first->second;
    for (const planner::BlockCheck& check : planner::judge_block(checked, checked.reconciles[block], counts, &measured)) {
      const bool declared = check.issue != sema::kIssueCheck;
      holds = holds && (check.holds || check.warns);
      blocks.failed += check.holds || declared ? 0 : 1;
      outcomes.push_back(outcome_of(spec, check));
      outcomes.back().decides = !check.warns && (declared || spec.planned->gates.empty());
    }
  }
  for (const planner::GateToJudge& gate : spec.planned->gates) {
    for (const planner::BlockCheck& check : planner::judge_gate(checked, gate, counts, blocks, &measured)) {
      outcomes.push_back(outcome_of(spec, check));
      outcomes.back().gate = true;
    }
  }
  return outcomes;
}

}  // namespace mig::cli
