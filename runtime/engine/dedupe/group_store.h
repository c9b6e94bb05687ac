// Groups records by key hash in bounded memory: parts by hash, spilled to an unnamed file, each resolved alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/dedupe/sorted_runs.h"
#include "runtime/engine/dedupe/spilled_parts.h"

namespace mig {

/// What resolving yields: losers by their number (bytes: winner's number, then the loser's and the winner's source key, each after its
/// 32-bit size), and groups by their winner's number (bytes: members' numbers, winner first, then by map and source key).
struct DedupeResult {
  /// `memory`: of the whole run, of which the lists take a part each.
  static DedupeResult within(const std::string& directory, uint64_t memory);

  SortedRuns losers, groups;
};

class GroupStore {
 public:
  /// `memory`: bytes that resolving may take; an eighth of it for entries that wait, so that few records and many take the same.
  /// `with_groups`: the members of groups are wanted too; then one group may take more than `memory`.
  GroupStore(const std::string& directory, uint64_t memory, bool with_groups);

  /// Entries as KeyEntryMaker appends them, rows counted from `first_row`.
  Result<void> add(std::string_view entries, uint64_t first_row);
  /// Ends the map whose rows were added last: members of later maps stand behind in a group.
  void end_map(uint64_t rows) { map_ends_.push_back(rows); }
  /// Decides every group. Once, at the end. `threads` share the memory.
  Result<void> resolve(DedupeResult& result, uint32_t threads);

 private:
  class Resolver;
  size_t map_of(uint64_t row) const;

  std::string directory_;
  uint64_t memory_;
  bool with_groups_;
  SpilledParts parts_;
  std::vector<uint64_t> map_ends_;
};

}  // namespace mig
