// SQLite behind Results: prepared statements, values always bound, result codes told apart by what has to happen next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mig {

/// `"name"` with quotes doubled.
std::string quoted_identifier(std::string_view name);

/// A prepared statement; finalised with the object. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }
  ~Statement();

  void bind(int parameter, int64_t value);
  void bind(int parameter, uint64_t value) { bind(parameter, static_cast<int64_t>(value)); }
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view text);        // copied
  void bind_blob(int parameter, std::string_view bytes);  // copied
  void bind_null(int parameter);
  /// True: a row stands ready; false: done, and the statement is reset.
  Result<bool> step();
  /// Steps to the end and forgets the bindings.
  Result<void> run();
  void reset();

  int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;
  sqlite3_stmt* raw() const { return statement_; }  // not owned

 private:
  sqlite3_stmt* statement_ = nullptr;
};

/// One connection. Errors: SQLITE_FULL kNoSpace, BUSY, LOCKED and IOERR kUnavailable, CORRUPT and NOTADB kCorrupt, READONLY, CANTOPEN and
/// PERM kConfig, CONSTRAINT kConflict.
class Database {
 public:
  Database() = default;
  Database(Database&& other) noexcept { swap(other); }
  Database& operator=(Database&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Database();

  /// WAL, synchronous = FULL, foreign keys on, untrusted schema, ten seconds' patience with other writers.
  /// `leave_log`: the write-ahead log stays beside the file when it is closed.
  /// `one_thread`: calls never overlap, so SQLite need not guard them.
  static Result<Database> open_durable(const std::string& path, bool create, bool leave_log = false, bool one_thread = false);

  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  sqlite3* raw() const { return handle_; }  // not owned
  const std::string& path() const { return path_; }
  /// The Error for the connection's last failure with this result code.
  Error error(int code) const;

 private:
  void swap(Database& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(path_, other.path_);
  }

  sqlite3* handle_ = nullptr;
  std::string path_;
};

}  // namespace mig
