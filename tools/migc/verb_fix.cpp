// migc fix: applies the fixes that need no decision.
#include <fmt/format.h>

#include <map>

#include "compiler/base/fixes.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/replace_file.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

struct Outcome {
  int exit = kOk;
  size_t fixes = 0;
  std::map<std::string, std::pair<std::string, std::string>> texts;  // by path: before, after
};

/// Checks, applies and checks again until nothing is left to apply; in memory.
Outcome fix(const std::string& file) {
  constexpr int kMostPasses = 20;
  Outcome outcome;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    auto loaded = driver::load(file);
    if (!loaded) {
      print_error(stderr, loaded.error());
      outcome.exit = kUsage;
      return outcome;
    }
    const auto path_of = [&](const driver::Session& session, FileId id) {
      return session.root + "/" + std::string(session.sources.name(id));
    };
    std::unique_ptr<driver::Session> session = std::move(*loaded);
    if (const auto entry = outcome.texts.find(path_of(*session, session->entry)); entry != outcome.texts.end()) {
      session = driver::session_of_text(file, entry->second.second);
    }
    for (const auto& [path, text] : outcome.texts) {
      const std::string name = driver::project_name(path, session->root);
      if (!session->sources.find(name)) session->sources.add(name, text.second);
    }
    driver::check(*session, SIZE_MAX);
    const FixedFiles fixed = apply_automatic_fixes(session->findings.all(), session->sources);
    if (fixed.texts.empty()) return outcome;
    outcome.fixes += fixed.fixes;
    for (const auto& [id, text] : fixed.texts) {
      const auto [it, first] = outcome.texts.try_emplace(path_of(*session, id), std::string(session->sources.text(id)), text);
      if (!first) it->second.second = text;
    }
  }
  return outcome;
}

int run_fix(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("fix", "which spec? For example: migc fix contacts.mig");
  int worst = kOk;
  for (const std::string& file : arguments.operands()) {
    const Outcome outcome = fix(file);
    worst = std::max(worst, outcome.exit);
    for (const auto& [path, text] : outcome.texts) {
      if (arguments.has("dry-run")) {
        fmt::print("{}", unified_diff(path, text.first, text.second));
      } else if (const auto written = replace_file(path, text.second); !written) {
        print_error(stderr, written.error());
        worst = kUsage;
      }
    }
    if (outcome.exit == kOk)
      fmt::print(stderr, "{}: {} {}{}\n", file, outcome.fixes, outcome.fixes == 1 ? "fix" : "fixes",
                 arguments.has("dry-run") ? " to apply" : "");
  }
  return worst;
}

}  // namespace

Verb fix_verb() {
  return {.name = "fix",
          .summary = "applies the fixes that need no decision",
          .operands = "SPEC.mig...",
          .description =
              "Applies the helps marked `auto` of what `migc check` finds, in the spec and in what it imports, until\n"
              "none is left. Helps that an author must choose from are never applied. Each file is replaced as a whole.\n",
          .options = {{.name = "dry-run", .help = "write nothing; print the changes as a diff"}},
          .examples = {{"migc fix contacts.mig", "applies them"}, {"migc fix --dry-run contacts.mig", "shows what would change"}},
          .run = run_fix};
}

}  // namespace mig::cli
