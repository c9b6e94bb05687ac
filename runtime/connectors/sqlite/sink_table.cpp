#include "runtime/connectors/sqlite/sink_table.h"

#include <algorithm>
#include <fmt/format.h>

#include "runtime/connectors/sqlite/sink_row.h"

namespace mig {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

enum class Affinity : uint8_t { kInteger, kText, kBlob, kReal, kNumeric };

// The rules of SQLite's "Datatypes" page, in their order.
Affinity affinity_of(const std::string& declared) {
  const std::string type = lower(declared);
  const auto holds = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (holds("int")) return Affinity::kInteger;
  if (holds("char") || holds("clob") || holds("text")) return Affinity::kText;
  if (type.empty() || holds("blob")) return Affinity::kBlob;
  if (holds("real") || holds("floa") || holds("doub")) return Affinity::kReal;
  return Affinity::kNumeric;
}

const char* sql_type(const Type& type) {
  switch (sql_storage(type)) {
    case SqlTag::kInteger: return "INTEGER";
    case SqlTag::kReal: return "REAL";
    case SqlTag::kBlob: return "BLOB";
    case SqlTag::kText:
    case SqlTag::kKeep:
    case SqlTag::kNull: return "TEXT";
  }
  return "TEXT";
}

const ColumnFacts* find_column(const TableFacts& facts, const std::string& name) {
  for (const ColumnFacts& column : facts.columns) {
    if (lower(column.name) == lower(name)) return &column;
  }
  return nullptr;
}

bool writes_new_rows(WriteMode mode) {
  switch (mode) {
    case WriteMode::kAppend:
    case WriteMode::kReplace:
    case WriteMode::kInsert:
    case WriteMode::kUpsert: return true;
    case WriteMode::kUpdate:
    case WriteMode::kPatch:
    case WriteMode::kDelete: return false;
  }
  return false;
}

std::string mask_test(const TargetPlan& plan, uint32_t field) {
  const size_t parameter = plan.layout.fields.size() + 1 + field / kMaskBits;
  return fmt::format("(?{} & {})", parameter, int64_t{1} << (field % kMaskBits));
}

bool is_key(const TargetPlan& plan, uint32_t field) { return std::find(plan.by.begin(), plan.by.end(), field) != plan.by.end(); }

std::string key_condition(const TargetPlan& plan) {
  std::string condition;
  for (const uint32_t field : plan.by) {
    condition += fmt::format("{}{} = ?{}", condition.empty() ? "" : " AND ", quoted_identifier(plan.fields[field].wire_name), field + 1);
  }
  return condition;
}

std::vector<std::string> key_columns(const TargetPlan& plan) {
  std::vector<std::string> key;
  for (const uint32_t field : plan.by) key.push_back(lower(plan.fields[field].wire_name));
  std::sort(key.begin(), key.end());
  return key;
}

bool key_is_unique(const TableFacts& facts, const TargetPlan& plan) {
  const std::vector<std::string> key = key_columns(plan);
  return std::any_of(facts.unique_keys.begin(), facts.unique_keys.end(), [&](std::vector<std::string> unique) {
    std::sort(unique.begin(), unique.end());
    return unique == key;
  });
}

Error unfit(const TargetPlan& plan, const std::string& table, const std::string& what, const std::string& remedy) {
  return {ErrorKind::kConfig, fmt::format("target {}: table {}: {}", plan.name, table, what), remedy};
}

}  // namespace

