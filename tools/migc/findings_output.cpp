#include "tools/migc/findings_output.h"

#include <fmt/format.h>

#include "compiler/base/render_json.h"
#include "compiler/base/render_terminal.h"

#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {

void print_findings(const driver::Session& session, std::FILE* stream, bool summary) {
  const Style style = style_of(stream);
  const auto& findings = session.findings.all();
  fmt::print(stream, "{}", render_terminal(findings, session.sources, {.colours = use_colours(stream), .explain = true}));
  if (summary && findings.empty()) fmt::print(stream, "{}: {}no findings{}\n", session.spec_file, style.good, style.plain);
}

void print_findings_json(const driver::Session& session, std::FILE* stream) {
  fmt::print(stream, "{}", render_json_lines(session.findings.all(), session.sources));
}

void print_error(std::FILE* stream, const Error& error) {
  const Style style = style_of(stream);
  fmt::print(stream, "{}migc:{} {}\n", style.error, style.plain, error.message);
  if (!error.remedy.empty()) fmt::print(stream, "  {}\n", error.remedy);
}

std::unique_ptr<driver::Session> checked_spec(std::string_view verb, const std::vector<std::string>& operands, bool json, int& exit) {
  if (operands.size() != 1) {
    exit = usage_error(verb, operands.empty() ? fmt::format("which spec? For example: migc {} contacts.mig", verb) : "one spec at a time");
    return nullptr;
  }
  auto loaded = driver::load(operands[0]);
  if (!loaded) {
    print_error(stderr, loaded.error());
    exit = kUsage;
    return nullptr;
  }
  const bool good = driver::check(**loaded, 20);
  if (good) return std::move(*loaded);
  if (json) {
    print_findings_json(**loaded, stdout);
  } else {
    print_findings(**loaded, stderr, true);
  }
  exit = kFindings;
  return nullptr;
}

}  // namespace mig::cli
