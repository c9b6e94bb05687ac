#include "tools/migc/planning.h"

#include <fmt/format.h>

#include "compiler/sema/consent.h"
#include "tools/migc/exit_codes.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {

namespace {

// An exception that somebody answered for until a day does not hold after it.
bool report_lapsed_exceptions(driver::Session& session, bool json) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch().count();
  session.findings.take();
  for (const sema::DatedException& each : sema::dated_exceptions(*session.checked.program)) {
    if (each.until >= today) continue;
    Diagnostic lapsed =
        Diagnostic::make(Code::E0532, each.span, "this exception ended, and nothing runs on it any more", "the last day is over");
    lapsed.help(Applicability::choose, "have it decided again, with a new day, or repair what it excuses");
    session.findings.report(std::move(lapsed));
  }
  if (session.findings.all().empty()) return false;
  if (json) {
    print_findings_json(session, stdout);
  } else {
    print_findings(session, stderr, true);
  }
  return true;
}

}  // namespace

std::vector<Option> planning_options() {
  return {{.name = "set", .value = "NAME=VALUE", .help = "gives a `param` of the spec its value; may be repeated", .repeated = true},
          {.name = "stage", .value = "NAME", .help = "which stage, when the spec has several"},
          {.name = "environment",
           .value = "NAME",
           .help = "where it runs: masks and bindings of that environment hold. Default: what the stage says"}};
}

std::unique_ptr<PlannedSpec> planned_spec(std::string_view verb, const Arguments& arguments, bool json, int& exit) {
  planner::PlanRequest request;
  for (const std::string& pair : arguments.values("set")) {
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      exit = usage_error(verb, fmt::format("--set takes NAME=VALUE, not `{}`", pair));
      return nullptr;
    }
    request.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  auto result = std::make_unique<PlannedSpec>();
  result->session = checked_spec(verb, arguments.operands(), json, exit);
  if (result->session == nullptr) return nullptr;
  driver::Session& session = *result->session;
  if (report_lapsed_exceptions(session, json)) {
    exit = kFindings;
    return nullptr;
  }
  request.stage = arguments.value("stage").value_or("");
  request.environment = arguments.value("environment").value_or("");
  request.spec_file = session.spec_file;
  session.findings.take();
  planner::PlanResult plan = planner::make_plan(*session.checked.program, session.sources, request, session.findings);
  if (json && plan.planned == nullptr) {
    print_findings_json(session, stdout);
  } else {
    print_findings(session, stderr, false);
  }
  if (plan.planned == nullptr) {
    for (const std::string& problem : plan.usage) usage_error(verb, problem);
    exit = kUsage;
    return nullptr;
  }
  result->planned = std::move(plan.planned);
  return result;
}

}  // namespace mig::cli