Result<TableFacts> read_table(Database& database, const std::string& table) {
  TableFacts facts;
  Result<Statement> kind = database.prepare("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND lower(name) = lower(?)");
  if (!kind) return kind.error();
  kind->bind(1, std::string_view(table));
  Result<bool> row = kind->step();
  if (!row) return row.error();
  if (!*row) return facts;
  if (kind->text(0) != "table") return Error{ErrorKind::kConfig, "'" + table + "' is not a table but a " + kind->text(0), ""};
  facts.exists = true;
  facts.has_rowid = kind->integer(1) == 0;
  Result<Statement> columns = database.prepare("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)");
  if (!columns) return columns.error();
  columns->bind(1, std::string_view(table));
  std::vector<std::pair<uint32_t, std::string>> primary;
  while (true) {
    row = columns->step();
    if (!row) return row.error();
    if (!*row) break;
    ColumnFacts& column = facts.columns.emplace_back();
    column.name = columns->text(0);
    column.type = columns->text(1);
    column.not_null = columns->integer(2) != 0;
    column.has_default = !columns->is_null(3);
    column.default_text = columns->text(3);
    column.key_place = static_cast<uint32_t>(columns->integer(4));
    column.generated = columns->integer(5) > 1;
    if (column.key_place > 0) primary.emplace_back(column.key_place, lower(column.name));
  }
  if (!primary.empty()) {
    std::vector<std::string> key;
    for (auto& [place, name] : primary) key.push_back(name);
    facts.unique_keys.push_back(std::move(key));
  }
  Result<Statement> indexes = database.prepare(
      "SELECT l.name, x.name FROM pragma_index_list(?) AS l JOIN pragma_index_xinfo(l.name) AS x ON x.key = 1 WHERE l.\"unique\" = 1 AND "
      "l.partial = 0 "
      "ORDER BY l.name, x.seqno");
  if (!indexes) return indexes.error();
  indexes->bind(1, std::string_view(table));
  std::string current;
  while (true) {
    row = indexes->step();
    if (!row) return row.error();
    if (!*row) break;
    if (facts.unique_keys.empty() || indexes->text(0) != current) facts.unique_keys.emplace_back();
    current = indexes->text(0);
    facts.unique_keys.back().push_back(indexes->is_null(1) ? std::string("(expression)") : lower(indexes->text(1)));
  }
  Result<Statement> references = database.prepare("SELECT \"from\" FROM pragma_foreign_key_list(?1) WHERE lower(\"table\") = lower(?1)");
  if (!references) return references.error();
  references->bind(1, std::string_view(table));
  while (true) {
    row = references->step();
    if (!row) return row.error();
    if (!*row) break;
    facts.own_references.push_back(lower(references->text(0)));
  }
  return facts;
}

Result<void> check_table(const TableFacts& facts, const TargetPlan& plan, const std::string& table, const TypeTable& types) {
  for (uint32_t i = 0; i < plan.fields.size(); ++i) {
    const std::string& name = plan.fields[i].wire_name;
    const ColumnFacts* column = find_column(facts, name);
    if (column == nullptr) return unfit(plan, table, "there is no column '" + name + "'", "add the column, or name it with @name");
    if (column->generated)
      return unfit(plan, table, "column '" + name + "' is computed and cannot be written", "leave the field out of the schema");
    const Type& type = types[plan.layout.fields[i].type];
    const Affinity affinity = affinity_of(column->type);
    const bool numeric = affinity == Affinity::kInteger || affinity == Affinity::kReal || affinity == Affinity::kNumeric;
    const bool exact = type.kind == Kind::kDecimal || type.kind == Kind::kPercent;
    if (numeric && exact && type.precision > 15) {
      return unfit(
          plan, table,
          fmt::format("column '{}' is {}, which cannot hold {} exactly", name, column->type, types.text(plan.layout.fields[i].type)),
          "declare the column TEXT");
    }
    if (numeric && !exact && sql_storage(type) == SqlTag::kText && type.kind != Kind::kScalar) {
      return unfit(plan, table, fmt::format("column '{}' is {}, which would turn texts such as 00123 into numbers", name, column->type),
                   "declare the column TEXT");
    }
  }
  if (writes_new_rows(plan.write)) {
    for (const ColumnFacts& column : facts.columns) {
      const bool mapped = std::any_of(plan.fields.begin(), plan.fields.end(),
                                      [&](const FieldEncode& field) { return lower(field.wire_name) == lower(column.name); });
      const bool row_number =
          facts.has_rowid && column.key_place == 1 && lower(column.type) == "integer" && facts.unique_keys.front().size() == 1;
      if (!mapped && column.not_null && !column.has_default && !column.generated && !row_number) {
        return unfit(plan, table, "column '" + column.name + "' must not be null and no field fills it",
                     "add the field to the schema and the map");
      }
    }
  }
  if (plan.write == WriteMode::kAppend || plan.write == WriteMode::kInsert || plan.by.empty() || key_is_unique(facts, plan)) return {};
  return unfit(plan, table, fmt::format("({}) is not unique there", fmt::join(key_columns(plan), ", ")),
               "create a UNIQUE index over exactly these columns");
}

