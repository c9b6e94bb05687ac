// The run ledger of a project: which runs there were, which one is unfinished, and the checkpoints of targets that cannot keep their own.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/state/database.h"

namespace mig {

/// One run as the ledger knows it. Texts are as given; times are microseconds since 1970 UTC, 0: not yet.
struct RunRecord {
  std::string run_id, parent_run;
  std::string migration, stage, environment, spec_version, spec_hash;
  std::string source_identity, target_identity, parameters;
  int64_t run_now = 0;
  int64_t started = 0, ended = 0;
  std::string status;  // "running" (also when its process died), "stopped", "failed", "finished", "abandoned"
  std::string error;
  uint64_t attempts = 0;  // processes that worked on it
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0, warned = 0;
  double seconds = 0;   // of all attempts
  bool opened = false;  // its targets hold its checkpoint: a checkpoint that is not there was lost
};

/// What somebody answered for: an item that people do, or a gate. It is added and never changed.
struct ApprovalRecord {
  uint64_t number = 0;  // given by the ledger, in order
  std::string migration;
  std::string stage, environment;  // of a gate; "" of an item
  std::string subject;             // name of the gate or item
  std::string role;                // of a gate: as whom
  std::string by, account;         // as given, and the account of the operating system
  std::string evidence;            // "": none; a path, or the text itself
  bool evidence_is_file = false;   // its content is what counts
  std::string evidence_hash;       // SHA-256 of that content or text, hex
  std::string spec_hash;           // of what was approved: the spec's files, or the declaration of the item
  std::string run_id;              // of a gate: the unfinished run of its stage; "": there was none
  int64_t at = 0;                  // microseconds since 1970 UTC
};

/// The checkpoint of one target whose system keeps none (files). `detail` is the sink's, `state` the engine's; both opaque here.
struct JournalRow {
  uint64_t sequence = 0;  // of the last epoch; 0: nothing committed yet
  std::string phase;      // the sink's: "open", "ready", "published"
  std::string state;
  std::string detail;
  std::string tail;  // bytes that belong behind the durable output but are not in it yet
};

/// Owns `<directory>/ledger.db` (SQLite, WAL, synchronous = FULL). Calls may come from any thread; each is one transaction.
class Ledger {
 public:
  /// Creates directory (0700) and database when they are not there.
  static Result<std::unique_ptr<Ledger>> open(const std::string& directory);
  /// As open, but an Error (kConfig) when there is none: for `status` and `history`.
  static Result<std::unique_ptr<Ledger>> open_existing(const std::string& directory);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  const std::string& directory() const { return directory_; }

  /// The newest run of this migration and stage that is neither finished nor abandoned.
  Result<std::optional<RunRecord>> unfinished(const std::string& migration, const std::string& stage);
  Result<std::optional<RunRecord>> find(const std::string& run_id);
  /// Newest first; `limit` 0: all.
  Result<std::vector<RunRecord>> history(uint64_t limit);

  /// Adds a run, status "running", and gives it an id of start and number: `20260301T020000Z-7`. The caller holds fence 1.
  /// kUnavailable when there is an unfinished run of this migration and stage.
  Result<std::string> begin(const RunRecord& record);
  /// A process takes the run over: raises its fence, which is returned. Every later call of an older process fails with kFenced, and so
  /// does this one for a run that has ended.
  Result<uint64_t> take_over(const std::string& run_id);
  /// kFenced when another process has taken the run over.
  Result<void> verify(const std::string& run_id, uint64_t fence);
  /// What is now true of the run, `opened`, identities, spec hash, counts, status, error and seconds included. Verifies the fence.
  Result<void> update(const RunRecord& record, uint64_t fence);
  Result<void> abandon(const std::string& run_id);
  /// The newest run of any of these stages in this environment that may have written something.
  Result<std::optional<RunRecord>> newest(const std::string& migration, const std::vector<std::string>& stages,
                                          const std::string& environment);

  // ---- approvals (ledger_approvals.cpp)
  Result<void> approve(const ApprovalRecord& record);
  /// Newest first; of one migration, or of all for "".
  Result<std::vector<ApprovalRecord>> approvals(const std::string& migration);
  /// A gate opened for a run by these approvals (their numbers). Noted once; a later call changes nothing.
  Result<void> open_gate(const std::string& run_id, const std::string& gate, const std::vector<uint64_t>& approvals);
  Result<bool> gate_is_open(const std::string& run_id, const std::string& gate);
  /// A run has come to a gate that is closed: from now on there is something to approve. Noted once.
  Result<void> wait_at(const std::string& run_id, const std::string& gate);
  Result<bool> waits_at(const std::string& run_id, const std::string& gate);
  /// Numbers of approvals that opened a gate for another run.
  Result<std::vector<uint64_t>> approvals_used(const std::string& but_for_run);

  Result<std::optional<JournalRow>> journal(const std::string& run_id, const std::string& target);
  /// Verifies the fence in the same transaction.
  Result<void> write_journal(const std::string& run_id, const std::string& target, uint64_t fence, const JournalRow& row);

  /// Where the spools of a run lie: `<directory>/runs/<run_id>`, created 0700.
  Result<std::string> run_directory(const std::string& run_id);

 private:
  Ledger(std::string directory, Database database) : directory_(std::move(directory)), database_(std::move(database)) {}
  static Result<std::unique_ptr<Ledger>> open_file(const std::string& directory, bool create);
  Result<std::vector<RunRecord>> select(const std::string& tail, const std::vector<std::string>& values);
  /// Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back when it fails.
  template <class Body>
  Result<void> transaction(Body&& body);
  Result<void> verify_fence(const std::string& run_id, uint64_t fence);

  std::string directory_;
  std::mutex mutex_;
  Database database_;
};

}  // namespace mig
