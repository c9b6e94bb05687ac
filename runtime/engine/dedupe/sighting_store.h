// Which keys occur more than once, in bounded memory: a hash and a number a record, spilled by hash, and then the numbers that share a
// hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/part_threads.h"
#include "runtime/engine/dedupe/sorted_runs.h"
#include "runtime/engine/dedupe/spilled_parts.h"

namespace mig {

/// A record and the hash of its key: 16 bytes as they stand in WorkItem::dedupe_keys.
struct Sighting {
  uint64_t hash;
  uint64_t number;  // RecordPlaces
};

class SightingStore {
 public:
  /// `memory`: bytes that resolving may take; an eighth of it for sightings that wait, so that few records and many take the same.
  SightingStore(const std::string& directory, uint64_t memory);

  Result<void> add(std::string_view sightings);
  /// Numbers of all records whose hash another record has too, without bytes. Once, at the end. `threads` share the memory.
  Result<void> resolve(SortedRuns& repeated, uint32_t threads);

 private:
  /// First sightings of hashes, to find the second ones.
  class Table;
  Result<void> resolve_part(size_t part, Table& table, uint64_t memory, SharedRuns& repeated) const;

  uint64_t memory_;
  SpilledParts parts_;
};

}  // namespace mig
