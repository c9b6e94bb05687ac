// One packed row into the table: insert, update of what is there, or a refusal.
#include <cstring>
#include <fmt/format.h>
#include <sqlite3.h>

#include "runtime/base/failpoint.h"
#include "runtime/connectors/sqlite/sink.h"
#include "runtime/connectors/sqlite/sink_row.h"

namespace mig {

namespace {

constexpr int64_t kNoRow = INT64_MIN + 7;  // a rowid that no insert leaves behind

template <class T>
T take(const char*& p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  p += sizeof value;
  return value;
}

// Binds one packed value; the bytes stay where they are until the statement is reset.
bool bind_packed(sqlite3_stmt* statement, int parameter, const char*& p) {
  switch (static_cast<SqlTag>(*p++)) {
    case SqlTag::kKeep: sqlite3_bind_null(statement, parameter); return false;
    case SqlTag::kNull: sqlite3_bind_null(statement, parameter); return true;
    case SqlTag::kInteger: sqlite3_bind_int64(statement, parameter, take<int64_t>(p)); return true;
    case SqlTag::kReal: sqlite3_bind_double(statement, parameter, take<double>(p)); return true;
    case SqlTag::kText: {
      const uint32_t size = take<uint32_t>(p);
      sqlite3_bind_text64(statement, parameter, p, size, SQLITE_STATIC, SQLITE_UTF8);
      p += size;
      return true;
    }
    case SqlTag::kBlob: {
      const uint32_t size = take<uint32_t>(p);
      sqlite3_bind_blob64(statement, parameter, p, size, SQLITE_STATIC);
      p += size;
      return true;
    }
  }
  return false;
}

}  // namespace

void SqliteSink::bind_row(sqlite3_stmt* statement, const char*& p, bool deferred) {
  std::fill(masks_.begin(), masks_.end(), 0);
  const int known = sqlite3_bind_parameter_count(statement);
  for (uint32_t i = 0; i < plan_.fields.size(); ++i) {
    const int parameter = static_cast<int>(i) + 1;
    if (bind_packed(statement, parameter, p)) masks_[i / kMaskBits] |= int64_t{1} << (i % kMaskBits);
  }
  if (!deferred) {
    for (const uint32_t field : deferred_) {
      sqlite3_bind_null(statement, static_cast<int>(field) + 1);
      masks_[field / kMaskBits] &= ~(int64_t{1} << (field % kMaskBits));
    }
  }
  for (size_t i = 0; i < masks_.size(); ++i) {
    const int parameter = static_cast<int>(first_mask_ + i);
    if (parameter <= known) sqlite3_bind_int64(statement, parameter, masks_[i]);
  }
}

Result<void> SqliteSink::write_row(const char*& p, uint32_t row, WriteResult& result) {
  sqlite3* const handle = database_.raw();
  const char* const start = p;
  const auto bind_all = [&](sqlite3_stmt* statement, bool deferred = true) {
    p = start;
    bind_row(statement, p, deferred);
  };
  // Rows of a WITHOUT ROWID table leave no rowid behind, so the key is looked up first.
  bool existed = false;
  if (!facts_.has_rowid && plan_.write == WriteMode::kUpsert) {
    bind_all(exists_.raw());
    existed = sqlite3_step(exists_.raw()) == SQLITE_ROW;
    sqlite3_reset(exists_.raw());
  }
  bind_all(row_.raw());
  sqlite3_set_last_insert_rowid(handle, kNoRow);
  int code = sqlite3_step(row_.raw());
  bool kept = false;
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY && !deferred_.empty()) {
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_reset(row_.raw());
    bind_all(row_.raw(), false);
    code = sqlite3_step(row_.raw());
    if ((code & 0xff) == SQLITE_CONSTRAINT) {
      // It is not, or not only, the order of rows.
      result.refusals.push_back({row, false, message});
      sqlite3_reset(row_.raw());
      return {};
    }
    kept = code == SQLITE_DONE || code == SQLITE_ROW;
  }
  const int64_t changes = code == SQLITE_DONE ? sqlite3_changes64(handle) : 0;
  if (code == SQLITE_ROW) code = SQLITE_DONE;
  if ((code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_MISMATCH || (code & 0xff) == SQLITE_TOOBIG) {
    result.refusals.push_back({row, false, sqlite3_errmsg(handle)});
    sqlite3_reset(row_.raw());
    return {};
  }
  if (code != SQLITE_DONE) {
    Error error = database_.error(code);
    sqlite3_reset(row_.raw());
    return error;
  }
  sqlite3_reset(row_.raw());
  const int64_t inserted_row = sqlite3_last_insert_rowid(handle);
  if (kept || kept_ != 0) {
    if (auto noted = kept ? keep_deferred(start, p) : forget_deferred(start); !noted) return noted;
  }
  switch (plan_.write) {
    case WriteMode::kAppend:
    case WriteMode::kReplace:
    case WriteMode::kInsert: ++result.inserted; return {};
    case WriteMode::kUpsert: {
      const bool inserted = facts_.has_rowid ? inserted_row != kNoRow : !existed;
      if (inserted) {
        ++result.inserted;
        return {};
      }
      switch (plan_.on_existing) {
        case OnExisting::kReject: result.refusals.push_back({row, true, "the target holds a row with this key already"}); return {};
        case OnExisting::kWarn: result.existing.push_back(row); break;
        case OnExisting::kUpdate: break;
      }
      ++(changes > 0 || kept ? result.updated : result.unchanged);
      return {};
    }
    case WriteMode::kUpdate:
    case WriteMode::kPatch:
      if (changes > 0 || kept) {
        ++result.updated;
        return {};
      }
      bind_all(exists_.raw());
      existed = sqlite3_step(exists_.raw()) == SQLITE_ROW;
      sqlite3_reset(exists_.raw());
      if (existed)
        ++result.unchanged;
      else
        result.refusals.push_back({row, false, "the target holds no row with this key"});
      return {};
    case WriteMode::kDelete:
      if (changes > 0)
        ++result.updated;
      else
        result.refusals.push_back({row, false, "the target holds no row with this key"});
      return {};
  }
  return {};
}

}  // namespace mig
