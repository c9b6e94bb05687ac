#include "tools/migc/test_determinism.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "tools/migc/crash_report.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/sample_run.h"
#include "tools/migc/schema_location.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

namespace fs = std::filesystem;
using driver::Engine;

struct NamedEngine {
  Engine engine;
  const char* name;
};
// The first one twice: what depends on addresses or on time shows itself there.
constexpr NamedEngine kTestEngines[] = {
    {Engine::kInterp, "interp"}, {Engine::kInterp, "interp, once more"}, {Engine::kJitFast, "jit -O0"}, {Engine::kJit, "jit -O2"}};
constexpr NamedEngine kRunEngines[] = {{Engine::kInterp, "interp"}, {Engine::kJitFast, "jit -O0"}, {Engine::kJit, "jit -O2"}};
constexpr uint32_t kBatches[] = {0, 1, 7};  // 0: the default
constexpr uint32_t kWorkers[] = {1, 4};
constexpr size_t kMaxOutput = size_t{1} << 30;

bool refuse(const Error& error, int& exit) {
  if (error.kind == ErrorKind::kInternal) {
    exit = report_internal_error(error.message);
  } else {
    print_error(stderr, error);
    exit = kUsage;
  }
  return false;
}

/// What a test gave, apart from the engine's name: a line each.
std::string given_by(const driver::TestResult& test) {
  std::string text = fmt::format("outcome {}\n", static_cast<int>(test.outcome));
  for (const auto& problem : test.problems)
    text += fmt::format("problem at {}: {} | {} | {}\n", problem.span.begin, problem.message, problem.left, problem.right);
  for (const std::string& issue : test.issues) text += "raised " + issue + "\n";
  for (const auto& field : test.output) text += field.name + " = " + field.value + "\n";
  return text;
}

/// The number of the first line that is another, from 1; 0 when all are equal.
size_t first_difference(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return 1 + static_cast<size_t>(std::count(a.begin(), at, '\n'));
}

bool check_tests(const Arguments& arguments, const driver::Session& session, TestPrinter& printer, int& exit) {
  std::vector<driver::TestRunResult> runs;
  for (const NamedEngine& engine : kTestEngines) {
    auto run = driver::run_tests(session, {engine.engine, arguments.value("filter").value_or(""), false});
    if (!run) return refuse(run.error(), exit);
    runs.push_back(std::move(*run));
  }
  for (size_t i = 0; i < runs[0].tests.size(); ++i) {
    std::string problem;
    const std::string first = given_by(runs[0].tests[i]);
    for (size_t r = 1; r < runs.size() && problem.empty(); ++r) {
      const std::string other = given_by(runs[r].tests[i]);
      const size_t line = first_difference(first, other);
      if (line == 0) continue;
      const auto line_of = [line](std::string_view text) {
        for (size_t skipped = 1; skipped < line; ++skipped) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
        return std::string(text.substr(0, text.find('\n')));
      };
      problem = fmt::format("{}: `{}` in {}, `{}` in {}", "not the same", line_of(first), kTestEngines[0].name, line_of(other),
                            kTestEngines[r].name);
    }
    printer.check(session, "determinism", fmt::format("{} is the same in {} runs", runs[0].tests[i].title, runs.size()), problem);
  }
  return true;
}

/// Everything that a run over the sample wrote, by name; the run's own id is taken out.
using Outputs = std::map<std::string, std::string>;

Outputs read_outputs(const planner::Planned& planned, const RunReport& report, const std::string& folder) {
  Outputs outputs;
  const auto add = [&](const std::string& name, const std::string& file) {
    std::error_code error;
    auto text = fs::exists(file, error) ? file_text(file, kMaxOutput) : std::optional<std::string>("(no file)");
    std::string content = text.value_or("(cannot be read)");
    for (size_t at = 0; !report.run_id.empty() && (at = content.find(report.run_id, at)) != std::string::npos;)
      content.replace(at, report.run_id.size(), "RUN");
    outputs.emplace(name, std::move(content));
  };
  for (const TargetPlan& target : planned.plan.targets) add("target " + target.name, target.arguments[0]);
  add("the reject log", folder + "/rejects.ndjson");
  add("the reject log as CSV", folder + "/rejects.csv");
  add("the log of warnings", folder + "/rejects.warnings.ndjson");
  outputs.emplace("the counts of the run", fmt::format("read {}\nwritten {}\nmerged {}\nskipped {}\nrejected {}\nwarned {}\n", report.read,
                                                       report.written, report.merged, report.skipped, report.rejected, report.warned));
  return outputs;
}

bool check_sample(const Arguments& arguments, driver::Session& session, TestPrinter& printer, int& exit) {
  const ScratchFolder scratch("determinism");
  if (scratch.path.empty()) return exit = usage_error("test", "no folder for the outputs can be made"), false;
  const auto planned = plan_sample("test", arguments, session, false, exit);
  if (planned == nullptr) return false;
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Outputs first;
  std::map<std::string, std::string> problems;
  std::string first_name;
  size_t runs = 0;
  const auto one = [&](const KernelSet& kernels, const char* engine, uint32_t batch, uint32_t workers) {
    const std::string folder = fmt::format("{}/{}", scratch.path, runs++);
    const std::string name =
        fmt::format("{}, batches of {}, {} {}", engine, batch == 0 ? std::string("the usual size") : std::to_string(batch), workers,
                    workers == 1 ? "worker" : "workers");
    redirect_targets(planned->plan, folder);
    RunOptions options;
    options.batch_records = batch;
    options.workers = workers;
    const RunReport report = run_sample(*planned, kernels, folder, now, options);
    if (report.error) return print_error(stderr, *report.error), exit = exit_code(report), false;
    Outputs outputs = read_outputs(*planned, report, folder);
    std::error_code error;
    fs::remove_all(folder, error);
    if (first.empty()) {
      first = std::move(outputs);
      first_name = name;
      return true;
    }
    for (const auto& [what, content] : outputs) {
      const size_t line = first_difference(first[what], content);
      if (line == 0 || problems.count(what) != 0) continue;
      problems[what] = fmt::format("from line {} on not the same with {} as with {}", line, name, first_name);
    }
    return true;
  };
  for (const NamedEngine& engine : kRunEngines) {
    driver::KernelOptions how;
    how.engine = engine.engine;
    auto kernels = driver::make_kernels(planned->lowered.program, how);
    if (!kernels) return refuse(kernels.error(), exit);
    if (runs == 0 && !one((*kernels)->set(), engine.name, 0, 1)) return false;
    for (const uint32_t batch : kBatches) {
      for (const uint32_t workers : kWorkers) {
        if (!one((*kernels)->set(), engine.name, batch, workers)) return false;
      }
    }
  }
  for (const auto& [what, content] : first)
    printer.check(session, "determinism", fmt::format("{} is the same in {} runs over the sample", what, runs), problems[what]);
  return true;
}

}  // namespace

bool check_determinism(const Arguments& arguments, driver::Session& session, TestPrinter& printer, int& exit) {
  if (!check_tests(arguments, session, printer, exit)) return false;
  return arguments.values("data").empty() || check_sample(arguments, session, printer, exit);
}

}  // namespace mig::cli
