// migc run: does what the plan says, or goes on where an earlier process stopped.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/driver/code_cache.h"
#include "compiler/driver/kernels.h"
#include "runtime/base/signals.h"
#include "runtime/engine/run.h"
#include "tools/migc/allocation_count.h"
#include "tools/migc/crash_report.h"
#include "tools/migc/engine_option.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/planning.h"
#include "tools/migc/progress.h"
#include "tools/migc/run_checks.h"
#include "tools/migc/run_report.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

/// Fills the options from the command line; a message when a value is wrong.
std::string read_options(const Arguments& arguments, RunOptions& options) {
  if (const auto workers = arguments.value("workers")) {
    const auto count = parse_count(*workers, 1, 1024);
    if (!count) return fmt::format("--workers takes a number from 1 to 1024, not `{}`", *workers);
    options.workers = static_cast<uint32_t>(*count);
  }
  if (const auto memory = arguments.value("memory")) {
    const auto bytes = parse_size(*memory);
    if (!bytes || *bytes < (16 << 20)) return fmt::format("--memory takes a size of at least 16MiB, like 512MiB, not `{}`", *memory);
    options.memory_bytes = *bytes;
  }
  if (const auto batch = arguments.value("batch")) {
    const auto count = parse_count(*batch, 1, 1'000'000);
    if (!count) return fmt::format("--batch takes a number of records from 1 to 1000000, not `{}`", *batch);
    options.batch_records = static_cast<uint32_t>(*count);
  }
  if (arguments.has("resume") && arguments.has("new")) return "--resume and --new exclude each other";
  options.start = arguments.has("resume") ? StartMode::kResumeOnly : arguments.has("new") ? StartMode::kNew : StartMode::kContinue;
  options.state_directory = arguments.value("state").value_or("");
  options.rejects_file = arguments.value("rejects").value_or("");
  options.report_file = arguments.value("report").value_or("");
  options.only_rejected = arguments.value("only-rejected").value_or("");
  options.accept_changed_spec = arguments.has("accept-changed-spec");
  options.accept_changed_source = arguments.has("accept-changed-source");
  options.accept_changed_target = arguments.has("accept-changed-target");
  if (const auto originals = arguments.value("originals")) {
    options.originals = *originals == "always"  ? OriginalPolicy::kAlways
                        : *originals == "never" ? OriginalPolicy::kNever
                                                : OriginalPolicy::kUnlessPersonal;
  }
  return {};
}

int exit_of(const RunReport& report) {
  if (report.error && report.error->kind == ErrorKind::kInternal) return report_internal_error(report.error->message);
  return exit_code(report);
}

/// The run is over and everything of it is closed: code that only becomes ready now is not waited for.
int leave(const driver::Kernels& kernels, int exit) {
  if (!kernels.compiling()) return exit;
  std::fflush(nullptr);
  std::_Exit(exit);
}

int run_run(const Arguments& arguments) {
  const bool json = arguments.value("format") == "json";
  RunOptions options;
  if (const std::string problem = read_options(arguments, options); !problem.empty()) return usage_error("run", problem);
  int exit = kOk;
  // The process ends with the run, so that nothing is gained by taking the spec apart.
  static const PlannedSpec* spec;
  spec = planned_spec("run", arguments, json, exit).release();
  if (spec == nullptr) return exit;
  const planner::Planned& planned = *spec->planned;
  for (const SourcePlan& source : planned.plan.sources) {
    const bool hides = std::any_of(source.fields.begin(), source.fields.end(), [](const FieldDecode& field) { return field.hidden; });
    if (hides && options.originals == OriginalPolicy::kAlways)
      return usage_error("run", fmt::format("--originals always: {} masks personal data of source {}, and originals would show it",
                                            planned.plan.environment, source.name));
  }
  options.needs_row_position = planned.needs_row_position;
  options.stage_times = json || arguments.has("timings");
  driver::KernelOptions how;
  driver::choose_engine(planned.plan, how);
  if (arguments.has("engine")) how.engine = engine_option(arguments, driver::Engine::kAuto);
  how.for_profilers = arguments.has("profile");
  for (const MapPlan& map : planned.plan.maps) {
    if (!map.emitted) how.record_maps.push_back(map.map);
  }
  if (!arguments.has("no-cache")) how.cache_folder = driver::CodeCache::default_folder();
  auto kernels = driver::make_kernels(planned.lowered.program, how);
  if (!kernels) {
    if (kernels.error().kind == ErrorKind::kInternal) return report_internal_error(kernels.error().message);
    print_error(stderr, kernels.error());
    return kUsage;
  }
  const StopSignals signals;
  options.stop = &signals.flag();
  ProgressDisplay display(json || arguments.has("quiet"));
  options.progress = [&display](const Progress& progress) { display.show(progress); };
  options.allocations = allocation_count;
  const std::string state = options.state_directory;
  options.profile = [&](const RunReport& report, Ledger& ledger) { return judge_profiles(*spec, report, ledger, state); };
  options.reconcile = [&](const RunReport& report, Ledger& ledger) { return judge_checks(*spec, report, ledger, state); };
  if (!json && !arguments.has("quiet")) {
    for (const planner::PlanNote& note : planned.notes) fmt::print(stderr, "migc: `{}` {}\n", note.subject, note.text);
  }
  const RunReport report = run(planned.plan, (*kernels)->set(), options);
  display.clear();
  const std::string note = (*kernels)->note();
  if (!note.empty() && !arguments.has("quiet")) fmt::print(stderr, "migc: {}\n", note);
  if (json) {
    fmt::print("{}", report_json(report));
  } else {
    print_report(report, planned.plan, stderr);
  }
  if (arguments.has("timings")) print_timings(report, stderr);
  return leave(**kernels, exit_of(report));
}

}  // namespace

