#include "runtime/state/key_table.h"

#include <sqlite3.h>

#include "runtime/base/file.h"

namespace mig {
namespace {

Error table_error(const std::string& path, sqlite3* handle) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle) & 0xff;
  const ErrorKind kind = code == SQLITE_FULL                               ? ErrorKind::kNoSpace
                         : code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ErrorKind::kCorrupt
                                                                           : ErrorKind::kUnavailable;
  return {kind, "'" + path + "': " + (handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)),
          kind == ErrorKind::kCorrupt ? "the file is damaged: start anew with --new"
                                      : "make room and run again: the run continues where it stopped"};
}

}  // namespace

Result<std::unique_ptr<KeyTable>> KeyTable::connect(const std::string& file, const std::string& name, bool create, uint64_t memory) {
  std::unique_ptr<KeyTable> table(new KeyTable(file, name));
  const int flags = create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  if (sqlite3_open_v2(file.c_str(), &table->handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr) != SQLITE_OK)
    return table_error(file, table->handle_);
  // An unfinished table is thrown away, so it needs no journal.
  const std::string cache = "PRAGMA cache_size = -" + std::to_string(memory >> 10);
  for (const char* pragma : {"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE", cache.c_str()}) {
    if (!create && pragma != cache.c_str()) continue;
    if (auto done = table->execute(pragma); !done) return done.error();
  }
  if (create) {
    if (auto done = table->execute("CREATE TABLE keys(key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"); !done) return done.error();
    if (auto done = table->execute("BEGIN"); !done) return done.error();
  }
  const auto prepare = [&](const char* sql, Statement& into) -> Result<void> {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(table->handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
      return table_error(file, table->handle_);
    into = Statement(statement);
    return {};
  };
  if (create) {
    if (auto done = prepare("INSERT OR IGNORE INTO keys VALUES (?1, ?2)", table->insert_); !done) return done.error();
  }
  if (auto done = prepare("SELECT value FROM keys WHERE key = ?1", table->select_); !done) return done.error();
  return table;
}

Result<std::unique_ptr<KeyTable>> KeyTable::create(const std::string& path, uint64_t memory) {
  const std::string part = path + ".part";
  (void)remove_file(part);
  return connect(part, path, true, memory);
}

Result<std::unique_ptr<KeyTable>> KeyTable::open(const std::string& path, uint64_t memory) {
  if (!path_exists(path)) return std::unique_ptr<KeyTable>();
  return connect(path, path, false, memory);
}

void KeyTable::close() {
  insert_ = Statement();
  select_ = Statement();
  sqlite3_close_v2(handle_);
  handle_ = nullptr;
}

KeyTable::~KeyTable() { close(); }

Result<void> KeyTable::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return table_error(path_, handle_);
  return {};
}

Result<bool> KeyTable::add(std::string_view key, std::string_view value) {
  insert_.bind_blob(1, key);
  insert_.bind_blob(2, value);
  if (auto done = insert_.run(); !done) return done.error();
  const bool added = sqlite3_changes(handle_) != 0;
  count_ += added ? 1 : 0;
  return added;
}

Result<void> KeyTable::finish() {
  if (auto done = execute("COMMIT"); !done) return done;
  close();
  {
    auto file = File::open_update(path_);
    if (!file) return file.error();
    if (auto synced = file->sync_data(); !synced) return synced;
  }
  if (auto renamed = rename_over(path_, name_); !renamed) return renamed;
  auto again = connect(name_, name_, false, 32ull << 20);
  if (!again) return again.error();
  path_ = name_;
  std::swap(handle_, (*again)->handle_);
  std::swap(select_, (*again)->select_);
  return {};
}

void KeyTable::remove() {
  close();
  (void)remove_file(path_);
}

Result<std::optional<std::string>> KeyTable::find(std::string_view key) {
  const std::lock_guard lock(mutex_);
  select_.bind_blob(1, key);
  auto row = select_.step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::string>();
  std::optional<std::string> value = select_.text(0);
  select_.reset();
  return value;
}

}  // namespace mig
