// Which records have the same key, and which of them is kept: bounded memory for any number of keys, by spilling partitions to disk.
//
// Entries are spread over partitions by their key's hash. Within the memory budget they stay in memory; beyond it all partitions are
// written out to one unnamed file each and go on growing there. To resolve, one partition at a time is loaded and grouped by key; groups of
// more than one record go to buckets by the winner's sequence, so that they come back in the order in which winners are written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"

namespace mig {

/// 128 bits of a hash of the whole key: equal keys have equal hashes, and different keys are taken to have different ones.
struct KeyHash {
  uint64_t high = 0, low = 0;
  bool operator==(const KeyHash&) const = default;
};

/// One record that takes part. The least `preference` in byte order is kept; of equal ones the least `member`.
struct KeyEntry {
  KeyHash key;
  uint64_t sequence = 0;         // of the record in writing order, from 0; each at most once
  std::string_view preference;   // at most 65 535 bytes
  std::string_view member;       // map and source key in byte order; at most 65 535 bytes
};

/// Records with one key: the winner's sequence and the others', ordered by `member`.
struct KeyGroup {
  uint64_t winner = 0;
  std::vector<uint64_t> losers;
};

class KeyStore {
 public:
  /// `memory_bytes` bounds what entries and one loaded partition take; `directory` is for unnamed spill files, touched only beyond it.
  KeyStore(uint64_t memory_bytes, std::string directory);
  ~KeyStore();
  KeyStore(KeyStore&&) noexcept;
  KeyStore& operator=(KeyStore&&) noexcept;

  Result<void> add(const KeyEntry& entry);
  uint64_t entries() const;
  bool spilled() const;

  /// After the last add: finds the groups and frees the entries. `records`: one more than the greatest sequence.
  Result<void> resolve(uint64_t records);

  // After resolve:
  bool is_loser(uint64_t sequence) const { return (losers_[sequence >> 6] >> (sequence & 63) & 1) != 0; }
  uint64_t loser_count() const { return loser_count_; }
  /// Groups of two records and more, in ascending order of the winner; false after the last. `rewind_groups` starts over.
  Result<bool> next_group(KeyGroup& group);
  void rewind_groups();

 private:
  struct Partition;
  struct Bucket;

  Result<void> spill();
  Result<void> resolve_partition(const char* bytes, uint64_t size, uint32_t depth);
  Result<void> keep_group(const std::vector<const char*>& members);
  Result<void> load_bucket();

  std::string directory_;
  uint64_t memory_;
  uint64_t in_memory_ = 0;
  uint64_t entries_ = 0;
  uint64_t records_ = 0;
  std::vector<Partition> partitions_;
  std::vector<uint64_t> losers_;    // one bit a sequence
  uint64_t loser_count_ = 0;
  std::vector<Bucket> buckets_;     // groups by ranges of the winner's sequence
  uint64_t group_bytes_ = 0;
  std::vector<uint64_t> loaded_;    // groups of the bucket at hand: winner, count, losers...
  std::vector<size_t> order_;       // where each of them begins, by winner
  size_t bucket_ = 0, at_ = 0;
};

}  // namespace mig
