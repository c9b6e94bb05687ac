#include "tools/migc/run_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/planner/checks.h"
#include "tools/migc/approvals.h"

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
  outcome.missing = check.missing;
  outcome.commands = check.commands;
  outcome.left = check.left;
  outcome.right = check.right;
  outcome.place = fmt::format("{}:{}:{}", spec.session->sources.name(check.span.file), at.line, at.column);
  return outcome;
}

/// Gates decide what comes of expectations without `else`; people who do something do not.
bool has_gates(const PlannedSpec& spec) {
  return std::any_of(spec.planned->gates.begin(), spec.planned->gates.end(),
                     [](const planner::GateToJudge& gate) { return gate.manual == nullptr; });
}

uint64_t failed_without_issue(const std::vector<ReconcileOutcome>& profiled) {
  return static_cast<uint64_t>(std::count_if(profiled.begin(), profiled.end(), [](const ReconcileOutcome& outcome) {
    return outcome.profile && !outcome.holds && outcome.code == "MIG900";
  }));
}

/// Judges the gates on one side of what is run, and notes which of them are open and at which the run waits.
Result<void> judge_gates(const PlannedSpec& spec, bool before, const planner::CountsByMap& counts, planner::JudgedBlocks& blocks,
                         planner::MeasureReader* measures, LedgerApprovals& approvals, const RunReport& report, Ledger& ledger,
                         std::vector<ReconcileOutcome>& outcomes) {
  const sema::Program& checked = *spec.session->checked.program;
  blocks.approvals = &approvals;
  for (const planner::GateToJudge& gate : spec.planned->gates) {
    if (gate.before != before) continue;
    const std::string& name = gate.name();
    if (before) {
      auto open = ledger.gate_is_open(report.run_id, name);
      if (!open) return open.error();
      if (*open) continue;
    }
    if (auto asked = approvals.ask_for({report.stage, report.environment, report.run_id, before}); !asked) return asked;
    bool open = true, waits = false;
    for (const planner::BlockCheck& check : planner::judge_gate(checked, gate, counts, blocks, measures)) {
      open = open && check.holds;
      waits = waits || !check.missing.empty();
      outcomes.push_back(outcome_of(spec, check));
      outcomes.back().gate = true;
      outcomes.back().manual = gate.manual != nullptr;
    }
    auto noted = open    ? ledger.open_gate(report.run_id, name, approvals.counted())
                 : waits ? ledger.wait_at(report.run_id, name)
                         : Result<void>();
    if (!noted) return noted;
  }
  return {};
}

}  // namespace

Result<std::vector<ReconcileOutcome>> judge_profiles(const PlannedSpec& spec, const RunReport& report, Ledger& ledger,
                                                     const std::string& state) {
  const sema::Program& checked = *spec.session->checked.program;
  planner::MeasuredValues measured(spec.planned->measures, report.measured);
  std::vector<ReconcileOutcome> outcomes;
  for (const uint32_t block : spec.planned->profiles) {
    for (const planner::BlockCheck& check : planner::judge_block(checked, checked.profiles[block], {}, &measured)) {
      ReconcileOutcome& outcome = outcomes.emplace_back(outcome_of(spec, check));
      outcome.profile = true;
      // What fails without `else` is for the gates to decide, if there are any.
      outcome.decides = !check.warns && (check.issue != sema::kIssueCheck || !has_gates(spec));
    }
  }
  planner::JudgedBlocks blocks;
  blocks.failed = failed_without_issue(outcomes);
  LedgerApprovals approvals(*spec.session, ledger, state);
  auto judged = judge_gates(spec, true, {}, blocks, nullptr, approvals, report, ledger, outcomes);
  if (!judged) return judged.error();
  return outcomes;
}

Result<std::vector<ReconcileOutcome>> judge_checks(const PlannedSpec& spec, const RunReport& report, Ledger& ledger,
                                                   const std::string& state) {
  const sema::Program& checked = *spec.session->checked.program;
  const planner::CountsByMap counts = counts_by_map(*spec.planned, report);
  planner::MeasuredValues measured(spec.planned->measures, report.measured);
  planner::JudgedBlocks blocks;
  std::vector<ReconcileOutcome> outcomes;
  blocks.failed = failed_without_issue(report.reconciles);
  for (const uint32_t block : spec.planned->reconciles) {
    bool& holds = blocks.holds.emplace(checked.reconciles[block].name, true).first->second;
    for (const planner::BlockCheck& check : planner::judge_block(checked, checked.reconciles[block], counts, &measured)) {
      const bool declared = check.issue != sema::kIssueCheck;
      holds = holds && (check.holds || check.warns);
      blocks.failed += check.holds || declared ? 0 : 1;
      outcomes.push_back(outcome_of(spec, check));
      outcomes.back().decides = !check.warns && (declared || !has_gates(spec));
    }
  }
  LedgerApprovals approvals(*spec.session, ledger, state);
  auto judged = judge_gates(spec, false, counts, blocks, &measured, approvals, report, ledger, outcomes);
  if (!judged) return judged.error();
  return outcomes;
}

}  // namespace mig::cli
