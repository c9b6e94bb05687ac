// Dumps of SQLite, PostgreSQL and MySQL as shapes.
#include <algorithm>
#include <unordered_map>

#include "compiler/schemas/readers.h"
#include "compiler/schemas/sql_columns.h"

namespace mig::schemas {

namespace {

class SqlReader {
 public:
  SqlReader(std::string_view text, SqlDialect dialect) : text_(text), lexer_(text, dialect), dialect_(dialect), columns_(text, dialect) {}

  ReadResult run() {
    result_.from_database = true;
    while (auto statement = lexer_.next()) {
      if (statement->too_long) {
        problem(statement->tokens.front(), "this statement is too long to be read", "begins here");
        continue;
      }
      SqlCursor cursor(statement->tokens, statement->end);
      if (cursor.accept("create"))
        create(cursor);
      else if (cursor.accept("alter"))
        alter(cursor);
      if (result_.shapes.size() > kMaxShapes || result_.problems.size() > 20) break;
    }
    if (lexer_.error()) {
      const uint32_t at = lexer_.error()->begin;
      result_.problems.push_back({at, at + 1, "a " + lexer_.error()->what + " is not closed", "opened here"});
    }
    finish();
    return std::move(result_);
  }

 private:
  void problem(const SqlToken& token, std::string message, std::string label) {
    // Behind the last token of a statement there is none.
    const uint32_t size = static_cast<uint32_t>(text_.size());
    const uint32_t begin = token.end > 0 ? token.begin : std::min(statement_end_, size);
    result_.problems.push_back({begin, token.end > 0 ? token.end : begin, std::move(message), std::move(label)});
  }

  void create(SqlCursor& cursor) {
    statement_end_ = cursor.end();
    bool unique = false;
    while (true) {
      if (cursor.accept("temporary") || cursor.accept("temp") || cursor.accept("unlogged") || cursor.accept("foreign") ||
          cursor.accept("global") || cursor.accept("local") || cursor.accept("or", "replace")) {
        continue;
      }
      if (cursor.accept("unique")) {
        unique = true;
        continue;
      }
      break;
    }
    if (cursor.accept("table"))
      create_table(cursor);
    else if (cursor.accept("index"))
      create_index(cursor, unique);
    else if (cursor.accept("type"))
      columns_.create_type(cursor);
    else if (cursor.accept("domain"))
      columns_.create_domain(cursor);
  }

  void create_table(SqlCursor& cursor) {
    if (cursor.accept("if")) cursor.accept("not", "exists");
    if (!cursor.is_name()) {
      problem(cursor.peek(), "a table without a name", "its name is missing here");
      return;
    }
    Shape table;
    table.begin = cursor.peek().begin;
    table.end = cursor.peek().end;
    table.name = columns_.qualified_name(cursor);
    if (cursor.is("partition") && cursor.is("of", 1)) {
      cursor.take();
      cursor.take();
      const std::string parent = columns_.qualified_name(cursor);
      if (const Shape* found = table_named(parent)) table.fields = found->fields;
    } else if (!cursor.accept("(")) {
      if (!cursor.is("as") && !cursor.is("using") && !cursor.is("of") && !cursor.is("select"))
        problem(cursor.peek(), "table " + table.name + " has no columns", "`(` is missing here");
      return;
    } else {
      while (!cursor.done() && !cursor.is(")")) {
        if (!element(cursor, table)) return;
        if (table.fields.size() > kMaxFields) {
          problem(cursor.peek(), "table " + table.name + " has more columns than migc reads", "from here on");
          return;
        }
        if (!cursor.accept(",")) break;
      }
      if (!cursor.accept(")")) {
        problem(cursor.peek(), "the columns of table " + table.name + " are not closed", "`,` or `)` is missing here");
        return;
      }
      if (cursor.accept("inherits")) inherit(cursor.parenthesised(), table);
    }
    tables_.insert_or_assign(table.name, result_.shapes.size());
    result_.shapes.push_back(std::move(table));
  }

