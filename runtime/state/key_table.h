// Keys with a value each on disk, so that memory does not grow with them: what maps wrote under which key, which values there are.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/state/database.h"

namespace mig {

/// Filled once by one thread, then read by any number. A table appears under its name when it is finished, and never before: what a process
/// that died left behind is begun anew.
class KeyTable {
 public:
  /// Begins an empty table, in `<path>.part` until it is finished. `memory`: bytes of pages that it may keep.
  static Result<std::unique_ptr<KeyTable>> create(const std::string& path, uint64_t memory);
  /// The finished table; null when there is none.
  static Result<std::unique_ptr<KeyTable>> open(const std::string& path, uint64_t memory);
  ~KeyTable();
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  /// False: the key is there already, and its value stays.
  Result<bool> add(std::string_view key, std::string_view value);
  /// Makes the table durable under its name. Nothing is added afterwards.
  Result<void> finish();
  /// Removes the file, finished or not: for tables that only this process needs.
  void remove();
  /// Thread-safe.
  Result<std::optional<std::string>> find(std::string_view key);
  uint64_t count() const { return count_; }  // keys added by this process

 private:
  KeyTable(std::string path, std::string name) : path_(std::move(path)), name_(std::move(name)) {}
  static Result<std::unique_ptr<KeyTable>> connect(const std::string& file, const std::string& name, bool create, uint64_t memory);
  Result<void> execute(const char* sql);
  void close();

  std::string path_, name_;  // where it lies, and under which name it will
  sqlite3* handle_ = nullptr;
  Statement insert_, select_;
  std::mutex mutex_;
  uint64_t count_ = 0;
};

}  // namespace mig
