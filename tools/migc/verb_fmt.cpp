// migc fmt: the one layout of specs.
#include <fmt/format.h>

#include <cstdio>

#include "compiler/base/render_terminal.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "tools/migc/confinement.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/replace_file.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

/// The text in the one layout; null after its findings were printed.
std::optional<std::string> formatted(const SourceMap& sources, FileId file) {
  DiagnosticSink findings;
  std::optional<std::string> text = format::format(sources, file, findings);
  if (!text) fmt::print(stderr, "{}", render_terminal(findings.all(), sources, {.colours = use_colours(stderr), .explain = true}));
  return text;
}

std::optional<std::string> standard_input() {
  std::string text;
  char bytes[1 << 16];
  for (;;) {
    const size_t count = std::fread(bytes, 1, sizeof bytes, stdin);
    text.append(bytes, count);
    if (count == 0) return text;
    if (text.size() > syntax::kMaxFileBytes) return std::nullopt;
  }
}

int format_input(bool check) {
  const auto text = standard_input();
  if (!text) {
    fmt::print(stderr, "migc: standard input has more than {} bytes, the most a spec may have\n", syntax::kMaxFileBytes);
    return kUsage;
  }
  SourceMap sources;
  const FileId file = sources.add("<stdin>", *text);
  const auto result = formatted(sources, file);
  if (!result) return kFindings;
  if (!check) fmt::print("{}", *result);
  return check && *result != *text ? kFindings : kOk;
}

int format_file(const std::string& name, bool check) {
  auto loaded = driver::load(name);
  if (!loaded) {
    print_error(stderr, loaded.error());
    return kUsage;
  }
  const driver::Session& session = **loaded;
  const auto result = formatted(session.sources, session.entry);
  if (!result) return kFindings;
  if (*result == session.sources.text(session.entry)) return kOk;
  fmt::print("{}{}\n", name, check ? ": not formatted" : "");
  if (check) return kFindings;
  if (const auto written = replace_file(name, *result); !written) {
    print_error(stderr, written.error());
    return kUsage;
  }
  return kOk;
}

int run_fmt(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("fmt", "which spec? For example: migc fmt contacts.mig, or - for standard input");
  const bool check = arguments.has("check");
  std::vector<std::string> files;
  for (const std::string& operand : arguments.operands()) {
    if (operand != "-") files.push_back(operand);
  }
  confine_to_projects(files, {}, !check && !files.empty());
  int worst = kOk;
  for (const std::string& operand : arguments.operands()) {
    const int exit = operand == "-" ? format_input(check) : format_file(operand, check);
    worst = std::max(worst, exit);
  }
  return worst;
}

}  // namespace

Verb fmt_verb() {
  return {.name = "fmt",
          .summary = "lays a spec out in the one layout",
          .operands = "SPEC.mig...|-",
          .description =
              "Rewrites each spec: two blanks a level, aligned `=` in a paragraph, at most 100 columns where a line can\n"
              "be broken. Line breaks of the author stay, comments stay where they are. A spec with a syntax error is left\n"
              "as it is. Names of the files that change are printed. `-` formats standard input to standard output.\n",
          .options = {{.name = "check", .help = "write nothing; print the files that are not formatted and exit 1"}},
          .examples = {{"migc fmt contacts.mig", "formats the file in place"},
                       {"migc fmt --check specs/*.mig", "for continuous integration"},
                       {"migc fmt - < contacts.mig", "for editors: standard input to standard output"}},
          .run = run_fmt};
}

}  // namespace mig::cli
