// Runs a plan from start or checkpoint to its end: the one entry of the engine.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/issue.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/plan/plan.h"

namespace mig {

/// Which run is meant when there may be an unfinished one of the same migration and stage.
enum class StartMode : uint8_t {
  kContinue,    // continue the unfinished one, else start anew
  kResumeOnly,  // continue the unfinished one, else kConfig
  kNew,         // abandon the unfinished one and start anew
};

/// Whether the reject log holds the original bytes of records.
enum class OriginalPolicy : uint8_t {
  kUnlessPersonal,  // left out when the source has a field with a privacy class; the place in the file is always given
  kAlways,
  kNever,
};

/// What is known while a run is under way. Called from an engine thread, at most about five times a second and once at the end.
struct Progress {
  uint64_t done = 0, total = 0;  // of this phase, in bytes of input or in records; total 0: unknown
  bool in_records = false;
  double rate = 0;  // of `done`, a second, since this process began the phase
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0, warned = 0;
  double seconds = 0;             // since this process began
  double remaining_seconds = -1;  // estimate; < 0: unknown
  const char* phase = "";         // "" when there is only one
};

struct EpochLimits {
  uint64_t bytes = 64ull << 20;  // of input
  uint64_t records = 0;          // 0: no limit; 1: every chunk
  double seconds = 1.0;
};

struct RunReport;
class Ledger;

/// One expectation of a `profile` or `reconcile` block, or one requirement of a gate.
struct ReconcileOutcome {
  std::string reconcile;  // name of the block (of a profile: its source) or gate
  bool holds = false;
  std::string code, message;  // of the issue that it fails with
  std::string left, right;    // values of both sides of the comparison; empty when it is none
  std::string place;          // "file:line:column" of the expectation
  bool gate = false;
  bool manual = false;   // a gate that is a `manual` step: `reconcile` is what people do
  bool decides = true;   // false: a gate decides what comes of it, or it only warns
  bool profile = false;  // judged before anything was written
  /// Of a gate that only waits for people: what is missing, and the commands that give it. Then the run stops and can be continued.
  std::vector<std::string> missing, commands;
};

struct RunOptions {
  uint32_t workers = 0;                  // 0: one a core
  uint64_t memory_bytes = 256ull << 20;  // of the whole process, as far as the engine can steer it
  uint32_t batch_records = 0;            // 0: the plan's, else the engine's default
  uint64_t chunk_bytes = 0;              // 0: the engine's default
  uint64_t max_record_bytes = 16ull << 20;
  EpochLimits epoch;
  std::string state_directory;  // holds ledger and spools; "": `.migc` beside the spec
  std::string rejects_file;     // "": the log stays in the state directory. NDJSON; `<stem>.csv` and `<stem>.warnings.ndjson` beside it
  std::string report_file;      // JSON; "": none
  std::string only_rejected;    // an earlier reject log: run only the records it names, as a new run
  StartMode start = StartMode::kContinue;
  bool accept_changed_spec = false;
  bool accept_changed_source = false;
  bool accept_changed_target = false;
  bool stage_times = false;         // measure StageTimes; a report file has them in any case
  bool needs_row_position = false;  // a map reads row.position: the ordinal must be known while mapping, so one worker
  OriginalPolicy originals = OriginalPolicy::kUnlessPersonal;
  int64_t run_now = INT64_MIN;  // microseconds since 1970 UTC for a new run; INT64_MIN: the clock. A continued run keeps its own
  std::function<void(const Progress&)> progress;
  std::function<uint64_t()> allocations;  // how often the process has asked for memory
  /// Asked before anything is written: profiles, and gates in front of what is run. `run_id` of the report tells which run it is.
  std::function<Result<std::vector<ReconcileOutcome>>(const RunReport&, Ledger&)> profile;
  /// Asked when everything is written, before the run counts as finished.
  std::function<Result<std::vector<ReconcileOutcome>>(const RunReport&, Ledger&)> reconcile;
  const std::atomic<int>* stop = nullptr;  // not 0: finish the epoch and stop resumable; see StopSignals
};

enum class RunStatus : uint8_t { kFinished, kStopped, kFailed };  // kStopped: resumable
const char* run_status_name(RunStatus status);

struct IssueCount {
  std::string code;
  Verb verb = Verb::kReject;
  uint64_t records = 0;  // rejects and skips: whose first code this is, so they add up to `rejected` and `skipped`; warnings: that have it
  uint64_t hits = 0;     // how often it was raised
};

struct TargetReport {
  std::string name, connector, identity, guarantee;
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;  // by the maps into this target
  uint64_t inserted = 0, updated = 0, unchanged = 0;                      // of written, where the target tells
  bool published = false;
};

/// Seconds by stage, summed over threads: processor time, but for sync (from the start of making an epoch durable to its end) and idle
/// (waiting for other workers), which are wall time. All but sync are 0 where they were not measured.
struct StageTimes {
  double read = 0, decode = 0, map = 0, encode = 0, dedupe = 0, write = 0, sync = 0, idle = 0;
};

struct RunReport {
  RunStatus status = RunStatus::kFailed;
  std::optional<Error> error;  // why it stopped or failed; an error before anything was begun leaves run_id empty
  std::string run_id, parent_run;
  std::string migration, version, stage, environment, spec_hash;
  int64_t run_now = 0;
  bool resumed = false;
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0, warned = 0;  // whole run, earlier processes included
  uint64_t inserted = 0, updated = 0, unchanged = 0;
  bool nothing_written = false;    // finished without budgets, and every record that was not skipped was rejected
  std::vector<IssueCount> issues;  // with at least one hit, by code
  std::vector<TargetReport> targets;
  std::vector<ReconcileOutcome> reconciles;  // profiles, then those of a finished run, each in the order of the spec
  std::vector<Measured> measured;            // parallel to Plan::measures, as far as the run got; empty where it was finished before
  uint64_t input_bytes = 0, output_bytes = 0;
  double seconds = 0;                // of this process
  double first_record_seconds = -1;  // from the start of the process until the first records were mapped and committed; < 0: none was
  double cpu_seconds = 0;
  uint32_t workers = 0;
  std::string engine;  // KernelSet::engine()
  StageTimes times;
  CodeFacts code;
  uint64_t allocations = 0;                              // of this process during the run; 0: not counted
  uint64_t epochs = 0;                                   // commits of this process
  std::string rejects_file, rejects_csv, warnings_file;  // where they are; "" when there are none
};

/// 0, or the exit code for the kind of the error; 3 when a reconcile expectation of a finished run does not hold, or nothing was written.
int exit_code(const RunReport& report);
int exit_code(ErrorKind kind);

/// Never throws. Anything that goes wrong stands in the report's `error`. Writes `options.report_file` itself.
/// `plan` and `kernels` outlive the call.
RunReport run(const Plan& plan, const KernelSet& kernels, const RunOptions& options);

/// The report as JSON (UTF-8, one object, line feed at the end): specs/formats/report.md.
std::string report_json(const RunReport& report);

}  // namespace mig
