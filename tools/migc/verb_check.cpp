// migc check: findings of a spec; reads no data and starts no code generator.
#include <fmt/format.h>

#include "tools/migc/findings_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

int run_check(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("check", "which spec? For example: migc check contacts.mig");
  const bool json = arguments.value("format") == "json";
  int worst = kOk;
  for (const std::string& file : arguments.operands()) {
    auto loaded = driver::load(file);
    if (!loaded) {
      print_error(stderr, loaded.error());
      worst = kUsage;
      continue;
    }
    driver::Session& session = **loaded;
    const bool good = driver::check(session, arguments.has("all") ? SIZE_MAX : 20);
    if (json) {
      print_findings_json(session, stdout);
    } else {
      print_findings(session, stderr, true);
    }
    const bool denied = arguments.value("deny") == "warnings" && session.findings.count(Severity::warning) > 0;
    if ((!good || denied) && worst == kOk) worst = kFindings;
  }
  return worst;
}

}  // namespace

Verb check_verb() {
  return {.name = "check",
          .summary = "finds mistakes in a spec, without reading any data",
          .operands = "SPEC.mig...",
          .description = "Checks names, types, unhandled failures and nulls, coverage of fields, privacy and more, in the\n"
                         "spec and in what it imports. Nothing is read or written but the files of the spec.\n",
          .options = {{.name = "format", .value = "human|json", .help = "json: one finding a line on stdout", .offer = Offer::kChoices, .choices = "human json"},
                      {.name = "deny", .value = "warnings", .help = "warnings count as errors", .offer = Offer::kChoices, .choices = "warnings"},
                      {.name = "all", .help = "more than the first 20 errors of a file"}},
          .examples = {{"migc check contacts.mig", "findings for people; exit 1 when there is an error"},
                       {"migc check --deny warnings specs/*.mig", "for continuous integration"},
                       {"migc check --format=json contacts.mig | jq .code", "for programs"}},
          .run = run_check};
}

}  // namespace mig::cli
