// Groups records by key hash in bounded memory: partitions by hash, spilled to unnamed files, each resolved alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/dedupe/sorted_runs.h"

namespace mig {

/// What resolving yields: losers by their number (bytes: winner's number, then the loser's and the winner's source key, each after its
/// 32-bit size), and groups by their winner's number (bytes: members' numbers, winner first, then by map and source key).
struct DedupeResult {
  SortedRuns losers, groups;
};

class GroupStore {
 public:
  /// `memory`: bytes that resolving may take; a quarter of it for entries that wait, so that few records and many take the same.
  /// `with_groups`: the members of groups are wanted too.
  GroupStore(std::string directory, uint64_t memory, bool with_groups);

  /// Entries as KeyEntryMaker appends them, rows counted from `first_row`.
  Result<void> add(std::string_view entries, uint64_t first_row);
  /// Ends the map whose rows were added last: members of later maps stand behind in a group.
  void end_map(uint64_t rows) { map_ends_.push_back(rows); }
  /// Decides every group. The store is empty afterwards.
  Result<void> resolve(DedupeResult& result);

 private:
  static constexpr int kPartitionBits = 6;
  static constexpr size_t kPartitions = size_t{1} << kPartitionBits;
  struct Partition {
    std::string buffer;
    File file;
  };
  Result<void> spill(Partition& partition);
  Result<void> resolve_entries(std::string_view entries, DedupeResult& result);
  Result<void> resolve_file(const File& file, int used_bits, DedupeResult& result);
  void decide(std::string_view entries, std::vector<uint64_t>& members, DedupeResult& result);
  size_t map_of(uint64_t row) const;

  std::string directory_;
  uint64_t memory_;
  uint64_t limit_;  // bytes of a partition that stay in memory
  bool with_groups_;
  std::array<Partition, kPartitions> partitions_;
  std::vector<uint64_t> map_ends_;
};

}  // namespace mig
