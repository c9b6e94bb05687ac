// Reads `CREATE TABLE` statements of a schema dump (SQLite, PostgreSQL) into columns and types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/types/type.h"

namespace mig::sema {

struct DdlColumn {
  std::string name;
  std::string type_text;   // as the dump writes it, lower case
  TypeId type = kNoType;   // nullable unless NOT NULL or key; kNoType when the type is not known
  bool key = false;
};

struct DdlTable {
  std::string name;        // as written, with its schema, without quotes
  std::vector<DdlColumn> columns;
};

enum class SqlDialect : uint8_t { kSqlite, kPostgres };

/// Tables in file order. Statements other than CREATE TABLE are skipped; a statement that cannot be read ends at its `;`.
std::vector<DdlTable> read_ddl(std::string_view text, SqlDialect dialect, TypeTable& types);

}  // namespace mig::sema
