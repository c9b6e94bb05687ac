// Reconcile blocks that only add up and compare counts of one map: judged from the counters of the run.
#pragma once

#include <string>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::planner {

struct MapCounts {
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;
};

struct CountCheck {
  std::string reconcile;
  Span span;               // of the expectation
  bool holds = false;
  std::string left, right; // values of both sides of a comparison
  uint32_t issue = 0;      // sema::Program::issues; MIG900 without `else`
};

/// Whether every expectation consists of `count(read(map))`, `written`, `merged`, `skipped`, `rejected`, whole numbers, `let`s, `+` and `-`.
bool only_counts(const sema::Program& checked, uint32_t reconcile, uint32_t map);
std::vector<CountCheck> judge_counts(const sema::Program& checked, uint32_t reconcile, uint32_t map, const MapCounts& counts);

}  // namespace mig::planner
