// Reconcile blocks and gates that only compute with record counts: judged from the counters of the run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::planner {

struct MapCounts {
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;
};
using CountsByMap = std::map<uint32_t, MapCounts>;  // by sema::Program::maps

struct CountCheck {
  std::string block;  // name of the reconcile block or gate
  Span span;          // of the expectation or requirement
  bool holds = false;
  std::string left, right;  // values of both sides of a comparison; empty when it is none
  uint32_t issue = 0;       // sema::Program::issues; MIG900 without `else`
};

/// Whether every expectation consists of `count` and `rate` of `read`, `written`, `merged`, `skipped`, `rejected` of the given maps,
/// numbers, percentages, `let`s, `+`, `-`, comparisons, `and`, `or` and `not`.
bool only_counts(const sema::Program& checked, uint32_t reconcile, const std::vector<uint32_t>& maps);
std::vector<CountCheck> judge_counts(const sema::Program& checked, uint32_t reconcile, const CountsByMap& counts);

/// What the reconcile blocks of a run said: for `reconciled(block)` and `count(failed_checks())`.
struct JudgedBlocks {
  std::map<std::string, bool> holds;  // by name
  uint64_t failed = 0;                // expectations without `else` that failed
};

/// A gate of a stage that is run.
struct GateToJudge {
  sema::ModuleId module = 0;
  const syntax::GateStep* step = nullptr;  // not owned
};

/// A requirement that cannot be judged from counters, or needs people.
struct GateObstacle {
  Span span;
  std::string what;  // lower case, names the requirement
};
std::vector<GateObstacle> gate_obstacles(const sema::Program& checked, const GateToJudge& gate, const std::vector<uint32_t>& maps,
                                         const std::vector<std::string>& reconciles);
std::vector<CountCheck> judge_gate(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                   const JudgedBlocks& blocks);

}  // namespace mig::planner
