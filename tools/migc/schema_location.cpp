#include "tools/migc/schema_location.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/base/edit_distance.h"
#include "compiler/base/render_terminal.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {

std::optional<std::string> file_text(const std::string& path, size_t most) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > most) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return std::nullopt;
  return text.str();
}

std::optional<SchemaLocation> read_location(std::string_view verb, const std::string& words) {
  const size_t colon = words.find(':');
  SchemaLocation location;
  if (colon != std::string::npos) location.format = schemas::find_format(words.substr(0, colon));
  if (location.format == nullptr) {
    std::string list;
    std::vector<std::string_view> names;
    for (const schemas::FormatInfo& format : schemas::formats()) {
      list += fmt::format("{}{}", list.empty() ? "" : " ", format.name);
      names.push_back(format.name);
    }
    const auto near = nearest_name(words.substr(0, colon), names);
    usage_error(verb,
                fmt::format("`{}` is not FORMAT:FILE{}; formats: {}", words, near ? fmt::format(" (did you mean {}:?)", *near) : "", list));
    return std::nullopt;
  }
  location.file = words.substr(colon + 1);
  if (const size_t hash = location.file.rfind('#'); hash != std::string::npos) {
    location.name = location.file.substr(hash + 1);
    location.file.erase(hash);
  }
  const auto text = file_text(location.file, schemas::kMaxSchemaBytes);
  if (!text) {
    usage_error(verb, fmt::format("the file {} cannot be read (a schema has at most 64 MiB)", location.file));
    return std::nullopt;
  }
  location.content = schemas::read_schema(location.format->format, *text);
  if (location.content.problems.empty()) return location;
  SourceMap sources;
  const FileId file = sources.add(location.file, *text);
  std::vector<Diagnostic> findings;
  for (const schemas::Problem& problem : location.content.problems) {
    findings.push_back(
        Diagnostic::make(Code::E0131, {file, problem.begin, std::max(problem.begin, problem.end)}, problem.message, problem.label));
  }
  fmt::print(stderr, "{}", render_terminal(findings, sources, {.colours = use_colours(stderr), .explain = true}));
  return std::nullopt;
}

const schemas::Shape* shape_at(const SchemaLocation& location) {
  const schemas::Shape* shape = schemas::find_shape(location.content, location.name);
  const bool several = location.content.shapes.size() > 1 && location.name.empty() && location.format->selector_needed;
  if (shape != nullptr && !several) return shape;
  std::string names;
  size_t listed = 0;
  for (const schemas::Shape& each : location.content.shapes) {
    if (++listed <= 20) names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
  }
  if (listed > 20) names += fmt::format(" and {} more", listed - 20);
  usage_error("", several ? fmt::format("{} holds several; say which: {}:{}#NAME, one of {}", location.file, location.format->name,
                                        location.file, names)
                          : fmt::format("{} has no {} `{}`; it has {}", location.file, location.format->selector, location.name,
                                        names.empty() ? "none" : names));
  return nullptr;
}

}  // namespace mig::cli
