// Column types of SQL dialects as types of the language.
#pragma once

#include <span>

#include "compiler/schemas/shape.h"
#include "compiler/schemas/sql_lexer.h"

namespace mig::schemas {

/// A column's type as written: its words in lower case, numbers and texts in parentheses.
struct SqlTypeText {
  std::string words;               // "timestamp with time zone"
  std::vector<int64_t> numbers;    // of `numeric(14, 2)`
  std::vector<std::string> texts;  // of `enum('a', 'b')`
  bool is_unsigned = false;
  int dimensions = 0;  // of an array
};

/// Not null; kUnknown when the dialect's type has no counterpart.
ShapeType type_of_column(const SqlTypeText& text, SqlDialect dialect);

/// What a CHECK says about one column, as far as it is a conjunction of simple comparisons with constants; anything else is ignored.
struct ColumnRule {
  std::string column;
  std::vector<std::string> values;           // allowed texts or numbers
  std::optional<int64_t> low, high;          // of the number
  std::optional<int64_t> shortest, longest;  // of the text
  bool length_in_bytes = false;
  std::string pattern;
  bool json = false, not_null = false;
};
std::vector<ColumnRule> rules_of_check(std::span<const SqlToken> tokens);
void apply_rule(const ColumnRule& rule, ShapeType& type);

}  // namespace mig::schemas
