#include "tools/migc/schema_pull.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/schemas/lock.h"
#include "compiler/schemas/shape_text.h"
#include "runtime/base/file.h"
#include "runtime/live_schema/loader.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {

size_t print_difference(const SchemaLocation& before, const SchemaLocation& after) {
  const Style style = style_of(stdout);
  size_t differences = 0;
  const auto chosen = [](const SchemaLocation& location, const schemas::Shape& shape) {
    return location.name.empty() || &shape == schemas::find_shape(location.content, location.name);
  };
  for (const schemas::Shape& now : after.content.shapes) {
    if (!chosen(after, now)) continue;
    const schemas::Shape* old = nullptr;
    for (const schemas::Shape& each : before.content.shapes) {
      if (each.name == now.name || (!before.name.empty() && chosen(before, each))) old = &each;
    }
    if (old == nullptr) {
      ++differences;
      fmt::print("{}+ {}{}\n", style.bold, now.name, style.plain);
      continue;
    }
    const auto changes = schemas::compare_lines(schemas::shape_lines(*old), schemas::shape_lines(now));
    if (changes.empty()) continue;
    fmt::print("{}{}{}\n", style.bold, now.name, style.plain);
    for (const schemas::Change& change : changes) {
      ++differences;
      const char* mark = change.kind == schemas::Change::Kind::kAdded ? "+" : change.kind == schemas::Change::Kind::kRemoved ? "-" : "~";
      fmt::print("  {} {}\n", mark, schemas::change_text(change));
    }
  }
  for (const schemas::Shape& old : before.content.shapes) {
    const bool kept = std::any_of(after.content.shapes.begin(), after.content.shapes.end(),
                                  [&](const schemas::Shape& now) { return now.name == old.name; });
    if (kept || !chosen(before, old) || !after.name.empty()) continue;
    ++differences;
    fmt::print("{}- {}{}\n", style.bold, old.name, style.plain);
  }
  if (differences == 0) fmt::print("no difference\n");
  return differences;
}

namespace {

/// Where the database is; prints what is missing.
std::optional<live_schema::Request> request_of(const Arguments& arguments, const std::string& kind) {
  live_schema::Request request;
  if (kind == "sqlite") {
    request.database = live_schema::Database::kSqlite;
    const auto file = arguments.value("database");
    if (!file) {
      usage_error("schema", "pull sqlite needs --database FILE");
      return std::nullopt;
    }
    request.address = *file;
    return request;
  }
  if (kind != "postgres" && kind != "mysql" && kind != "mariadb") {
    usage_error("schema", fmt::format("a schema is pulled from postgres, mysql (mariadb) or sqlite, not from `{}`", kind));
    return std::nullopt;
  }
  request.database = kind == "postgres" ? live_schema::Database::kPostgres : live_schema::Database::kMysql;
  const auto name = arguments.value("dsn-from");
  if (!name) {
    usage_error("schema", "pull needs --dsn-from NAME, the environment variable that holds the database's address");
    return std::nullopt;
  }
  const char* address = std::getenv(name->c_str());
  if (address == nullptr) {
    usage_error("schema", fmt::format("the environment variable {} is not set", *name));
    return std::nullopt;
  }
  request.address = address;
  return request;
}

}  // namespace

int pull_schema(const Arguments& arguments, const std::vector<std::string>& words) {
  if (words.size() != 1) return usage_error("schema", "pull takes one kind of database: postgres, mysql or sqlite");
  const auto out = arguments.value("out");
  if (!out) return usage_error("schema", "pull needs --out FILE");
  const auto request = request_of(arguments, words[0]);
  if (!request) return kUsage;
  std::string reason;
  const auto ddl = live_schema::pull(*request, reason);
  if (!ddl) {
    fmt::print(stderr, "migc schema: the schema could not be pulled: {}\n", reason);
    return kUsage;
  }
  const schemas::FormatInfo* format = schemas::find_format(words[0]);
  SchemaLocation pulled;
  pulled.format = format;
  pulled.content = schemas::read_schema(format->format, *ddl);
  for (const schemas::Problem& problem : pulled.content.problems)
    fmt::print(stderr, "migc schema: {} at byte {} of what the database says\n", problem.message, problem.begin);
  if (arguments.has("check")) {
    const auto known = read_location("schema", fmt::format("{}:{}", words[0], *out));
    if (!known) return kUsage;
    return print_difference(*known, pulled) == 0 ? kOk : kFindings;
  }
  if (const auto written = write_whole(*out, *ddl); !written) {
    print_error(stderr, written.error());
    return kUsage;
  }
  fmt::print("{}: {} {}\n", *out, pulled.content.shapes.size(), pulled.content.shapes.size() == 1 ? "table" : "tables");
  return pulled.content.problems.empty() ? kOk : kFindings;
}

}  // namespace mig::cli
