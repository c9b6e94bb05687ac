#include "compiler/schemas/sql_lexer.h"

#include <algorithm>

namespace mig::schemas {

namespace {

constexpr size_t kMaxStatementTokens = 400000;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

// Blanks, comments, and lines that are commands of the client (`\connect`). False at the end.
bool SqlLexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      line_start_ = true;
      ++at_;
    } else if (static_cast<unsigned char>(c) <= ' ') {
      ++at_;
    } else if (c == '-' && text_.substr(at_, 2) == "--") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '#' && dialect_ == SqlDialect::kMysql) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\\' && line_start_ && dialect_ == SqlDialect::kPostgres) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '.' && line_start_ && dialect_ == SqlDialect::kSqlite) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && text_.substr(at_, 2) == "/*") {
      const size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        error_ = SqlLexError{static_cast<uint32_t>(at_), "comment"};
        at_ = text_.size();
        return false;
      }
      at_ = end + 2;
    } else {
      return true;
    }
  }
  return false;
}

std::optional<SqlToken> SqlLexer::quoted(char close, SqlTokenKind kind, bool escapes) {
  SqlToken token;
  token.kind = kind;
  token.begin = static_cast<uint32_t>(at_);
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (escapes && c == '\\' && at_ + 1 < text_.size()) {
      const char next = text_[++at_];
      token.text += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next == '0' ? '\0' : next;
    } else if (c == close && close != ']' && at_ + 1 < text_.size() && text_[at_ + 1] == close) {
      token.text += close;
      ++at_;
    } else if (c == close) {
      token.end = static_cast<uint32_t>(++at_);
      return token;
    } else {
      token.text += c;
    }
  }
  error_ = SqlLexError{token.begin, kind == SqlTokenKind::kText ? "text" : "quoted name"};
  return std::nullopt;
}

// `$$ ... $$`, `$body$ ... $body$`: bodies of functions, which may hold anything.
bool SqlLexer::dollar_quoted(SqlToken& token) {
  size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != '$' && is_word_byte(text_[end])) ++end;
  if (end >= text_.size() || text_[end] != '$') return false;
  const std::string_view tag = text_.substr(at_, end + 1 - at_);
  const size_t close = text_.find(tag, end + 1);
  token.kind = SqlTokenKind::kText;
  token.begin = static_cast<uint32_t>(at_);
  if (close == std::string_view::npos) {
    error_ = SqlLexError{token.begin, "text"};
    at_ = text_.size();
  } else {
    token.text = std::string(text_.substr(end + 1, close - end - 1));
    at_ = close + tag.size();
  }
  token.end = static_cast<uint32_t>(at_);
  return true;
}

std::optional<SqlToken> SqlLexer::token() {
  if (!skip_blanks()) return std::nullopt;
  line_start_ = false;
  const char c = text_[at_];
  if (c == '\'') return quoted('\'', SqlTokenKind::kText, dialect_ == SqlDialect::kMysql);
  if (c == '"') return quoted('"', SqlTokenKind::kName, false);
  if (c == '`' && dialect_ != SqlDialect::kPostgres) return quoted('`', SqlTokenKind::kName, false);
  if (c == '[' && dialect_ == SqlDialect::kSqlite) return quoted(']', SqlTokenKind::kName, false);
  SqlToken token;
  token.begin = static_cast<uint32_t>(at_);
  if ((c == 'E' || c == 'e') && dialect_ == SqlDialect::kPostgres && at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
    ++at_;
    return quoted('\'', SqlTokenKind::kText, true);
  }
  if (c == '$' && dialect_ == SqlDialect::kPostgres && dollar_quoted(token)) return token;
  if (is_word_byte(c)) {
    token.kind = SqlTokenKind::kWord;
    while (at_ < text_.size() && is_word_byte(text_[at_])) {
      token.written += text_[at_];
      token.text += lower(text_[at_++]);
    }
    // A number with digits behind its point is one word.
    if (c >= '0' && c <= '9' && at_ + 1 < text_.size() && text_[at_] == '.' && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9') {
      do token.text += text_[at_++];
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9');
      token.written = token.text;
    }
  } else {
    static constexpr std::string_view kPairs[] = {"<=", ">=", "<>", "!=", "::", "||", "~*", "~~"};
    const std::string_view pair = text_.substr(at_, 2);
    const bool two = std::find(std::begin(kPairs), std::end(kPairs), pair) != std::end(kPairs);
    token.text = two ? std::string(pair) : std::string(1, c);
    at_ += token.text.size();
  }
  token.end = static_cast<uint32_t>(at_);
  return token;
}

// `COPY t (...) FROM stdin;` is followed by data up to a line of its own with `\.`.
void SqlLexer::skip_copy_data() {
  const size_t end = text_.find("\n\\.", at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 3;
}

std::optional<SqlStatement> SqlLexer::next() {
  while (true) {
    SqlStatement statement;
    bool keep = false, copy = false, from_stdin = false;
    size_t count = 0;
    while (auto token = this->token()) {
      const bool symbol = token->kind == SqlTokenKind::kSymbol;
      if (symbol && token->text == ";") break;
      if (count == 0) {
        keep = token->kind == SqlTokenKind::kWord && (token->text == "create" || token->text == "alter");
        copy = dialect_ == SqlDialect::kPostgres && token->kind == SqlTokenKind::kWord && token->text == "copy";
      }
      from_stdin = copy && token->kind == SqlTokenKind::kWord && (from_stdin || token->text == "stdin");
      ++count;
      statement.end = token->end;
      if (!keep) continue;
      if (statement.tokens.size() < kMaxStatementTokens) {
        statement.tokens.push_back(std::move(*token));
      } else {
        statement.too_long = true;
      }
    }
    if (from_stdin) skip_copy_data();
    if (keep && !error_) return statement;
    if (error_ || at_ >= text_.size()) {
      if (keep && !statement.tokens.empty()) {
        at_ = text_.size();
        return statement;
      }
      return std::nullopt;
    }
  }
}

}  // namespace mig::schemas
