// Tokens of SQL dumps, statement by statement, so that a dump's data costs no memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mig::schemas {

enum class SqlDialect : uint8_t { kSqlite, kPostgres, kMysql };

enum class SqlTokenKind : uint8_t { kWord, kName, kText, kSymbol };

struct SqlToken {
  SqlTokenKind kind = SqlTokenKind::kSymbol;
  std::string text;             // words in lower case; names and texts without quotes; symbols as they are
  std::string written;          // words in their own case
  uint32_t begin = 0, end = 0;  // bytes of the file
};

struct SqlStatement {
  std::vector<SqlToken> tokens;  // without the `;`
  uint32_t end = 0;              // byte behind its last token
  bool too_long = false;         // more tokens than a declaration has; the rest is dropped
};

/// What an unclosed quote or comment is called, and where it begins.
struct SqlLexError {
  uint32_t begin = 0;
  std::string what;
};

class SqlLexer {
 public:
  SqlLexer(std::string_view text, SqlDialect dialect) : text_(text), dialect_(dialect) {}

  /// The next statement that declares something (`create`, `alter`); others are skipped. Null at the end.
  std::optional<SqlStatement> next();
  const std::optional<SqlLexError>& error() const { return error_; }

 private:
  bool skip_blanks();
  /// The next token, or null at the end of the text.
  std::optional<SqlToken> token();
  std::optional<SqlToken> quoted(char close, SqlTokenKind kind, bool escapes);
  bool dollar_quoted(SqlToken& token);
  void skip_copy_data();

  std::string_view text_;
  SqlDialect dialect_;
  size_t at_ = 0;
  bool line_start_ = true;
  std::optional<SqlLexError> error_;
};

}  // namespace mig::schemas
