#include "tools/migc/sample_run.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "tools/migc/findings_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

namespace fs = std::filesystem;

/// `--data FILE` for the only source, `--data NAME=FILE` for several. A message when it does not fit.
std::string set_sources(Plan& plan, const std::vector<std::string>& data, bool all) {
  std::set<std::string> given;
  for (const std::string& each : data) {
    const size_t equals = each.find('=');
    const std::string name = equals == std::string::npos ? "" : each.substr(0, equals);
    bool found = false;
    for (SourcePlan& source : plan.sources) {
      if (!name.empty() ? source.name != name : plan.sources.size() != 1) continue;
      if (source.connector != "ndjson" && source.connector != "csv")
        return fmt::format("source {} is read from {}; a sample replaces files only", source.name, source.connector);
      source.arguments = {fs::absolute(equals == std::string::npos ? each : each.substr(equals + 1)).string()};
      given.insert(source.name);
      found = true;
    }
    if (!found)
      return name.empty() ? "the spec has several sources; write --data NAME=FILE for each"
                          : fmt::format("the spec has no source `{}`", name);
  }
  for (const SourcePlan& source : plan.sources) {
    if (all && given.count(source.name) == 0) return fmt::format("source {} has no sample; write --data {}=FILE", source.name, source.name);
  }
  return {};
}

}  // namespace

ScratchFolder::ScratchFolder(const std::string& purpose) {
  std::string pattern = (fs::temp_directory_path() / ("migc-" + purpose + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) != nullptr) path = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  if (!path.empty()) fs::remove_all(path, error);
}

std::unique_ptr<planner::Planned> plan_sample(std::string_view verb, const Arguments& arguments, driver::Session& session, bool needs_data,
                                              int& exit) {
  planner::PlanRequest request;
  request.spec_file = session.spec_file;
  request.stage = arguments.value("stage").value_or("");
  for (const std::string& pair : arguments.values("set")) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      exit = usage_error(verb, fmt::format("--set takes NAME=VALUE, not `{}`", pair));
      return nullptr;
    }
    request.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  session.findings.take();
  planner::PlanResult result = planner::make_plan(*session.checked.program, session.sources, request, session.findings);
  if (result.planned == nullptr) {
    print_findings(session, stderr, false);
    for (const std::string& problem : result.usage) usage_error(verb, problem);
    exit = kUsage;
    return nullptr;
  }
  if (const std::string problem = set_sources(result.planned->plan, arguments.values("data"), needs_data); !problem.empty()) {
    exit = usage_error(verb, problem);
    return nullptr;
  }
  result.planned->plan.budgets = {};
  return std::move(result.planned);
}

void redirect_targets(Plan& plan, const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  for (TargetPlan& target : plan.targets) {
    target.connector = "ndjson";
    target.arguments = {folder + "/" + target.name + ".ndjson"};
    target.settings.clear();
    target.write = WriteMode::kReplace;
  }
}

RunReport run_sample(const planner::Planned& planned, const KernelSet& kernels, const std::string& folder, int64_t now,
                     RunOptions options) {
  options.state_directory = folder + "/state";
  options.rejects_file = folder + "/rejects.ndjson";
  options.run_now = now;
  options.start = StartMode::kNew;
  options.needs_row_position = planned.needs_row_position;
  return run(planned.plan, kernels, options);
}

}  // namespace mig::cli
