#include "tools/migc/verbs.h"

#include <fmt/format.h>

#include <cstdio>

#include "tools/migc/terminal.h"

namespace mig::cli {
namespace {

const char* const kExitCodes =
    "  0 ok   1 findings, failed tests   2 usage or configuration   3 budget exceeded or gate closed\n"
    "  4 stopped, can be resumed   5 source changed   6 fenced by a newer run   7 target in conflict\n"
    "  8 audit does not verify   70 internal error (a report file is written)\n";

std::string option_column(const Option& option) {
  return option.value.empty() ? fmt::format("--{}", option.name) : fmt::format("--{} {}", option.name, option.value);
}

/// `help` beside a column of 24 characters, wrapped at 96.
std::string in_two_columns(const std::string& left, std::string_view help) {
  std::string out = fmt::format("  {:<22}", left);
  if (left.size() > 22) out += fmt::format("\n{:24}", "");
  size_t column = 24;
  while (!help.empty()) {
    const size_t blank = help.find(' ');
    const std::string_view word = help.substr(0, blank);
    if (column > 24 && column + 1 + word.size() > 96) {
      out += fmt::format("\n{:24}", "");
      column = 24;
    }
    if (column > 24) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    if (blank == std::string_view::npos) break;
    help.remove_prefix(blank + 1);
  }
  return out + "\n";
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {check_verb(),   fix_verb(),     fmt_verb(),   init_verb(),     schema_verb(), run_verb(),
                                        approve_verb(), test_verb(),    plan_verb(),  breaking_verb(), diff_verb(),   manifest_verb(),
                                        status_verb(),  history_verb(), cache_verb(), explain_verb(),  lsp_verb(),    completion_verb()};
  return all;
}

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

std::string program_help() {
  const Style style = style_of(stdout);
  std::string out = fmt::format(
      "{}migc{} compiles a data migration written in .mig, and runs it.\n\n"
      "A spec says where records come from, where they go, and what happens to every field and every\n"
      "problem. migc checks it, shows what it would do, runs it, and accounts for every record.\n\n"
      "{}Usage{}\n  migc VERB [OPTIONS] SPEC.mig\n\n{}Verbs{}\n",
      style.bold, style.plain, style.bold, style.plain, style.bold, style.plain);
  for (const Verb& verb : verbs()) out += in_two_columns(std::string(verb.name), verb.summary);
  out += fmt::format(
      "\n{}First steps{}\n"
      "  migc check contacts.mig      find mistakes; nothing is read or written\n"
      "  migc test contacts.mig       run the tests written in the spec\n"
      "  migc plan contacts.mig       what will be read and written, in which order, with which guarantee\n"
      "  migc run contacts.mig        do it; a stopped run continues where it stopped\n"
      "  migc explain E0301           what a finding means and how to fix it\n\n"
      "`migc VERB --help` says more about a verb. `migc completion bash` prints a completion script.\n\n"
      "{}Exit codes{}\n{}",
      style.bold, style.plain, style.bold, style.plain, kExitCodes);
  return out;
}

std::string verb_help(const Verb& verb) {
  const Style style = style_of(stdout);
  std::string out = fmt::format("{}migc {}{}: {}\n\n{}Usage{}\n  migc {}{}{}{}\n\n{}\n", style.bold, verb.name, style.plain, verb.summary,
                                style.bold, style.plain, verb.name, verb.options.empty() ? "" : " [OPTIONS]",
                                verb.operands.empty() ? "" : " ", verb.operands, verb.description);
  if (!verb.options.empty()) {
    out += fmt::format("{}Options{}\n", style.bold, style.plain);
    for (const Option& option : verb.options) out += in_two_columns(option_column(option), option.help);
    out += in_two_columns("--help", "this text");
    out += '\n';
  }
  if (!verb.examples.empty()) {
    out += fmt::format("{}Examples{}\n", style.bold, style.plain);
    for (const Example& example : verb.examples) out += fmt::format("  {}\n      {}\n", example.command, example.says);
    out += '\n';
  }
  return out + fmt::format("{}Exit codes{}\n{}", style.bold, style.plain, kExitCodes);
}

int usage_error(std::string_view verb, std::string_view message) {
  const Style style = style_of(stderr);
  fmt::print(stderr, "{}migc{}{}:{} {}\n", style.error, verb.empty() ? "" : " ", verb, style.plain, message);
  fmt::print(stderr, "`migc {}{}--help` shows how it is used.\n", verb, verb.empty() ? "" : " ");
  return kUsage;
}

}  // namespace mig::cli