  void inherit(std::span<const SqlToken> tokens, Shape& table) {
    SqlCursor cursor(tokens, statement_end_);
    std::vector<ShapeField> own = std::move(table.fields);
    table.fields.clear();
    while (!cursor.done()) {
      if (const Shape* parent = table_named(columns_.qualified_name(cursor)))
        table.fields.insert(table.fields.end(), parent->fields.begin(), parent->fields.end());
      cursor.accept(",");
    }
    for (ShapeField& field : own) {
      std::erase_if(table.fields, [&](const ShapeField& other) { return other.name == field.name; });
      table.fields.push_back(std::move(field));
    }
  }

  bool at_constraint(const SqlCursor& cursor) const {
    static constexpr std::string_view kEverywhere[] = {"constraint", "primary", "foreign", "check", "exclude", "like"};
    for (const std::string_view word : kEverywhere) {
      if (cursor.is(word)) return true;
    }
    if (cursor.is("unique")) return true;
    static constexpr std::string_view kMysqlOnly[] = {"key", "index", "fulltext", "spatial", "period"};
    for (const std::string_view word : kMysqlOnly) {
      if (dialect_ == SqlDialect::kMysql && cursor.is(word)) return true;
    }
    return false;
  }

  bool element(SqlCursor& cursor, Shape& table) {
    if (at_constraint(cursor)) {
      constraint(cursor, table);
      return true;
    }
    if (!cursor.is_name()) {
      problem(cursor.peek(), "a column name is expected in table " + table.name, "not a name");
      return false;
    }
    column(cursor, table);
    return true;
  }

  void skip_element(SqlCursor& cursor) {
    while (!cursor.done() && !cursor.is(",") && !cursor.is(")")) cursor.skip_group();
  }

  // A constraint of the table, here or in ALTER TABLE ... ADD.
  void constraint(SqlCursor& cursor, Shape& table) {
    if (cursor.accept("constraint") && !cursor.is("check") && !cursor.is("primary") && !cursor.is("unique") && !cursor.is("foreign"))
      cursor.take();
    if (cursor.accept("primary", "key")) {
      index_words(cursor);
      for (const std::string& name : columns_.names_in(cursor.parenthesised())) {
        if (ShapeField* field = field_named(table, name)) {
          field->key = true;
          field->type.nullable = false;
        }
      }
    } else if (cursor.accept("unique")) {
      if (!cursor.accept("key")) cursor.accept("index");
      index_words(cursor);
      const auto names = columns_.names_in(cursor.parenthesised());
      ShapeField* field = names.size() == 1 ? field_named(table, names[0]) : nullptr;
      if (field != nullptr) field->unique = true;
    } else if (cursor.accept("foreign", "key")) {
      if (cursor.is_name()) cursor.take();
      const auto names = columns_.names_in(cursor.parenthesised());
      if (cursor.accept("references")) {
        const std::string parent = columns_.qualified_name(cursor);
        const auto keys = columns_.names_in(cursor.parenthesised());
        ShapeField* field = names.size() == 1 && keys.size() < 2 ? field_named(table, names[0]) : nullptr;
        if (field != nullptr) {
          field->parent = parent;
          field->parent_field = keys.empty() ? std::string() : keys[0];
        }
      }
    } else if (cursor.accept("check")) {
      check(cursor.parenthesised(), table);
    }
    skip_element(cursor);
  }

  // MySQL names an index between its keyword and its columns.
  void index_words(SqlCursor& cursor) {
    while (cursor.is_name()) cursor.take();
  }

  ShapeField* field_named(Shape& table, const std::string& name) const {
    const auto lower = [](std::string text) {
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      return text;
    };
    for (ShapeField& field : table.fields) {
      if (field.name == name || (dialect_ != SqlDialect::kPostgres && lower(field.name) == lower(name))) return &field;
    }
    return nullptr;
  }
  const Shape* table_named(const std::string& name) const {
    const auto it = tables_.find(name);
    return it == tables_.end() ? nullptr : &result_.shapes[it->second];
  }

  void column(SqlCursor& cursor, Shape& table) {
    std::vector<SqlTokens> checks;
    table.fields.push_back(columns_.column(cursor, checks));
    for (const SqlTokens tokens : checks) check(tokens, table);
  }

