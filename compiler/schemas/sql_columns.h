// Columns, types and domains of SQL statements.
#pragma once

#include <span>
#include <unordered_map>

#include "compiler/schemas/sql_cursor.h"
#include "compiler/schemas/sql_types.h"

namespace mig::schemas {

using SqlTokens = std::span<const SqlToken>;

class SqlColumns {
 public:
  SqlColumns(std::string_view text, SqlDialect dialect) : text_(text), dialect_(dialect) {}

  std::string name_of(const SqlToken& token) const;
  /// `crm.account`, each part as its dialect folds it.
  std::string qualified_name(SqlCursor& cursor) const;
  /// The names of a list such as `(a, b DESC)`, without what stands behind each.
  std::vector<std::string> names_in(SqlTokens tokens) const;

  /// A column's definition, up to the `,` or `)` behind it. Its CHECK constraints are left to the caller, who knows the table.
  ShapeField column(SqlCursor& cursor, std::vector<SqlTokens>& checks) const;
  /// What stands behind DEFAULT.
  void default_value(SqlCursor& cursor, ShapeField& field) const;
  /// `CREATE TYPE ... AS ENUM`, `CREATE DOMAIN`, from the name on.
  void create_type(SqlCursor& cursor);
  void create_domain(SqlCursor& cursor);

 private:
  struct Domain {
    ShapeType type;       // nullable unless NOT NULL
    bool filled = false;  // has a default
  };
  SqlTypeText type_text(SqlCursor& cursor) const;
  ShapeType resolved_type(const SqlTypeText& text, ShapeField* field) const;
  bool domain_not_null(const SqlTypeText& text) const;
  void clauses(SqlCursor& cursor, ShapeField& field, bool& required, bool row_number, std::vector<SqlTokens>& checks) const;
  void add_domain(const std::string& name, Domain domain);

  std::string_view text_;
  SqlDialect dialect_;
  std::unordered_map<std::string, Domain> domains_;
};

}  // namespace mig::schemas
