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

/// What people answered for, as gates ask.
class ApprovalReader {
 public:
  struct Answer {
    bool given = false;
    std::string missing;  // why not: "item T12 is not done"
    std::string command;  // that would give it
  };
  virtual ~ApprovalReader() = default;
  virtual Answer item(uint32_t item) = 0;  // sema::Program::items
  /// `within`: microseconds that an approval lasts; 0: any time.
  virtual Answer approval(const std::string& gate, const std::string& role, int64_t within) = 0;
  /// Of a `manual` step.
  virtual Answer manual(const std::string& instruction) = 0;
};

struct BlockCheck {
  std::string block;  // name of the block or gate
  Span span;          // of the expectation or requirement
  bool holds = false;
  bool warns = false;       // `else warn`: it is recorded and decides nothing
  std::string left, right;  // values of both sides of a comparison; empty when it is none
  uint32_t issue = 0;       // sema::Program::issues; MIG900 without `else`
  /// Of a gate's requirement that would hold if people had answered: what is missing, and the commands that give it.
  std::vector<std::string> missing, commands;
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
  std::map<std::string, bool> holds;    // reconcile blocks by name
  uint64_t failed = 0;                  // expectations without `else` that failed
  ApprovalReader* approvals = nullptr;  // not owned; null: everything that people do counts as done
};

/// A gate of a stage that is run, or a `manual` step, which is open when somebody has said that it is done.
struct GateToJudge {
  sema::ModuleId module = 0;
  const syntax::GateStep* step = nullptr;      // not owned
  bool before = false;                         // it stands in front of what the stage runs
  const syntax::ManualStep* manual = nullptr;  // not owned; null: a gate
  Span span = {};                              // of the step
  const std::string& name() const { return manual != nullptr ? manual->instruction.value : step->name.text; }
};
std::vector<CheckObstacle> gate_obstacles(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                          const std::vector<std::string>& reconciles, MeasureReader* measures);
std::vector<BlockCheck> judge_gate(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                   const JudgedBlocks& blocks, MeasureReader* measures);

/// Counts of nothing, for finding out what can be judged.
CountsByMap no_counts(const std::vector<uint32_t>& maps);

}  // namespace mig::planner
