// Expectations of profile and reconcile blocks and requirements of gates, judged from record counts and from what the engine measured.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/planner/check_value.h"
#include "compiler/sema/program.h"

namespace mig::planner {

struct MapCounts {
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;
};
using CountsByMap = std::map<uint32_t, MapCounts>;  // by sema::Program::maps

/// Values of calls like `sum(pairs(m), p -> p.src.amount)`; what counts of maps tell needs none.
class MeasureReader {
 public:
  virtual ~MeasureReader() = default;
  /// Of a call or a pipe; null when it is no measure, or one that cannot be computed. `profiled`: the source of a profile, or kNone.
  virtual std::optional<CheckValue> read(sema::ModuleId module, syntax::ExprId expr, uint32_t profiled) = 0;
};

struct BlockCheck {
  std::string block;  // name of the block or gate
  Span span;          // of the expectation or requirement
  bool holds = false;
  bool warns = false;       // `else warn`: it is recorded and decides nothing
  std::string left, right;  // values of both sides of a comparison; empty when it is none
  uint32_t issue = 0;       // sema::Program::issues; MIG900 without `else`
};

/// What stands in the way of judging a block: the first expression about something that cannot be told. Null: there is nothing.
struct CheckObstacle {
  Span span;
  std::string what;  // lower case
};
/// `counts`: of the maps whose counters are known; `measures` may be null.
std::optional<CheckObstacle> obstacle_to(const sema::Program& checked, const sema::CheckBlock& block, const CountsByMap& counts,
                                         MeasureReader* measures);
/// The expectations of a block without obstacle.
std::vector<BlockCheck> judge_block(const sema::Program& checked, const sema::CheckBlock& block, const CountsByMap& counts,
                                    MeasureReader* measures);

/// What the blocks of a run said: for `reconciled(block)` and `count(failed_checks())`.
struct JudgedBlocks {
  std::map<std::string, bool> holds;  // reconcile blocks by name
  uint64_t failed = 0;                // expectations without `else` that failed
};

/// A gate of a stage that is run.
struct GateToJudge {
  sema::ModuleId module = 0;
  const syntax::GateStep* step = nullptr;  // not owned
};
std::vector<CheckObstacle> gate_obstacles(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                          const std::vector<std::string>& reconciles, MeasureReader* measures);
std::vector<BlockCheck> judge_gate(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                   const JudgedBlocks& blocks, MeasureReader* measures);

/// Counts of nothing, for finding out what can be judged.
CountsByMap no_counts(const std::vector<uint32_t>& maps);

}  // namespace mig::planner