  void check(std::span<const SqlToken> tokens, Shape& table) {
    for (const ColumnRule& rule : rules_of_check(tokens)) {
      if (ShapeField* field = field_named(table, rule.column)) apply_rule(rule, field->type);
    }
  }

  void create_index(SqlCursor& cursor, bool unique) {
    if (!unique) return;
    while (!cursor.done() && !cursor.is("on")) cursor.take();
    if (!cursor.accept("on")) return;
    cursor.accept("only");
    const std::string table = columns_.qualified_name(cursor);
    if (cursor.accept("using")) cursor.take();
    const auto tokens = cursor.parenthesised();
    while (!cursor.done()) {
      if (cursor.is("where")) return;  // unique among some rows only
      cursor.skip_group();
    }
    const auto it = tables_.find(table);
    if (it == tables_.end() || tokens.size() != 1) return;
    if (ShapeField* field = field_named(result_.shapes[it->second], columns_.name_of(tokens[0]))) field->unique = true;
  }

  void alter(SqlCursor& cursor) {
    statement_end_ = cursor.end();
    if (!cursor.accept("table")) return;
    cursor.accept("if", "exists");
    cursor.accept("only");
    const auto it = tables_.find(columns_.qualified_name(cursor));
    if (it == tables_.end()) return;
    Shape& table = result_.shapes[it->second];
    while (!cursor.done()) {
      if (cursor.accept("add")) {
        if (at_constraint(cursor)) {
          constraint(cursor, table);
        } else {
          cursor.accept("column");
          if (cursor.accept("if")) cursor.accept("not", "exists");
          if (cursor.is_name()) column(cursor, table);
        }
      } else if (cursor.accept("alter")) {
        alter_column(cursor, table);
      } else if (cursor.accept("modify")) {  // MySQL: `modify id int not null auto_increment`
        cursor.accept("column");
        Shape changed;
        if (cursor.is_name()) column(cursor, changed);
        ShapeField* field = changed.fields.empty() ? nullptr : field_named(table, changed.fields[0].name);
        if (field != nullptr) {
          field->type = changed.fields[0].type;
          field->type.nullable &= !field->key;
          field->filled = changed.fields[0].filled;
        }
      }
      skip_element(cursor);
      if (!cursor.accept(",")) break;
    }
  }

  void alter_column(SqlCursor& cursor, Shape& table) {
    cursor.accept("column");
    ShapeField* field = field_named(table, columns_.name_of(cursor.take()));
    if (field == nullptr) return;
    if (cursor.accept("set", "default")) {
      columns_.default_value(cursor, *field);
    } else if (cursor.accept("set")) {
      if (cursor.accept("not", "null")) field->type.nullable = false;
    } else if (cursor.accept("drop")) {
      if (cursor.accept("not", "null")) field->type.nullable = true;
    } else if (cursor.accept("add")) {
      cursor.accept("generated");
      field->filled = true;
      field->computed = cursor.is("always");
      field->type.nullable = false;
    }
  }

  // A foreign key that names no column means the parent's key.
  void finish() {
    for (Shape& table : result_.shapes) {
      for (ShapeField& field : table.fields) {
        if (field.parent.empty() || !field.parent_field.empty()) continue;
        const Shape* parent = table_named(field.parent);
        const auto key = parent == nullptr
                             ? std::vector<ShapeField>::const_iterator()
                             : std::find_if(parent->fields.begin(), parent->fields.end(), [](const ShapeField& f) { return f.key; });
        if (parent != nullptr && key != parent->fields.end()) field.parent_field = key->name;
      }
    }
  }

  std::string_view text_;
  SqlLexer lexer_;
  SqlDialect dialect_;
  SqlColumns columns_;
  ReadResult result_;
  std::unordered_map<std::string, size_t> tables_;
  uint32_t statement_end_ = 0;
};

}  // namespace

ReadResult read_sql(std::string_view text, SqlDialect dialect) { return SqlReader(text, dialect).run(); }

}  // namespace mig::schemas
