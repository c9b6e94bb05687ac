// migc: finds the verb and hands it the rest of the command line.
#include <fmt/format.h>
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <string_view>
#include <vector>

#include "compiler/base/edit_distance.h"
#include "tools/migc/crash_report.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

int unknown_verb(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  const auto near = nearest_name(word, names);
  if (word.ends_with(".mig")) return usage_error("", fmt::format("what is to be done with {}? For example: migc check {}", word, word));
  return usage_error("", fmt::format("there is no verb `{}`{}", word, near ? fmt::format("; did you mean `{}`?", *near) : ""));
}

bool asks_for_help(std::string_view word) { return word == "--help" || word == "-h"; }

int run_program(const std::vector<std::string_view>& words) {
  if (words.empty()) {
    fmt::print(stderr, "{}", program_help());
    return kUsage;
  }
  if (words[0] == "--version" || words[0] == "-V" || words[0] == "version") {
    fmt::print("migc {}\n", MIGC_VERSION);
    return kOk;
  }
  if (asks_for_help(words[0]) || words[0] == "help") {
    const Verb* verb = words.size() > 1 ? find_verb(words[1]) : nullptr;
    if (words.size() > 1 && verb == nullptr && !asks_for_help(words[1])) return unknown_verb(words[1]);
    fmt::print("{}", verb != nullptr ? verb_help(*verb) : program_help());
    return kOk;
  }
  const Verb* verb = find_verb(words[0]);
  if (verb == nullptr) return unknown_verb(words[0]);
  const std::vector<std::string_view> rest(words.begin() + 1, words.end());
  for (const std::string_view word : rest) {
    if (word == "--") break;
    if (asks_for_help(word)) {
      fmt::print("{}", verb_help(*verb));
      return kOk;
    }
  }
  std::string error;
  const auto arguments = parse_arguments(verb->options, rest, error);
  if (!arguments) return usage_error(verb->name, error);
  return verb->run(*arguments);
}

}  // namespace
}  // namespace mig::cli

int main(int argc, char** argv) {
  mig::cli::install_crash_report(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  // Memory of one phase is used again by the next: handed back to the system, each page of it would have to be asked for once more.
  constexpr int kLargeBlock = 4 << 20, kKept = 16 << 20;  // bytes
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  try {
    return mig::cli::run_program(std::vector<std::string_view>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    return mig::cli::report_internal_error(error.what());
  } catch (...) {
    return mig::cli::report_internal_error("an unknown exception");
  }
}