std::vector<uint32_t> deferred_fields(const TableFacts& facts, const TargetPlan& plan) {
  std::vector<uint32_t> fields;
  if (plan.by.empty() || plan.write == WriteMode::kDelete || !key_is_unique(facts, plan)) return fields;
  for (uint32_t i = 0; i < plan.fields.size(); ++i) {
    const auto& names = facts.own_references;
    const bool refers = std::find(names.begin(), names.end(), lower(plan.fields[i].wire_name)) != names.end();
    if (refers && plan.fields[i].deferred && !is_key(plan, i)) fields.push_back(i);
  }
  return fields;
}

std::string create_table_sql(const TargetPlan& plan, const std::string& table, const TypeTable& types) {
  std::string sql = "CREATE TABLE " + quoted_identifier(table) + " (";
  for (uint32_t i = 0; i < plan.fields.size(); ++i) {
    const FieldSlot& slot = plan.layout.fields[i];
    const Type& type = types[slot.type];
    sql += fmt::format("{}{} {}{}", i == 0 ? "" : ", ", quoted_identifier(plan.fields[i].wire_name), sql_type(type),
                       slot.optional || type.nullable ? "" : " NOT NULL");
  }
  std::string key;
  for (const uint32_t field : plan.by) key += (key.empty() ? "" : ", ") + quoted_identifier(plan.fields[field].wire_name);
  if (!key.empty() && plan.write != WriteMode::kAppend) sql += ", PRIMARY KEY (" + key + ")";
  return sql + ")";
}

std::string write_sql(const TableFacts& facts, const TargetPlan& plan, const std::string& table) {
  std::string columns, values, changes, differs;
  for (uint32_t i = 0; i < plan.fields.size(); ++i) {
    const std::string name = quoted_identifier(plan.fields[i].wire_name);
    const ColumnFacts* column = find_column(facts, plan.fields[i].wire_name);
    const bool defaulted = column != nullptr && column->has_default;
    columns += (i == 0 ? "" : ", ") + name;
    values += i == 0 ? "" : ", ";
    values += defaulted ? fmt::format("iif({}, ?{}, {})", mask_test(plan, i), i + 1, column->default_text) : fmt::format("?{}", i + 1);
    if (is_key(plan, i)) continue;
    changes += fmt::format("{}{} = iif({}, ?{}, {})", changes.empty() ? "" : ", ", name, mask_test(plan, i), i + 1, name);
    differs += fmt::format("{}({} AND {} IS NOT ?{})", differs.empty() ? "" : " OR ", mask_test(plan, i), name, i + 1);
  }
  const std::string into = quoted_identifier(table);
  switch (plan.write) {
    case WriteMode::kAppend:
    case WriteMode::kReplace:
    case WriteMode::kInsert: return fmt::format("INSERT INTO {} ({}) VALUES ({})", into, columns, values);
    case WriteMode::kUpsert: {
      std::string key;
      for (const uint32_t field : plan.by) key += (key.empty() ? "" : ", ") + quoted_identifier(plan.fields[field].wire_name);
      const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO ", into, columns, values, key);
      if (plan.on_existing == OnExisting::kReject || changes.empty()) return insert + "NOTHING";
      return insert + fmt::format("UPDATE SET {} WHERE {}", changes, differs);
    }
    case WriteMode::kUpdate:
    case WriteMode::kPatch:
      if (changes.empty()) return exists_sql(plan, table);
      return fmt::format("UPDATE {} SET {} WHERE {} AND ({})", into, changes, key_condition(plan), differs);
    case WriteMode::kDelete: return fmt::format("DELETE FROM {} WHERE {}", into, key_condition(plan));
  }
  return {};
}

std::string fill_sql(const TargetPlan& plan, const std::string& table, const std::vector<uint32_t>& fields) {
  std::string changes;
  for (const uint32_t field : fields) {
    const std::string name = quoted_identifier(plan.fields[field].wire_name);
    changes += fmt::format("{}{} = iif({}, ?{}, {})", changes.empty() ? "" : ", ", name, mask_test(plan, field), field + 1, name);
  }
  return fmt::format("UPDATE {} SET {} WHERE {}", quoted_identifier(table), changes, key_condition(plan));
}

std::string exists_sql(const TargetPlan& plan, const std::string& table) {
  return fmt::format("SELECT 1 FROM {} WHERE {}", quoted_identifier(table), key_condition(plan));
}

}  // namespace mig
