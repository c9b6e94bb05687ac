// What a connector offers to be written to: encoded rows grouped into epochs, each epoch durable as a whole.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/source.h"
#include "runtime/formats/encoder.h"
#include "runtime/plan/plan.h"

namespace mig {

class Ledger;

/// What a target can promise; `plan` prints it and `check` refuses what it does not allow.
struct SinkTraits {
  bool transactional = false;        // data, rejects, counters and position become durable together in the target
  bool publishes_whole = false;      // nothing is visible before the end (files)
  bool refuses_single_rows = false;  // one bad row can be refused without the others
  bool amendable = false;            // rows of an earlier run can be written again (upsert, update, patch)
  bool hardens_apart = false;        // seal() is quick and harden() may run in another thread while rows are written
  std::string guarantee;             // "exactly-once", ... for `plan` and reports
};

/// What an epoch makes durable beside the data. Sinks store `state` and read nothing from it.
struct Checkpoint {
  uint64_t sequence = 0;  // of the epoch, from 1; 0: nothing committed yet
  bool complete = false;  // no epoch follows
  std::string state;      // the engine's: position, counts, phase (specs/formats/checkpoint.md)
};

/// Who takes a target over.
struct TargetClaim {
  std::string run_id, migration, stage;
  uint64_t fence = 0;      // of this process; rises with each start of the run
  bool fresh = true;       // the run has not written to this target yet; else its checkpoint must be there
  bool sole_owner = true;  // no other process of the run lives: hidden files may be continued in place
  bool accept_changed = false;
  Ledger* ledger = nullptr;  // not owned; journal of targets that keep none themselves
};

/// Encoded rows in source order: row i is the next sizes[i] bytes. Each piece holds whole rows.
struct Rows {
  std::span<const std::string_view> pieces;
  const uint32_t* sizes = nullptr;
  uint32_t count = 0;
};

/// One row that the target refused (MIG003, or because its key exists already).
struct Refusal {
  uint32_t row = 0;       // index in the rows of the call, ascending
  bool existing = false;  // on_existing = reject
  std::string message;    // the target's
};

/// What became of the rows of one call; cleared by it.
struct WriteResult {
  uint64_t inserted = 0, updated = 0, unchanged = 0;
  std::vector<Refusal> refusals;
  std::vector<uint32_t> existing;  // rows written over an existing key, ascending; only where on_existing = warn
};

/// A row for the target's own reject table.
struct RejectRow {
  uint32_t map = 0;
  uint64_t record = 0;      // ordinal from 1
  std::string code, entry;  // entry: the line of the reject log
};

/// One target. Calls come from one thread at a time; only harden() of a sink that hardens apart runs beside the others.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual SinkTraits traits() const = 0;
  /// Which target this is, for refusing to continue into another one.
  virtual std::string identity() const = 0;
  /// One a worker; thread-safe. What it appends is what write() takes.
  virtual Result<std::unique_ptr<RecordEncoder>> encoder() const = 0;
  /// Before anything is read, and without touching anything: may this target be written by a new run?
  virtual Result<void> check() = 0;
  /// Takes the target over and returns the last checkpoint. Older processes of the run are fenced from here on.
  virtual Result<Checkpoint> claim(const TargetClaim& claim) = 0;
  virtual Result<void> write(const Rows& rows, WriteResult& result) = 0;
  /// For targets with a reject table of their own; part of the epoch.
  virtual Result<void> write_rejects(const std::vector<RejectRow>& rejects) = 0;
  /// Ends the epoch. Durable when this returns, or after the next harden() of sinks that harden apart.
  virtual Result<void> seal(const Checkpoint& checkpoint) = 0;
  virtual Result<void> harden() = 0;
  /// After the checkpoint that is complete: makes the output visible. May be called again after a crash.
  /// `empty`: the source had no record; a target that exists is then left alone (kConflict) unless the spec allows it.
  virtual Result<void> publish(bool empty) = 0;
  /// Forgets rows that are not sealed and closes; what is sealed stays for the next process.
  virtual void release() = 0;
  /// Removes what an abandoned run left hidden. No error when there is nothing.
  virtual void discard(Ledger& ledger, const std::string& run_id) = 0;
  virtual uint64_t written_bytes() const = 0;
};

/// The connectors there are. Checks settings and names against the plan; touches nothing.
Result<std::unique_ptr<Sink>> open_sink(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums);

}  // namespace mig
