// The readers of the formats, one a file; read_schema chooses among them.
#pragma once

#include "compiler/schemas/shape.h"
#include "compiler/schemas/sql_lexer.h"

namespace mig::schemas {

/// `CREATE TABLE`, `ALTER TABLE`, `CREATE TYPE`, `CREATE DOMAIN` and unique indexes of a dump; everything else is passed over.
ReadResult read_sql(std::string_view text, SqlDialect dialect);
/// JSON Schema 2020-12: the document itself and its `$defs`.
ReadResult read_json_schema(std::string_view text);
/// OpenAPI 3: `components/schemas`, in JSON or YAML.
ReadResult read_openapi(std::string_view text);
/// Avro: the records of a schema (`.avsc`).
ReadResult read_avro(std::string_view text);
/// The header of a CSV file, and types that every record of its beginning has.
ReadResult read_csv(std::string_view text);

}  // namespace mig::schemas
