#include "runtime/state/database.h"

#include <cerrno>
#include <cstring>
#include <sqlite3.h>

namespace mig {
namespace {

constexpr int kBusyMilliseconds = 10'000;

// SQLite says "disk I/O error" where a write beside the database found the disk full; of its shared memory file it keeps no errno.
bool is_out_of_space(sqlite3* handle, int code) {
  if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE) return true;
  const int number = handle == nullptr || (code & 0xff) != SQLITE_IOERR ? 0 : sqlite3_system_errno(handle);
  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

Error database_error(sqlite3* handle, int code) {
  const char* name = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
  const std::string where = name == nullptr ? std::string("database") : "'" + std::string(name) + "'";
  Error error;
  error.message = where + ": " + (handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle));
  if (is_out_of_space(handle, code)) {
    if ((code & 0xff) == SQLITE_IOERR) error.message += std::string(": ") + std::strerror(ENOSPC);
    error.kind = ErrorKind::kNoSpace;
    error.remedy = "make room and run again: the run continues where it stopped";
    return error;
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error.kind = ErrorKind::kUnavailable;
      error.remedy = "another program holds the database; run again when it is done";
      break;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      error.kind = ErrorKind::kUnavailable;
      error.remedy = "run again when the device is well: the run continues where it stopped";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: error.kind = ErrorKind::kCorrupt; break;
    case SQLITE_CONSTRAINT: error.kind = ErrorKind::kConflict; break;
    default: error.kind = ErrorKind::kConfig;
  }
  return error;
}

}  // namespace

std::string quoted_identifier(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int parameter, int64_t value) { sqlite3_bind_int64(statement_, parameter, value); }
void Statement::bind(int parameter, double value) { sqlite3_bind_double(statement_, parameter, value); }
void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_, parameter, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}
void Statement::bind_blob(int parameter, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, parameter, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}
void Statement::bind_null(int parameter) { sqlite3_bind_null(statement_, parameter); }

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  Result<bool> result = false;
  if (code != SQLITE_DONE) result = database_error(sqlite3_db_handle(statement_), code);
  sqlite3_reset(statement_);
  return result;
}

Result<void> Statement::run() {
  while (true) {
    Result<bool> row = step();
    if (!row) return row.error();
    if (!*row) break;
  }
  sqlite3_clear_bindings(statement_);
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::~Database() { sqlite3_close_v2(handle_); }

Error Database::error(int code) const { return database_error(handle_, code); }

Result<Database> Database::open_durable(const std::string& path, bool create, bool leave_log, bool one_thread) {
  Database database;
  database.path_ = path;
  const int flags = SQLITE_OPEN_READWRITE | (one_thread ? SQLITE_OPEN_NOMUTEX : SQLITE_OPEN_FULLMUTEX) | SQLITE_OPEN_EXRESCODE |
                    (create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &database.handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    Error error = database_error(database.handle_, code);
    error.message = "cannot open '" + path + "': " + sqlite3_errstr(code);
    return error;
  }
  sqlite3_busy_timeout(database.handle_, kBusyMilliseconds);
  sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // The log is moved into the database as it grows; closing needs not wait for the rest.
  sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave_log ? 1 : 0, nullptr);
  for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"}) {
    if (auto done = database.execute(pragma); !done) return done.error();
  }
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return database_error(handle_, code);
  return {};
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_, sql.c_str(), static_cast<int>(sql.size()) + 1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return database_error(handle_, code);
  return Statement(statement);
}

}  // namespace mig
