// The reject log of a run: append-only spools in the run's directory whose committed lengths travel in the checkpoint, exported at the end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"
#include "runtime/rejects/entry.h"

namespace mig {

/// The spools: rejects as NDJSON and as CSV, warnings as NDJSON, each once for the pass that maps and once for the pass behind a dedupe.
constexpr size_t kLogSpools = 6;
using LogLengths = std::array<uint64_t, kLogSpools>;

struct LogPaths {
  std::string rejects, csv, warnings;  // "" when there are none
};

/// Everything belongs to one thread, except sync(), which may run in another after mark_for_sync().
class RejectLog {
 public:
  /// Continues the spools at `lengths`. `in_place` false: another process may hold the files; they are copied under names with `fence`.
  static Result<RejectLog> open(const std::string& directory, const LogLengths& lengths, uint64_t fence, bool in_place,
                                const std::string& suffix);

  /// `record` and `line` are those of the source (from 1); `second`: raised behind a dedupe.
  void append(const LogEntries& entries, const LogEntry& entry, uint64_t record, uint64_t line, bool second);
  Result<void> flush();
  /// flush() when much is buffered.
  Result<void> flush_if_large();
  /// Everything flushed so far is what the next sync() makes durable.
  void mark_for_sync();
  Result<void> sync();
  const LogLengths& lengths() const { return lengths_; }  // flushed and buffered
  Result<void> cut(const LogLengths& lengths);
  /// Part of the files' names: which set of spools is the valid one. Kept in the checkpoint.
  const std::string& suffix() const { return suffix_; }

  /// Writes `<file>`, `<stem>.csv` and `<stem>.warnings.ndjson`, each in source order; 0600. `maps`: names in the order of processing.
  /// `final`: nothing is appended any more, and everything is synced.
  Result<LogPaths> export_to(const std::string& file, const std::vector<std::string>& maps, bool final);
  /// The exported files stand for them from here on: only for runs that the ledger calls finished.
  void remove_spools();
  /// Where the spools lie, for runs without an export.
  LogPaths paths() const;

 private:
  Result<void> export_one(size_t first, size_t second, const std::string& path, const std::vector<std::string>& maps, bool final);

  std::string directory_, suffix_;
  std::array<File, kLogSpools> files_;
  std::array<std::string, kLogSpools> buffers_;
  LogLengths lengths_ = {};
  LogLengths marked_ = {}, synced_ = {};
};

}  // namespace mig
