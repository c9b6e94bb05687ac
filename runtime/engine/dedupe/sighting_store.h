// Which keys occur more than once, in bounded memory: a hash and a number a record, spilled by hash, and then the numbers that share a
// hash.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"
#include "runtime/engine/dedupe/sorted_runs.h"

namespace mig {

/// A record and the hash of its key: 16 bytes as they stand in WorkItem::dedupe_keys.
struct Sighting {
  uint64_t hash;
  uint64_t number;  // RecordPlaces
};

class SightingStore {
 public:
  /// `memory`: bytes that resolving may take; a quarter of it for sightings that wait, so that few records and many take the same.
  SightingStore(std::string directory, uint64_t memory);

  Result<void> add(std::string_view sightings);
  /// Numbers of all records whose hash another record has too, ascending, without bytes. The store is empty afterwards.
  Result<void> resolve(SortedRuns& repeated);

 private:
  static constexpr int kPartitionBits = 6;
  static constexpr size_t kPartitions = size_t{1} << kPartitionBits;
  struct Partition {
    std::vector<Sighting> buffer;
    File file;
  };
  /// First sightings of hashes, to find the second ones.
  class Table;
  Result<void> spill(Partition& partition);
  Result<void> resolve_file(const File& file, SortedRuns& repeated) const;

  std::string directory_;
  uint64_t memory_;
  size_t limit_;  // sightings of a partition that stay in memory
  std::array<Partition, kPartitions> partitions_;
};

}  // namespace mig
