// Counts, budgets, logs and epochs of one target: what must stay true together, kept in one place.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "runtime/base/result.h"
#include "runtime/connectors/sink.h"
#include "runtime/engine/engine_state.h"
#include "runtime/engine/mapper.h"
#include "runtime/engine/run.h"
#include "runtime/engine/work_item.h"

namespace mig {

/// Makes epochs durable beside the work: one epoch at a time.
class Hardener {
 public:
  Hardener(Sink& sink, RejectLog& log);
  ~Hardener();
  Hardener(const Hardener&) = delete;
  Hardener& operator=(const Hardener&) = delete;

  void start();  // the epoch sealed last; not while busy
  bool busy();
  Result<void> wait();                      // until it is durable; the error of the last epoch, again at each call
  int64_t nanos() const { return nanos_; }  // when not busy

 private:
  void work();

  Sink& sink_;
  RejectLog& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false, busy_ = false, ending_ = false;
  std::optional<Error> error_;
  int64_t nanos_ = 0;
  std::thread thread_;
};

/// For all maps into one target. Single-threaded; calls come from whichever worker commits.
class Bookkeeper {
 public:
  /// `earlier`: counts of the targets before this one, for budgets and progress. References outlive the object.
  Bookkeeper(const Plan& plan, const RunOptions& options, Sink& sink, RejectLog& log, EngineState state, uint64_t sequence,
             const Counts& earlier);

  EngineState& state() { return state_; }
  Counts totals() const;
  uint64_t epochs() const { return epochs_; }
  int64_t sync_nanos() const { return sync_nanos_ + (hardener_ == nullptr ? 0 : hardener_->nanos()); }

  /// When a record of the chunk exceeds a budget: how many records there are up to and including it.
  std::optional<uint32_t> budget_stop(const std::vector<uint8_t>& fates) const;
  /// Counts the first `taken` records and their issues.
  void count(const WorkItem& item, uint32_t taken, bool behind_dedupe);
  /// The same, and appends their log entries. `extra`: further entries, ascending by record.
  Result<void> take(const WorkItem& item, uint32_t taken, bool behind_dedupe, const LogEntries* extra, uint32_t map);
  /// Moves the base of the next chunk behind this one.
  void pass(const WorkItem& item);
  /// kBudget when a budget is exceeded now.
  Result<void> check_budget() const;

  /// Ends the epoch when it is due; never waits long. What was handled since the last call; `records` that pass() did not see.
  Result<void> seal_if_due(uint64_t input_bytes, uint64_t records = 0);
  /// Ends the epoch and waits until it is durable. No error when nothing happened since the last one.
  Result<void> seal(bool complete);
  /// What happened since the last epoch is shown but not kept: later calls of seal(false) do nothing.
  void leave_unsealed() { dirty_ = false; }
  /// What report_progress speaks of from now on. `base`: how much of it earlier processes have done.
  void begin_phase(const char* name, bool in_records, uint64_t base);
  void report_progress(uint64_t done, uint64_t total, bool last);
  /// Entries behind a dedupe, where the chunk's base is not the state's. `mapped`: those of the map, which take() has not seen; null: it
  /// has, in an earlier pass, and the two meet when the log is exported.
  Result<void> append_log(const LogEntries* mapped, const LogEntries& late, uint64_t record_base, uint64_t line_base, uint32_t map);
  void count_issue(uint32_t issue, uint64_t hits);

 private:
  Result<void> seal_now(bool complete);
  std::string exceeded(uint64_t read, uint64_t rejected, uint64_t warned) const;
  Result<void> store_rejects();
  void push_reject_row(const LogEntries& entries, const LogEntry& entry, uint32_t map, uint64_t record, uint64_t line);

  const Plan& plan_;
  const RunOptions& options_;
  Sink& sink_;
  RejectLog& log_;
  EngineState state_, sealed_;
  uint64_t sequence_;
  const Counts& earlier_;
  bool has_budgets_ = false, transactional_ = false;
  std::vector<RejectRow> reject_rows_;
  std::unique_ptr<Hardener> hardener_;  // only where sealing and hardening are apart
  bool dirty_ = false;                  // something happened since the last seal
  uint64_t epoch_bytes_ = 0, epoch_records_ = 0;
  int64_t epoch_began_ = 0, began_ = 0, last_progress_ = 0;
  int64_t sync_nanos_ = 0;
  double last_seal_seconds_ = 0;  // of the last seal that was waited for
  uint64_t epochs_ = 0;
  const char* phase_ = "";
  bool phase_in_records_ = false;
  uint64_t phase_base_ = 0;
  int64_t phase_began_ = 0;
};

}  // namespace mig
