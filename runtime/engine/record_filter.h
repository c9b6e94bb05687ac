// Which records of a source a run takes: those that an earlier reject log names (`run --only-rejected`), or a part (`limit`, `sample`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"

namespace mig {

/// Records of one map by key (as the log writes it) or, where an entry has no key, by position; or a part of all records.
class RecordFilter {
 public:
  /// `key`: as the log writes it; empty: it has none. `ordinal`: from 0.
  bool takes(const std::string& key, uint64_t ordinal) const;
  bool needs_keys() const { return !part_ || part_->fraction.has_value(); }
  /// Whether nothing is taken from this ordinal on.
  bool ends_before(uint64_t ordinal) const { return part_ && part_->first && ordinal >= *part_->first; }
  void take_part(const Selected& part) { part_ = part; }
  bool names_keys() const { return !keys_.empty(); }
  bool names_positions() const { return !records_.empty(); }
  bool has_key(const std::string& key) const { return keys_.contains(key); }
  bool has_record(uint64_t record) const { return records_.contains(record); }  // ordinal from 0
  void add_key(std::string key) { keys_.insert(std::move(key)); }
  void add_record(uint64_t record) { records_.insert(record); }

 private:
  std::unordered_set<std::string> keys_;
  std::unordered_set<uint64_t> records_;
  std::optional<Selected> part_;
};

/// What a log names.
struct RejectedRecords {
  std::string run_id;                                    // of the run that wrote it
  std::unordered_map<std::string, RecordFilter> by_map;  // by map name
  uint64_t entries = 0;
};
/// Reads a log as RejectLog exports it. kConfig for a file that is none, and when keys in it are masked.
Result<RejectedRecords> read_rejected(const std::string& path);

}  // namespace mig
