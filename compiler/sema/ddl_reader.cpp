#include "compiler/sema/ddl_reader.h"

#include <algorithm>
#include <cstdlib>

namespace mig::sema {

namespace {

struct Token {
  std::string text;      // words in lower case; quoted names as they are
  bool quoted = false;
  bool word = false;
  std::string written;   // words in their own case
};

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  size_t i = 0;
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || (c & 0x80) != 0; };
  while (i < text.size()) {
    const char c = text[i];
    if (c == '-' && text.substr(i, 2) == "--") {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == '/' && text.substr(i, 2) == "/*") {
      const size_t end = text.find("*/", i + 2);
      i = end == std::string_view::npos ? text.size() : end + 2;
    } else if (c == '"' || c == '`' || c == '\'' || c == '[') {
      const char close = c == '[' ? ']' : c;
      Token token{{}, c != '\'', c != '\'', {}};
      for (++i; i < text.size(); ++i) {
        if (text[i] == close && i + 1 < text.size() && text[i + 1] == close && c != '[') {
          ++i;
        } else if (text[i] == close) {
          break;
        }
        token.text += text[i];
      }
      ++i;
      tokens.push_back(std::move(token));
    } else if (is_word(c)) {
      Token token{{}, false, true, {}};
      for (; i < text.size() && is_word(text[i]); ++i) {
        token.written += text[i];
        token.text += text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
      }
      tokens.push_back(std::move(token));
    } else {
      if (static_cast<unsigned char>(c) > ' ') tokens.push_back({std::string(1, c), false, false, {}});
      ++i;
    }
  }
  return tokens;
}

class Reader {
 public:
  Reader(std::string_view text, SqlDialect dialect, TypeTable& types) : tokens_(tokens_of(text)), dialect_(dialect), types_(types) {}

  std::vector<DdlTable> read() {
    std::vector<DdlTable> tables;
    while (at_ < tokens_.size()) {
      if (accept("create")) {
        while (accept("temporary") || accept("temp") || accept("unlogged")) continue;
        if (accept("table")) tables.push_back(read_table());
      }
      while (at_ < tokens_.size() && !is(";")) ++at_;
      ++at_;
    }
    return tables;
  }

 private:
  bool is(std::string_view text) const { return at_ < tokens_.size() && !tokens_[at_].quoted && tokens_[at_].text == text; }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  bool at_constraint() const {
    return is("constraint") || is("primary") || is("foreign") || is("unique") || is("check") || is("exclude") || is("like");
  }
  bool at_column_clause() const {
    return is("not") || is("null") || is("primary") || is("unique") || is("default") || is("references") || is("check") ||
           is("collate") || is("generated") || is("constraint") || is("as");
  }

  DdlTable read_table() {
    DdlTable table;
    if (accept("if")) at_ += 2;
    table.name = next_name();
    while (accept(".")) table.name += "." + next_name();
    if (!accept("(")) return table;
    while (at_ < tokens_.size() && !is(")") && !is(";")) {
      read_element(table);
      if (!accept(",")) break;
    }
    return table;
  }

  // SQLite keeps the case of names; PostgreSQL folds what is not quoted.
  std::string next_name() {
    if (at_ >= tokens_.size()) return {};
    const Token& token = tokens_[at_++];
    return token.quoted || dialect_ == SqlDialect::kPostgres ? token.text : token.written;
  }
  std::string next() { return at_ < tokens_.size() ? tokens_[at_++].text : std::string(); }

