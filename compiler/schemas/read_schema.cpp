// The table of formats.
#include <algorithm>

#include "compiler/schemas/readers.h"

namespace mig::schemas {

const std::vector<FormatInfo>& formats() {
  static const std::vector<FormatInfo> all = {
      {Format::kSqlite, "sqlite", "table", true, "sqlite(\"dump.sql\", table: \"name\")"},
      {Format::kPostgres, "postgres", "table", true, "postgres(\"dump.sql\", table: \"name\")"},
      {Format::kMysql, "mysql", "table", true, "mysql(\"dump.sql\", table: \"name\")"},
      {Format::kMysql, "mariadb", "table", true, "mariadb(\"dump.sql\", table: \"name\")"},
      {Format::kJsonSchema, "json_schema", "definition", false, "json_schema(\"contact.schema.json\")"},
      {Format::kOpenApi, "openapi", "component", true, "openapi(\"api.yaml\", component: \"Contact\")"},
      {Format::kAvro, "avro", "record", false, "avro(\"contact.avsc\")"},
      {Format::kCsv, "csv", "", false, "csv(\"sample.csv\")"},
  };
  return all;
}

const FormatInfo* find_format(std::string_view name) {
  for (const FormatInfo& format : formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

ReadResult read_schema(Format format, std::string_view text) {
  if (text.size() > kMaxSchemaBytes) {
    ReadResult result;
    result.problems.push_back({0, 0, "the file has more than 64 MiB", "too large for a schema"});
    return result;
  }
  switch (format) {
    case Format::kSqlite: return read_sql(text, SqlDialect::kSqlite);
    case Format::kPostgres: return read_sql(text, SqlDialect::kPostgres);
    case Format::kMysql: return read_sql(text, SqlDialect::kMysql);
    case Format::kJsonSchema: return read_json_schema(text);
    case Format::kOpenApi: return read_openapi(text);
    case Format::kAvro: return read_avro(text);
    case Format::kCsv: return read_csv(text);
  }
  return {};
}

const Shape* find_shape(const ReadResult& result, std::string_view selector) {
  if (selector.empty()) return result.shapes.empty() ? nullptr : &result.shapes.front();
  const Shape* found = nullptr;
  for (const Shape& shape : result.shapes) {
    if (shape.name == selector) return &shape;
    const size_t dot = shape.name.rfind('.');
    if (dot == std::string::npos || shape.name.substr(dot + 1) != selector) continue;
    if (found != nullptr) return nullptr;  // two schemas have a table of that name
    found = &shape;
  }
  return found;
}

}  // namespace mig::schemas
