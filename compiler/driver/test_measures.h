// What a tested reconcile block computes over the given records: sums, groups, distinct values and the rest, in memory.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/lower.h"
#include "compiler/planner/measures.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/types/context.h"

namespace mig::driver {

/// What became of one given record. Frames are of the layouts of the source and the target; not owned.
struct CountedRecord {
  const uint8_t* source = nullptr;
  const uint8_t* target = nullptr;  // of what was written
  Outcome outcome = Outcome::kWritten;
  std::string issue;  // code of the first issue of a record that was rejected or skipped
};

/// The measures of one block: `planned` stand in Lowered::measures from `first` on.
struct BlockMeasures {
  std::vector<planner::PlannedMeasure> planned;
  size_t first = 0;
  std::optional<planner::CheckObstacle> obstacle;  // why the block cannot be tested
};

/// The measures of a reconcile block about one map (sema::Program::reconciles, maps); appends their requests.
BlockMeasures plan_block_measures(const sema::Program& program, const SourceMap& sources, uint32_t reconcile, uint32_t map,
                                  std::vector<ir::MeasureRequest>& requests);

/// Parallel to `block.planned`.
std::vector<Measured> measure_records(const ir::Lowered& lowered, const BlockMeasures& block, const KernelSet& kernels, Context& context,
                                      const RecordLayout& source, const RecordLayout& target, const std::vector<CountedRecord>& records);

}  // namespace mig::driver
