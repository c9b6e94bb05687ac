// migc explain CODE: what a finding or an issue code means, with an example that has it and one that does not.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "compiler/base/diagnostic.h"
#include "compiler/base/edit_distance.h"
#include "tools/migc/confinement.h"
#include "tools/migc/findings.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

const FindingPage* find_page(std::string_view code) {
  for (const FindingPage& page : finding_pages()) {
    if (page.code == code) return &page;
  }
  return nullptr;
}

int list_codes() {
  const Style style = style_of(stdout);
  for (const Code code : all_codes()) {
    fmt::print("{}{}{}  {}\n", style.bold, code_text(code), style.plain, code_summary(code));
  }
  for (const FindingPage& page : finding_pages()) {
    if (find_code(page.code)) continue;
    const size_t begin = page.text.find(": ");
    const size_t end = page.text.find('\n');
    const std::string_view title = begin < end ? page.text.substr(begin + 2, end - begin - 2) : std::string_view{};
    fmt::print("{}{}{}  {}\n", style.bold, page.code, style.plain, title);
  }
  return kOk;
}

/// Headings bold, code indented; nothing is left out.
void print_page(std::string_view text) {
  const Style style = style_of(stdout);
  bool code = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.substr(0, 3) == "```") {
      code = !code;
    } else if (code) {
      fmt::print("    {}\n", line);
    } else if (!line.empty() && line[0] == '#') {
      const size_t title = line.find_first_not_of("# ");
      fmt::print("{}{}{}\n", style.bold, title == std::string_view::npos ? line : line.substr(title), style.plain);
    } else {
      fmt::print("{}\n", line);
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

int run_explain(const Arguments& arguments) {
  confine({});
  if (arguments.has("list")) return list_codes();
  if (arguments.operands().size() != 1) return usage_error("explain", "which code? For example: migc explain E0301");
  std::string code = arguments.operands()[0];
  std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const FindingPage* page = find_page(code)) {
    print_page(page->text);
    return kOk;
  }
  if (const auto found = find_code(code)) {
    fmt::print("{}: {}\n", code_text(*found), code_summary(*found));
    return kOk;
  }
  std::vector<std::string_view> known;
  for (const FindingPage& page : finding_pages()) known.push_back(page.code);
  const auto near = nearest_name(code, known);
  return usage_error("explain", fmt::format("there is no finding `{}`{}; codes like MC101 are declared in a spec, with `issue`", code,
                                            near ? fmt::format(" (did you mean {}?)", *near) : ""));
}

}  // namespace

Verb explain_verb() {
  return {.name = "explain",
          .summary = "what a finding or built-in issue code means, with an example and its repair",
          .operands = "CODE",
          .description =
              "Prints the page of a code that check, plan or run reported (E0301, W0411, E1001), or of a\n"
              "built-in issue of the reject log (MIG001, MIG002, MIG003, MIG004, MIG900).\n",
          .options = {{.name = "list", .help = "all codes with one line each"}},
          .examples = {{"migc explain E0301", "why a conversion needs `catch`, and which three answers there are"},
                       {"migc explain MIG002", "why a source row did not decode"}},
          .run = run_explain};
}

}  // namespace mig::cli
