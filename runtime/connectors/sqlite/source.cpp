#include "runtime/connectors/sqlite/source.h"

#include <sqlite3.h>
#include <strings.h>
#include <xxhash.h>

#include <algorithm>

#include "runtime/connectors/sqlite/source_rows.h"
#include "runtime/formats/values/similar_name.h"

namespace mig {
namespace {

using Row = std::vector<std::string>;

/// All rows of a small query, with text parameters.
Result<std::vector<Row>> query(const SqliteReading& database, const char* sql, const Row& parameters) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database.handle(), sql, -1, &raw, nullptr) != SQLITE_OK) return database.error("cannot read the schema");
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  for (size_t i = 0; i < parameters.size(); ++i) {
    sqlite3_bind_text(raw, static_cast<int>(i + 1), parameters[i].data(), static_cast<int>(parameters[i].size()), SQLITE_STATIC);
  }
  std::vector<Row> rows;
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(raw)) == SQLITE_ROW) {
    Row& row = rows.emplace_back();
    for (int c = 0; c < sqlite3_column_count(raw); ++c) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, c));
      row.emplace_back(text == nullptr ? "" : text);
    }
  }
  if (status != SQLITE_DONE) return database.error("cannot read the schema");
  return rows;
}

std::string hexadecimal(uint64_t value) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kHex[value >> shift & 15];
  return text;
}

}  // namespace

void SqliteReading::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Error SqliteReading::error(const std::string& doing) const {
  const int code = handle_ == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle_.get());
  const ErrorKind kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB                        ? ErrorKind::kCorrupt
                         : code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_IOERR ? ErrorKind::kUnavailable
                                                                                                : ErrorKind::kConfig;
  return Error{kind, path_ + ": " + doing + ": " + (handle_ == nullptr ? "out of memory" : sqlite3_errmsg(handle_.get())), ""};
}

Result<SqliteReading> SqliteReading::open(const std::string& path) {
  SqliteReading database;
  database.path_ = path;
  sqlite3* handle = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  database.handle_.reset(handle);
  if (status != SQLITE_OK) return database.error("cannot open the database");
  sqlite3_busy_timeout(handle, 10'000);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Result<std::unique_ptr<Source>> SqliteSource::open(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                                   uint64_t chunk_bytes, uint64_t max_record_bytes) {
  std::unique_ptr<SqliteSource> source(new SqliteSource(plan, types, enums, chunk_bytes, max_record_bytes));
  const auto table = plan.settings.find("table");
  const auto* name = table == plan.settings.end() ? nullptr : std::get_if<std::string>(&table->second);
  if (plan.arguments.size() != 1 || name == nullptr) {
    return Error{ErrorKind::kConfig, "source " + plan.name + " needs a database file and a table",
                 "write sqlite(\"file.db\", table: \"name\")"};
  }
  source->table_.path = plan.arguments[0];
  source->table_.name = *name;
  Result<SqliteReading> database = SqliteReading::open(source->table_.path);
  if (!database.ok()) return database.error();
  if (Result<void> columns = source->find_columns(*database); !columns.ok()) return columns.error();
  if (Result<std::unique_ptr<ChunkDecoder>> decoder = source->decoder(); !decoder.ok()) return decoder.error();
  return std::unique_ptr<Source>(std::move(source));
}

Result<void> SqliteSource::find_columns(const SqliteReading& database) {
  Result<std::vector<Row>> master =
      query(database, "SELECT type, sql FROM sqlite_master WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')", {table_.name});
  if (!master.ok()) return master.error();
  if (master->empty()) {
    std::vector<std::string> names;
    if (Result<std::vector<Row>> all = query(database, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name", {});
        all.ok()) {
      for (Row& row : *all) names.push_back(row[0]);
    }
    return Error{ErrorKind::kConfig, table_.path + " has no table \"" + table_.name + "\"; it has " + list_names(names),
                 did_you_mean(table_.name, names)};
  }
  Result<std::vector<Row>> info =
      query(database, "SELECT name, pk, type FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid", {table_.name});
  if (!info.ok()) return info.error();
  std::vector<std::string> names;
  std::vector<std::pair<int, std::string>> key;
  for (const Row& row : *info) {
    names.push_back(row[0]);
    if (row[1] != "0") key.emplace_back(std::stoi(row[1]), row[0]);
  }
  for (uint32_t i = 0; i < plan_->layout.fields.size(); ++i) {
    if (!plan_->fields[i].needed) continue;
    const std::string* found = nullptr;
    for (const std::string& wanted : plan_->fields[i].wire_names) {
      for (const std::string& name : names) {
        if (name == wanted || (found == nullptr && strcasecmp(name.c_str(), wanted.c_str()) == 0)) found = &name;
      }
      if (found != nullptr) break;
    }
    if (found == nullptr) {
      if (plan_->layout.fields[i].optional) continue;
      const std::string& wanted = plan_->fields[i].wire_names.front();
      return Error{ErrorKind::kConfig, "table \"" + table_.name + "\" has no column \"" + wanted + "\"; it has " + list_names(names),
                   did_you_mean(wanted, names)};
    }
    table_.columns.push_back(*found);
    table_.fields.push_back(i);
  }
  // A rowid is there unless the table says otherwise; asking for it tells.
  const bool is_table = master->front()[0] == "table";
  if (is_table) {
    std::string quoted = "\"";
    for (const char c : table_.name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    quoted += '"';
    table_.has_rowid = query(database, ("SELECT rowid FROM " + quoted + " LIMIT 0").c_str(), {}).ok() &&
                       std::none_of(names.begin(), names.end(), [&](const std::string& name) {
                         return strcasecmp(name.c_str(), "rowid") == 0 && !(key.size() == 1 && key[0].second == name);
                       });
    if (!table_.has_rowid) {
      std::sort(key.begin(), key.end());
      for (auto& [order, name] : key) table_.key.push_back(name);
    }
  }
  Result<std::vector<Row>> facts =
      query(database, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)", {});
  if (!facts.ok()) return facts.error();
  std::string text = facts->front()[0] + "\n" + facts->front()[1] + "\n" + master->front()[1] + "\n";
  for (const Row& row : *info) text += row[0] + " " + row[1] + " " + row[2] + "\n";
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  table_.fingerprint = hexadecimal(hash.high64) + hexadecimal(hash.low64);
  return {};
}

SourceTraits SqliteSource::traits() const {
  const bool keyed = table_.has_rowid || !table_.key.empty();
  return {keyed, keyed, false,
          keyed ? "one read transaction for the life of the process; after a restart reading goes on behind the last key in a new one"
                : "one read transaction; a view has no key, so an interrupted run must begin again"};
}

Result<std::string> SqliteSource::identity() { return table_.path + " " + table_.name + " " + table_.fingerprint + "\n"; }

Result<std::unique_ptr<ChunkReader>> SqliteSource::reader(const Position* from) {
  return make_sqlite_reader(table_, from, chunk_bytes_, max_record_bytes_);
}
Result<std::unique_ptr<ChunkDecoder>> SqliteSource::decoder() { return make_sqlite_decoder(table_, *plan_, *types_, *enums_); }

}  // namespace mig