Verb run_verb() {
  std::vector<Option> options = planning_options();
  const std::vector<Option> more = {
      {.name = "state", .value = "DIR", .help = "where the ledger of runs lies; default: .migc beside the spec", .offer = Offer::kFolder},
      {.name = "rejects",
       .value = "FILE",
       .help = "the reject log as NDJSON; a .csv and a .warnings.ndjson stand beside it",
       .offer = Offer::kFile},
      {.name = "report", .value = "FILE", .help = "the report of the run as JSON", .offer = Offer::kFile},
      engine_choice(),
      {.name = "workers",
       .value = "N",
       .help = "threads that decode, map and encode; default: one a core. The output does not depend on it"},
      {.name = "memory", .value = "SIZE", .help = "how much memory to use, like 512MiB; default 256MiB"},
      {.name = "batch", .value = "N", .help = "records mapped at once. The output does not depend on it"},
      {.name = "resume", .help = "only continue an unfinished run; never start one"},
      {.name = "new", .help = "abandon an unfinished run and start a new one"},
      {.name = "only-rejected", .value = "LOG", .help = "a new run over the records that this reject log names", .offer = Offer::kFile},
      {.name = "originals",
       .value = "WHEN",
       .help = "whether rejects keep the record's text: always, never, or unless-personal (default)",
       .offer = Offer::kChoices,
       .choices = "always never unless-personal"},
      {.name = "accept-changed-spec", .help = "continue although the spec does something else now; recorded"},
      {.name = "accept-changed-source", .help = "continue although the source changed; recorded"},
      {.name = "accept-changed-target", .help = "continue although the target changed; recorded"},
      {.name = "timings", .help = "where the time went, by stage, and what became of the compiled code"},
      {.name = "no-cache", .help = "neither use nor keep compiled code: see `migc cache`"},
      {.name = "profile", .help = "name compiled maps for `perf`: keeps frame pointers and writes /tmp/perf-PID.map"},
      {.name = "quiet", .help = "no progress"},
      {.name = "format", .value = "human|json", .help = "json: the report on stdout", .offer = Offer::kChoices, .choices = "human json"}};
  options.insert(options.end(), more.begin(), more.end());
  return {.name = "run",
          .summary = "runs a migration, or continues one that stopped",
          .operands = "SPEC.mig",
          .description =
              "Continues the unfinished run of the same migration and stage; else starts a new one. Every record is\n"
              "accounted for: read = written + merged + skipped + rejected. A stop (Ctrl-C, disk full, kill) loses\n"
              "nothing: run the same command again.\n\n"
              "Paths in the spec are relative to the spec's folder, paths given with --set to the current one.\n",
          .options = std::move(options),
          .examples = {{"migc run contacts.mig", "with the parameters' defaults"},
                       {"migc run contacts.mig --set input=export.ndjson --set output=contacts.ndjson --rejects rejects.ndjson",
                        "with given files"},
                       {"migc run contacts.mig --resume", "continue or fail, for schedulers"},
                       {"migc run contacts.mig --only-rejected rejects.ndjson", "once more, over what was rejected"}},
          .run = run_run};
}

}  // namespace mig::cli
