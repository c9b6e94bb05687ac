// migc status: how the last run stands, and what to do about it.
#include <fmt/format.h>

#include "tools/migc/findings_output.h"
#include "tools/migc/ledger_output.h"
#include "tools/migc/progress.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

std::string advice(const RunRecord& run) {
  if (run.status == "running") return "a process is at work on it, or was killed; `migc run` continues it, and fences a process that still lives";
  if (run.status == "stopped") return "continue it with the same `migc run`, or start anew with --new";
  if (run.status == "failed") return "repair what the message says, then continue with the same `migc run`";
  return "";
}

int run_status(const Arguments& arguments) {
  auto ledger = Ledger::open_existing(state_directory(arguments));
  if (!ledger) {
    print_error(stderr, ledger.error());
    return kUsage;
  }
  const auto runs = (*ledger)->history(1);
  if (!runs) {
    print_error(stderr, runs.error());
    return kUsage;
  }
  if (runs->empty()) {
    fmt::print("no run yet in {}\n", (*ledger)->directory());
    return kOk;
  }
  const RunRecord& run = runs->front();
  if (arguments.value("format") == "json") {
    fmt::print("{}\n", run_json(run));
    return kOk;
  }
  const Style style = style_of(stdout);
  fmt::print("{}run {}{} of {}{}: {}{}{}\n", style.bold, run.run_id, style.plain, run.migration, run.stage.empty() ? "" : "/" + run.stage,
             run.status == "finished" ? style.good : style.warning, run.status, style.plain);
  fmt::print("  started {}, {} process{}, {} of work\n", moment(run.started), run.attempts, run.attempts == 1 ? "" : "es", seconds_text(run.seconds));
  const uint64_t settled = run.written + run.merged + run.skipped + run.rejected;
  fmt::print("  {} read = {} written + {} merged + {} skipped + {} rejected{}\n", grouped(run.read), grouped(run.written), grouped(run.merged), grouped(run.skipped),
             grouped(run.rejected), run.read > settled ? fmt::format(" + {} in flight", grouped(run.read - settled)) : "");
  if (!run.error.empty()) fmt::print("  {}\n", run.error);
  if (const std::string text = advice(run); !text.empty()) fmt::print("  {}\n", text);
  return kOk;
}

}  // namespace

Verb status_verb() {
  return {.name = "status",
          .summary = "shows how the last run stands, and how to go on",
          .operands = "[SPEC.mig]",
          .description = "Reads the ledger in .migc beside the spec (or in the current folder). Changes nothing.\n",
          .options = {{.name = "state", .value = "DIR", .help = "where the ledger lies", .offer = Offer::kFolder},
                      {.name = "format", .value = "human|json", .help = "json: one object on stdout", .offer = Offer::kChoices, .choices = "human json"}},
          .examples = {{"migc status contacts.mig", "after a run was stopped"}},
          .run = run_status};
}

}  // namespace mig::cli