  void read_element(DdlTable& table) {
    if (at_constraint()) {
      if (accept("constraint")) ++at_;
      if (accept("primary") && accept("key") && accept("(")) {
        while (at_ < tokens_.size() && !is(")")) mark_key(table, next_name());
      }
      skip_to_separator();
      return;
    }
    DdlColumn column;
    column.name = next_name();
    std::vector<int> numbers;
    while (at_ < tokens_.size() && tokens_[at_].word && !at_column_clause()) {
      column.type_text += (column.type_text.empty() ? "" : " ") + next();
      if (accept("(")) {
        while (at_ < tokens_.size() && !accept(")")) {
          const std::string text = next();
          if (text != ",") numbers.push_back(std::atoi(text.c_str()));
        }
      }
    }
    bool array = false;
    bool required = false;
    for (int depth = 0; at_ < tokens_.size() && !is(";"); ++at_) {
      if (depth == 0 && (is(",") || is(")"))) break;
      if (is("(")) ++depth;
      if (is(")")) --depth;
      if (is("[") && column.type_text.empty()) array = true;
      if (depth == 0 && is("not") && at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "null") required = true;
      if (depth == 0 && is("primary")) column.key = true;
    }
    const TypeId type = array ? kNoType : type_of(column.type_text, numbers);
    column.type = type == kNoType || required || column.key ? type : types_.nullable(type);
    table.columns.push_back(std::move(column));
  }

  void mark_key(DdlTable& table, const std::string& name) {
    for (DdlColumn& column : table.columns) {
      if (column.name != name) continue;
      column.key = true;
      if (column.type != kNoType) column.type = types_.non_null(column.type);
    }
  }

  void skip_to_separator() {
    for (int depth = 0; at_ < tokens_.size() && !is(";"); ++at_) {
      if (depth == 0 && (is(",") || is(")"))) return;
      if (is("(")) ++depth;
      if (is(")")) --depth;
    }
  }

  TypeId type_of(const std::string& text, const std::vector<int>& numbers) {
    const auto starts = [&](std::string_view word) { return text.compare(0, word.size(), word) == 0; };
    const auto bounded = [](int n, int most) { return static_cast<uint8_t>(std::clamp(n, 0, most)); };
    if (starts("bool")) return types_.of(Kind::kBool);
    if (starts("smallint") || starts("int2") || starts("smallserial")) return types_.integer(INT16_MIN, INT16_MAX);
    if (starts("bigint") || starts("int8") || starts("bigserial")) return types_.of(Kind::kInt);
    if (starts("int") || starts("serial")) {
      return dialect_ == SqlDialect::kSqlite ? types_.of(Kind::kInt) : types_.integer(INT32_MIN, INT32_MAX);
    }
    if (starts("numeric") || starts("decimal")) {
      if (numbers.empty()) return dialect_ == SqlDialect::kSqlite ? types_.decimal(18, 6) : kNoType;
      return types_.decimal(bounded(numbers[0], 38), numbers.size() > 1 ? bounded(numbers[1], 38) : uint8_t{0});
    }
    if (starts("real") || starts("double") || starts("float")) return types_.of(Kind::kFloat);
    if (starts("text") || starts("clob") || starts("citext")) return types_.of(Kind::kString);
    if (starts("varchar") || starts("character") || starts("char") || starts("nvarchar") || starts("bpchar")) {
      return numbers.empty() ? types_.of(Kind::kString) : types_.string(kUnboundedLow, numbers[0]);
    }
    if (starts("uuid")) return types_.of(Kind::kUuid);
    if (starts("json")) return types_.of(Kind::kJson);
    if (starts("blob") || starts("bytea")) return types_.of(Kind::kBytes);
    if (starts("timestamptz") || starts("timestamp with time")) return types_.of(Kind::kTimestamp);
    if (starts("timestamp") || starts("datetime")) return types_.of(Kind::kDatetime);
    if (starts("time")) return types_.of(Kind::kTime);
    if (starts("date")) return types_.of(Kind::kDate);
    if (starts("interval")) return types_.of(Kind::kPeriod);
    if (text.empty() && dialect_ == SqlDialect::kSqlite) return types_.of(Kind::kScalar);
    return kNoType;
  }

  std::vector<Token> tokens_;
  SqlDialect dialect_;
  TypeTable& types_;
  size_t at_ = 0;
};

}  // namespace

std::vector<DdlTable> read_ddl(std::string_view text, SqlDialect dialect, TypeTable& types) { return Reader(text, dialect, types).read(); }

}  // namespace mig::sema
