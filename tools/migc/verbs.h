// The verbs of the program: name, help, options and body of each. One table; a new verb is one file and one line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/migc/exit_codes.h"
#include "tools/migc/options.h"

namespace mig::cli {

struct Example {
  std::string_view command;
  std::string_view says;
};

struct Verb {
  std::string_view name;
  std::string_view summary;      // one line, for the list
  std::string_view operands;     // "SPEC", "[SPEC]"
  std::string_view description;  // paragraphs, wrapped by hand at 90 columns
  std::vector<Option> options;
  std::vector<Example> examples;
  int (*run)(const Arguments&);
};

Verb approve_verb();
Verb check_verb();
Verb fix_verb();
Verb fmt_verb();
Verb breaking_verb();
Verb diff_verb();
Verb manifest_verb();
Verb init_verb();
Verb schema_verb();
Verb run_verb();
Verb test_verb();
Verb plan_verb();
Verb status_verb();
Verb history_verb();
Verb cache_verb();
Verb explain_verb();
Verb lsp_verb();
Verb completion_verb();

/// In the order of `migc help`.
const std::vector<Verb>& verbs();
const Verb* find_verb(std::string_view name);

std::string program_help();
std::string verb_help(const Verb& verb);
/// Prints `migc VERB: message` and where the help is; returns kUsage.
int usage_error(std::string_view verb, std::string_view message);

}  // namespace mig::cli
