// migc init: a first spec from the schemas of both ends.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/schemas/first_spec.h"
#include "runtime/base/file.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/schema_location.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

namespace fs = std::filesystem;

std::optional<schemas::SpecEnd> end_of(const std::string& words, const fs::path& folder) {
  auto location = read_location("init", words);
  const schemas::Shape* shape = location ? shape_at(*location) : nullptr;
  if (shape == nullptr) return std::nullopt;
  std::error_code error;
  const fs::path file = fs::weakly_canonical(location->file, error);
  schemas::SpecEnd end;
  end.format = location->format;
  end.path = file.lexically_relative(fs::weakly_canonical(folder, error)).generic_string();
  end.selector = location->format->selector_needed ? shape->name : location->name;
  end.shape = *shape;
  end.fallback_name = file.stem().stem().string();
  if (location->format->format != schemas::Format::kCsv && end.path.starts_with("../")) {
    // A spec reads only below its project's root; a folder above may be one, so this is for `check` to say.
    fmt::print(stderr, "migc init: {} lies outside the folder of the spec; the spec names it {}\n", location->file, end.path);
  }
  return end;
}

/// Findings of the text as if it stood in the file.
std::unique_ptr<driver::Session> checked_text(const std::string& file, const std::string& text) {
  auto session = std::make_unique<driver::Session>();
  session->spec_file = file;
  session->root = driver::project_root(file);
  std::error_code error;
  session->entry = session->sources.add(fs::weakly_canonical(file, error).lexically_relative(session->root).generic_string(), text);
  driver::check(*session, SIZE_MAX);
  return session;
}

/// Rewrites mappings that do not check until all do, or are left for a decision.
std::unique_ptr<driver::Session> settle(schemas::FirstSpec& spec, const std::string& file) {
  while (true) {
    auto session = checked_text(file, spec.text());
    std::set<uint32_t> lines;
    for (const Diagnostic& finding : session->findings.all()) {
      if (finding.severity == Severity::error && finding.primary.span.file == session->entry)
        lines.insert(session->sources.position(finding.primary.span).line);
    }
    // From the last line on: those above keep their numbers while a mapping keeps its line or leaves the text.
    bool changed = false;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) changed |= spec.weaken(*line);
    if (!changed) return session;
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size() && i < 8; ++i) out += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  if (names.size() > 8) out += fmt::format(" and {} more", names.size() - 8);
  return out;
}

int run_init(const Arguments& arguments) {
  const auto from_words = arguments.value("from"), to_words = arguments.value("to"), out = arguments.value("out");
  if (!from_words || !to_words || !out || !arguments.operands().empty()) {
    return usage_error("init", "three things are needed: --from FORMAT:FILE[#NAME], --to FORMAT:FILE[#NAME] and --out SPEC.mig");
  }
  const fs::path folder = fs::path(*out).has_parent_path() ? fs::path(*out).parent_path() : fs::path(".");
  auto from = end_of(*from_words, folder);
  auto to = from ? end_of(*to_words, folder) : std::nullopt;
  if (!to) return kUsage;
  schemas::FirstSpec spec(std::move(*from), std::move(*to));
  const auto session = settle(spec, *out);
  const std::string text = spec.text();
  std::error_code error;
  if (fs::exists(*out, error)) {
    const auto present = file_text(*out, 64u << 20);
    if (present == text) {
      fmt::print("{} is up to date\n", *out);
      return kOk;
    }
    if (!arguments.has("force"))
      return usage_error("init", fmt::format("{} exists and is not what would be written; --force writes over it", *out));
  }
  if (const auto written = write_whole(*out, text); !written) {
    print_error(stderr, written.error());
    return kUsage;
  }
  fmt::print("{}: {} fields mapped", *out, spec.mapped());
  if (!spec.open_targets().empty()) fmt::print("; to decide in the target: {}", listed(spec.open_targets()));
  if (!spec.unused_sources().empty()) fmt::print("; going nowhere: {}", listed(spec.unused_sources()));
  fmt::print("\n`migc check {}` says what is still open; `migc schema refresh {}` pins the schemas.\n", *out, *out);
  return kOk;
}

}  // namespace

Verb init_verb() {
  return {
      .name = "init",
      .summary = "writes a first spec from the schemas of both ends",
      .operands = "",
      .description =
          "Maps fields of the same or nearly the same name, with the conversion that their types need, and\n"
          "lists every other field as a line to decide: `// decide:` for fields of the target, `ignore` for\n"
          "fields of the source. Running it again writes the same text; it does not touch a changed spec.\n",
      .options = {{.name = "from",
                   .value = "FORMAT:FILE[#NAME]",
                   .help =
                       "the source's schema: sqlite, postgres, mysql (dumps), json_schema, openapi, avro, or csv (a sample with a header)"},
                  {.name = "to", .value = "FORMAT:FILE[#NAME]", .help = "the target's schema"},
                  {.name = "out", .value = "SPEC.mig", .help = "the spec to write", .offer = Offer::kFile},
                  {.name = "force", .help = "write over a spec that was changed since"}},
      .examples = {{"migc init --from csv:export.csv --to sqlite:schema.sql#contact --out contacts.mig", "a CSV export into a table"},
                   {"migc init --from postgres:crm.sql#crm.account --to openapi:api.yaml#Account --out accounts.mig",
                    "a table to an API's records"}},
      .run = run_init};
}

}  // namespace mig::cli
