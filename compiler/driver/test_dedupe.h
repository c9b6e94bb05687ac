// A `dedupe` over a handful of records: who wins and what the winner becomes. For tests; runs of the engine do the same on disk.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/lower.h"
#include "runtime/plan/kernel_set.h"

namespace mig::driver {

struct DedupedGroups {
  uint32_t winner = 0;  // of the first record's group: index in `members`; its frame holds what was merged
  uint32_t losers = 0;  // in all groups
  bool merged = true;   // false: the merge of a group was refused; the issues stand in the context
};

/// `members`: frames of the target's layout, in source order. Null keys belong to no group; of equal preference the first record wins.
DedupedGroups dedupe_frames(const ir::Program& program, const ir::LoweredDedupe& dedupe, const RecordLayout& layout,
                            const KernelSet& kernels, Context& context, const std::vector<uint8_t*>& members);

}  // namespace mig::driver
