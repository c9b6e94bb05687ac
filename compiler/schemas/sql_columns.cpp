#include "compiler/schemas/sql_columns.h"

#include <charconv>

namespace mig::schemas {

namespace {

// The words of a type end where a clause of the column begins.
bool at_clause(const SqlCursor& cursor) {
  static constexpr std::string_view kClauses[] = {"not",     "null",    "primary",   "unique",     "default",   "references",
                                                  "check",   "collate", "generated", "constraint", "as",        "auto_increment",
                                                  "comment", "on",      "key",       "charset",    "invisible", "virtual",
                                                  "stored",  "using",   "storage",   "compression"};
  for (const std::string_view word : kClauses) {
    if (cursor.is(word)) return true;
  }
  return cursor.is("character") && cursor.is("set", 1);
}

void read_numbers(SqlTokens tokens, SqlTypeText& type) {
  std::string sign;
  for (const SqlToken& token : tokens) {
    if (token.kind == SqlTokenKind::kText) type.texts.push_back(token.text);
    int64_t number = 0;
    const std::string text = sign + token.text;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (token.kind == SqlTokenKind::kWord && failure == std::errc{} && end == text.data() + text.size()) type.numbers.push_back(number);
    sign = token.kind == SqlTokenKind::kSymbol && token.text == "-" ? "-" : "";
  }
}

}  // namespace

std::string SqlColumns::name_of(const SqlToken& token) const {
  return token.kind == SqlTokenKind::kWord && dialect_ != SqlDialect::kPostgres ? token.written : token.text;
}

std::string SqlColumns::qualified_name(SqlCursor& cursor) const {
  std::string name = name_of(cursor.take());
  while (cursor.is(".")) {
    cursor.take();
    name += "." + name_of(cursor.take());
  }
  return name;
}

std::vector<std::string> SqlColumns::names_in(SqlTokens tokens) const {
  std::vector<std::string> names;
  bool expected = true;
  int depth = 0;
  for (const SqlToken& token : tokens) {
    if (token.kind == SqlTokenKind::kSymbol) {
      if (token.text == "(") ++depth;
      if (token.text == ")") --depth;
      if (token.text == "," && depth == 0) expected = true;
      continue;
    }
    if (expected && depth == 0) names.push_back(name_of(token));
    expected = false;
  }
  return names;
}

SqlTypeText SqlColumns::type_text(SqlCursor& cursor) const {
  SqlTypeText type;
  while (cursor.is_name() && (type.words.empty() || !at_clause(cursor))) {
    if (type.words.empty() && at_clause(cursor)) break;
    const SqlToken& token = cursor.take();
    if (token.text == "unsigned" || token.text == "signed" || token.text == "zerofill") {
      type.is_unsigned |= token.text != "signed";
    } else {
      type.words += (type.words.empty() ? "" : " ") + token.text;
    }
    if (cursor.is(".")) {  // the schema of a type
      cursor.take();
      type.words += "." + cursor.take().text;
    }
    if (cursor.is("(")) read_numbers(cursor.parenthesised(), type);
  }
  if (type.words.starts_with("pg_catalog.")) type.words.erase(0, 11);
  while (cursor.is("[")) {
    cursor.skip_group();
    ++type.dimensions;
  }
  if (cursor.accept("array")) {
    ++type.dimensions;
    if (cursor.is("[")) cursor.skip_group();
  }
  return type;
}

ShapeType SqlColumns::resolved_type(const SqlTypeText& text, ShapeField* field) const {
  const std::string short_name = text.words.substr(text.words.rfind('.') == std::string::npos ? 0 : text.words.rfind('.') + 1);
  for (const std::string& name : {text.words, short_name}) {
    const auto domain = domains_.find(name);
    if (domain == domains_.end()) continue;
    ShapeType type = domain->second.type;
    if (field != nullptr && domain->second.filled) field->filled = true;
    for (int i = 0; i < text.dimensions; ++i) {
      ShapeType list;
      list.kind = ShapeKind::kList;
      list.written = type.written + "[]";
      type.nullable = true;
      list.element.push_back(std::move(type));
      type = std::move(list);
    }
    return type;
  }
  return type_of_column(text, dialect_);
}

ShapeField SqlColumns::column(SqlCursor& cursor, std::vector<SqlTokens>& checks) const {
  ShapeField field;
  field.begin = cursor.peek().begin;
  field.end = cursor.peek().end;
  field.name = name_of(cursor.take());
  const SqlTypeText text = type_text(cursor);
  field.type = resolved_type(text, &field);
  bool required = !field.type.nullable && domain_not_null(text);
  field.type.nullable = false;
  if (text.words.find("serial") != std::string::npos && dialect_ == SqlDialect::kPostgres) field.filled = required = true;
  const bool row_number = dialect_ == SqlDialect::kSqlite && text.words == "integer";
  clauses(cursor, field, required, row_number, checks);
  field.type.nullable = !required && !field.key;
  return field;
}

bool SqlColumns::domain_not_null(const SqlTypeText& text) const {
  const auto it = domains_.find(text.words);
  return it != domains_.end() && text.dimensions == 0 && !it->second.type.nullable;
}

void SqlColumns::clauses(SqlCursor& cursor, ShapeField& field, bool& required, bool row_number, std::vector<SqlTokens>& checks) const {
  while (!cursor.done() && !cursor.is(",") && !cursor.is(")")) {
    if (cursor.accept("not", "null")) {
      required = true;
    } else if (cursor.is("primary") && cursor.is("key", 1)) {
      cursor.take();
      cursor.take();
      field.key = true;
      // SQLite numbers the rows of an INTEGER PRIMARY KEY by itself, unless it says DESC.
      field.filled |= row_number && !cursor.is("desc");
    } else if (cursor.accept("unique")) {
      cursor.accept("key");
      field.unique = true;
    } else if (cursor.accept("auto_increment") || cursor.accept("autoincrement")) {
      field.filled = true;
    } else if (cursor.accept("default")) {
      default_value(cursor, field);
    } else if (cursor.accept("references")) {
      field.parent = qualified_name(cursor);
      const auto keys = names_in(cursor.parenthesised());
      if (!keys.empty()) field.parent_field = keys[0];
    } else if (cursor.accept("check")) {
      checks.push_back(cursor.parenthesised());
    } else if (cursor.accept("generated")) {
      const bool always = cursor.accept("always");
      if (!always) cursor.accept("by", "default");
      cursor.accept("as");
      if (cursor.accept("identity")) {
        field.filled = true;
        field.computed = always;
        required = true;
      } else {
        field.filled = field.computed = true;
      }
      if (cursor.is("(")) cursor.skip_group();
    } else if (cursor.accept("as")) {
      field.filled = field.computed = true;
      if (cursor.is("(")) cursor.skip_group();
    } else if (cursor.accept("on")) {  // `on conflict x`, `on delete x`, `on update current_timestamp`
      cursor.take();
    } else if (cursor.accept("constraint") || cursor.accept("collate") || cursor.accept("comment")) {
      cursor.take();
    } else {
      cursor.skip_group();
    }
  }
}

void SqlColumns::default_value(SqlCursor& cursor, ShapeField& field) const {
  const size_t begin = cursor.at();
  // Up to the next clause: `'x'::text`, `(1 + 1)`, `nextval('s'::regclass)`, `now() AT TIME ZONE 'utc'`.
  bool first = true;
  while (!cursor.done() && !cursor.is(",") && !cursor.is(")")) {
    if (!first && at_clause(cursor)) break;
    first = false;
    cursor.skip_group();
  }
  const auto tokens = cursor.since(begin);
  if (tokens.empty()) return;
  field.default_text = std::string(text_.substr(tokens.front().begin, tokens.back().end - tokens.front().begin));
  const bool is_null = tokens.size() == 1 && tokens[0].kind == SqlTokenKind::kWord && tokens[0].text == "null";
  if (!is_null && !(tokens[0].text == "null" && tokens.size() > 1 && tokens[1].text == "::"))
    field.filled = true;
  else
    field.default_text.clear();
}

void SqlColumns::create_type(SqlCursor& cursor) {
  const std::string name = qualified_name(cursor);
  if (!cursor.accept("as")) return;
  if (!cursor.accept("enum")) return;
  Domain domain;
  domain.type.kind = ShapeKind::kEnum;
  domain.type.nullable = true;
  domain.type.written = domain.type.name = name;
  for (const SqlToken& token : cursor.parenthesised()) {
    if (token.kind == SqlTokenKind::kText) domain.type.values.push_back(token.text);
  }
  if (domain.type.values.empty()) domain.type.kind = ShapeKind::kUnknown;
  add_domain(name, std::move(domain));
}

void SqlColumns::create_domain(SqlCursor& cursor) {
  const std::string name = qualified_name(cursor);
  cursor.accept("as");
  Domain domain;
  ShapeField field;
  domain.type = resolved_type(type_text(cursor), nullptr);
  domain.type.written = name;
  bool required = false;
  std::vector<SqlTokens> checks;
  clauses(cursor, field, required, false, checks);
  domain.filled = field.filled;
  domain.type.nullable = !required;
  for (const auto& tokens : checks) {
    for (const ColumnRule& rule : rules_of_check(tokens)) {
      if (rule.column == "value" || rule.column == "VALUE") apply_rule(rule, domain.type);
    }
  }
  add_domain(name, std::move(domain));
}

// A type is named with its schema or without.
void SqlColumns::add_domain(const std::string& name, Domain domain) {
  if (const size_t dot = name.rfind('.'); dot != std::string::npos) domains_.insert_or_assign(name.substr(dot + 1), domain);
  domains_.insert_or_assign(name, std::move(domain));
}

}  // namespace mig::schemas
