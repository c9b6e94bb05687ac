#include "runtime/engine/run.h"

#include <cstdlib>
#include <exception>
#include <new>

#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/engine/runner.h"

namespace mig {
namespace {

#ifdef MIGC_FAULTS
// Small chunks and epochs, so that crash tests have many places to stop at.
RunOptions adjusted(RunOptions options) {
  if (const char* bytes = std::getenv("MIGC_CHUNK_BYTES")) options.chunk_bytes = std::strtoull(bytes, nullptr, 10);
  if (const char* records = std::getenv("MIGC_EPOCH_RECORDS")) options.epoch.records = std::strtoull(records, nullptr, 10);
  return options;
}
#else
const RunOptions& adjusted(const RunOptions& options) { return options; }
#endif

}  // namespace

RunReport run(const Plan& plan, const KernelSet& kernels, const RunOptions& given) {
  const RunOptions& options = adjusted(given);
  RunReport report;
  report.migration = plan.migration;
  report.version = plan.version;
  report.stage = plan.stage;
  report.environment = plan.environment;
  report.spec_hash = plan.spec_hash;
  report.engine = kernels.engine();
  StageClock::measure(options.stage_times || !options.report_file.empty());
  const int64_t began = steady_nanos();
  const double cpu = process_cpu_seconds();
  Result<void> done;
  try {
    Runner runner(plan, kernels, options, report);
    done = runner.go();
  } catch (const std::bad_alloc&) {
    done = Error{ErrorKind::kUnavailable, "out of memory", "give the run more memory, or fewer workers; it continues where it stopped"};
  } catch (const std::exception& exception) {
    done = Error{ErrorKind::kInternal, std::string("unexpected failure: ") + exception.what(), "please report it"};
  }
  if (!done) {
    report.error = done.error();
    report.status = RunStatus::kFailed;
    switch (done.error().kind) {
      case ErrorKind::kUnavailable:
      case ErrorKind::kNoSpace:
      case ErrorKind::kCancelled:
      case ErrorKind::kBudget: report.status = RunStatus::kStopped; break;
      case ErrorKind::kConfig:
      case ErrorKind::kCorrupt:
      case ErrorKind::kSourceChanged:
      case ErrorKind::kFenced:
      case ErrorKind::kConflict:
      case ErrorKind::kInternal: break;
    }
  }
  const Budgets& budgets = plan.budgets;
  report.nothing_written = report.status == RunStatus::kFinished && !budgets.max_rejected && !budgets.max_rejected_rate &&
                           report.rejected > 0 && report.written == 0 && report.merged == 0;
  report.seconds = static_cast<double>(steady_nanos() - began) * 1e-9;
  report.cpu_seconds = process_cpu_seconds() - cpu;
  // A process that another one has overtaken must not write over that one's report.
  const bool fenced = report.error && report.error->kind == ErrorKind::kFenced;
  if (!options.report_file.empty() && !fenced) {
    if (auto written = write_whole(options.report_file, report_json(report)); !written && !report.error) {
      report.error = written.error();
    }
  }
  return report;
}

}  // namespace mig
