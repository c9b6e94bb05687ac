// migc check: findings of a spec; reads no data and starts no code generator.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "compiler/base/finding_report.h"
#include "compiler/rules/profile.h"
#include "tools/migc/confinement.h"
#include "tools/migc/finding_formats.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

std::optional<rules::Profile> read_profile_file(const std::string& file, std::string& problem) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    problem = fmt::format("{} cannot be read", file);
    return std::nullopt;
  }
  auto profile = rules::read_profile(text.str(), problem);
  if (!profile) problem = fmt::format("{} {}", file, problem);
  return profile;
}

void print_document(FindingFormat format, const std::vector<std::unique_ptr<driver::Session>>& sessions, bool warnings_fail) {
  std::vector<CheckedSpec> specs;
  for (const auto& session : sessions)
    specs.push_back({session->spec_file, session->findings.all(), session->sources, session->findings.suppressed()});
  const ReportOptions options{.version = MIGC_VERSION, .warnings_fail = warnings_fail};
  switch (format) {
    case FindingFormat::kHuman:
    case FindingFormat::kJson: return;  // printed spec by spec
    case FindingFormat::kSarif: fmt::print("{}", render_sarif(specs, options)); return;
    case FindingFormat::kGithub: fmt::print("{}", render_github(specs, options)); return;
    case FindingFormat::kGitlab: fmt::print("{}", render_gitlab(specs, options)); return;
    case FindingFormat::kJunit: fmt::print("{}", render_junit(specs, options)); return;
  }
}

int run_check(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("check", "which spec? For example: migc check contacts.mig");
  confine_to_projects(arguments.operands(), arguments.value("profile").value_or(""));
  const FindingFormat format = finding_format(arguments.value("format"));
  const bool warnings_fail = arguments.value("deny") == "warnings";
  int worst = kOk;
  std::vector<std::unique_ptr<driver::Session>> sessions;  // kept for the formats that are one document
  std::optional<rules::Profile> profile;
  if (const auto file = arguments.value("profile")) {
    std::string problem;
    profile = read_profile_file(*file, problem);
    if (!profile) return usage_error("check", problem);
  }
  for (const std::string& file : arguments.operands()) {
    auto loaded = driver::load(file);
    if (!loaded) {
      print_error(stderr, loaded.error());
      worst = kUsage;
      continue;
    }
    driver::Session& session = **loaded;
    const bool good = driver::check(session, arguments.has("all") ? SIZE_MAX : 20, profile ? &*profile : nullptr);
    const bool denied = warnings_fail && session.findings.count(Severity::warning) > 0;
    if ((!good || denied) && worst == kOk) worst = kFindings;
    if (format == FindingFormat::kHuman) {
      print_findings(session, stderr, true);
    } else if (format == FindingFormat::kJson) {
      print_findings_json(session, stdout);
    } else {
      session.checked = {};
      sessions.push_back(std::move(*loaded));
    }
  }
  print_document(format, sessions, warnings_fail);
  return worst;
}

}  // namespace

Verb check_verb() {
  return {.name = "check",
          .summary = "finds mistakes in a spec, without reading any data",
          .operands = "SPEC.mig...",
          .description =
              "Checks names, types, unhandled failures and nulls, coverage of fields, privacy and more, in the\n"
              "spec and in what it imports. The spec may be a stranger's: the program gives up the network, other\n"
              "programs, all files outside the project folder and all writing before it reads the first byte.\n",
          .options =
              {{.name = "format",
                .value = kFindingFormatsHelp,
                .help = "json: one finding a line; sarif, gitlab, junit: one document; github: annotations; all on stdout",
                .offer = Offer::kChoices,
                .choices = kFindingFormats},
               {.name = "deny", .value = "warnings", .help = "warnings count as errors", .offer = Offer::kChoices, .choices = "warnings"},
               {.name = "profile",
                .value = "FILE",
                .help = "counts of the data as evidence: charsets, keys that are often null",
                .offer = Offer::kFile},
               {.name = "all", .help = "more than the first 20 errors of a file"}},
          .examples = {{"migc check contacts.mig", "findings for people; exit 1 when there is an error"},
                       {"migc check --deny warnings specs/*.mig", "for continuous integration"},
                       {"migc check --format=json contacts.mig | jq .code", "for programs"},
                       {"migc check --format=sarif specs/*.mig > findings.sarif", "for code scanning; gitlab and junit likewise"},
                       {"migc check --format=github specs/*.mig", "annotations on the lines of a pull request"}},
          .run = run_check};
}

}  // namespace mig::cli
