// migc history: the runs of a project, newest first.
#include <fmt/format.h>

#include "tools/migc/findings_output.h"
#include "tools/migc/ledger_output.h"
#include "tools/migc/progress.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

int run_history(const Arguments& arguments) {
  long long limit = 20;
  if (const auto text = arguments.value("limit")) {
    const auto count = parse_count(*text, 0, 1'000'000);
    if (!count) return usage_error("history", fmt::format("--limit takes a number, 0 for all; not `{}`", *text));
    limit = *count;
  }
  auto ledger = Ledger::open_existing(state_directory(arguments));
  if (!ledger) {
    print_error(stderr, ledger.error());
    return kUsage;
  }
  const auto runs = (*ledger)->history(static_cast<uint64_t>(limit));
  if (!runs) {
    print_error(stderr, runs.error());
    return kUsage;
  }
  const bool json = arguments.value("format") == "json";
  if (!json)
    fmt::print("{:<22} {:<24} {:<10} {:>12} {:>12} {:>9} {:>9}  {}\n", "run", "migration", "status", "read", "written", "rejected", "time",
               "started");
  for (const RunRecord& run : *runs) {
    if (json) {
      fmt::print("{}\n", run_json(run));
      continue;
    }
    fmt::print("{:<22} {:<24} {:<10} {:>12} {:>12} {:>9} {:>9}  {}\n", run.run_id,
               run.stage.empty() ? run.migration : run.migration + "/" + run.stage, run.status, grouped(run.read), grouped(run.written),
               grouped(run.rejected), seconds_text(run.seconds), moment(run.started));
  }
  return kOk;
}

}  // namespace

Verb history_verb() {
  return {.name = "history",
          .summary = "lists the runs of a project",
          .operands = "[SPEC.mig]",
          .description = "Reads the ledger in .migc beside the spec (or in the current folder).\n",
          .options = {{.name = "state", .value = "DIR", .help = "where the ledger lies", .offer = Offer::kFolder},
                      {.name = "limit", .value = "N", .help = "how many runs; default 20, 0: all"},
                      {.name = "format",
                       .value = "human|json",
                       .help = "json: one run a line on stdout",
                       .offer = Offer::kChoices,
                       .choices = "human json"}},
          .examples = {{"migc history contacts.mig", "the last 20 runs"},
                       {"migc history --limit 0 --format=json contacts.mig", "all, for programs"}},
          .run = run_history};
}

}  // namespace mig::cli
