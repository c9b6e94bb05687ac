// migc status: how the last run stands, and what to do about it.
#include <fmt/format.h>

#include <set>

#include "runtime/base/file.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/ledger_output.h"
#include "tools/migc/progress.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

/// Whether a process holds the lock of the run.
bool is_at_work(const std::string& state, const RunRecord& run) {
  const std::string path = state + "/runs/" + run.run_id + "/lock";
  if (!path_exists(path)) return false;
  auto lock = File::open_update(path);
  if (!lock) return false;
  const auto mine = lock->try_lock();
  return mine && !*mine;
}

std::string advice(const std::string& state, const RunRecord& run) {
  if (run.status == "running" && is_at_work(state, run)) return "a process is at work on it; another `migc run` would take it over";
  if (run.status == "running") return "its process was killed; continue it with the same `migc run`, or start anew with --new";
  if (run.status == "stopped") return "continue it with the same `migc run`, or start anew with --new";
  if (run.status == "failed") return "repair what the message says, then continue with the same `migc run`";
  return "";
}

void show(const RunRecord& run, const std::string& state) {
  const Style style = style_of(stdout);
  fmt::print("{}run {}{} of {}{}: {}{}{}\n", style.bold, run.run_id, style.plain, run.migration, run.stage.empty() ? "" : "/" + run.stage,
             run.status == "finished" ? style.good : style.warning, run.status, style.plain);
  fmt::print("  started {}, {} process{}, {} of work\n", moment(run.started), run.attempts, run.attempts == 1 ? "" : "es",
             seconds_text(run.seconds));
  const uint64_t settled = run.written + run.merged + run.skipped + run.rejected;
  fmt::print("  {} read = {} written + {} merged + {} skipped + {} rejected{}\n", grouped(run.read), grouped(run.written),
             grouped(run.merged), grouped(run.skipped), grouped(run.rejected),
             run.read > settled ? fmt::format(" + {} in flight", grouped(run.read - settled)) : "");
  if (!run.error.empty()) fmt::print("  {}\n", run.error);
  if (const std::string text = advice(state, run); !text.empty()) fmt::print("  {}\n", text);
}

int run_status(const Arguments& arguments) {
  auto ledger = Ledger::open_existing(state_directory(arguments));
  if (!ledger) {
    print_error(stderr, ledger.error());
    return kUsage;
  }
  const auto runs = (*ledger)->history(0);
  if (!runs) {
    print_error(stderr, runs.error());
    return kUsage;
  }
  const auto approvals = (*ledger)->approvals("");
  if (!approvals) {
    print_error(stderr, approvals.error());
    return kUsage;
  }
  if (arguments.value("format") == "json") {
    std::string list;
    for (const ApprovalRecord& approval : *approvals) list += (list.empty() ? "" : ",") + approval_json(approval);
    std::string run = runs->empty() ? "{" : run_json(runs->front());
    if (!runs->empty()) run.back() = ',';
    fmt::print("{}\"approvals\":[{}]}}\n", run, list);
    return kOk;
  }
  if (runs->empty()) fmt::print("no run yet in {}\n", (*ledger)->directory());
  std::set<std::pair<std::string, std::string>> shown;
  for (const RunRecord& run : *runs) {
    if (shown.emplace(run.migration, run.stage).second) show(run, (*ledger)->directory());
  }
  // The newest for each subject and role counts.
  std::set<std::string> answered;
  for (const ApprovalRecord& one : *approvals) {
    const std::string about = one.migration + '\n' + one.stage + '\n' + one.environment + '\n' + one.subject + '\n' + one.role;
    if (answered.empty()) fmt::print("\napproved\n");
    if (answered.insert(about).second) fmt::print("  {}\n", approval_text(one));
  }
  return kOk;
}

}  // namespace

Verb status_verb() {
  return {.name = "status",
          .summary = "shows how the last run of each migration stands, and how to go on",
          .operands = "[SPEC.mig]",
          .description = "Reads the ledger in .migc beside the spec (or in the current folder), with what was approved. Changes nothing.\n",
          .options = {{.name = "state", .value = "DIR", .help = "where the ledger lies", .offer = Offer::kFolder},
                      {.name = "format",
                       .value = "human|json",
                       .help = "json: the newest run and all approvals as one object on stdout",
                       .offer = Offer::kChoices,
                       .choices = "human json"}},
          .examples = {{"migc status contacts.mig", "after a run was stopped"}},
          .run = run_status};
}

}  // namespace mig::cli
