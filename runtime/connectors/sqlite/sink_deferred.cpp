// Rows that refer to rows of the same table that are not there yet: written without the reference, which is filled in at the end.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <sqlite3.h>

#include "runtime/base/failpoint.h"
#include "runtime/connectors/sqlite/sink.h"
#include "runtime/connectors/sqlite/sink_row.h"

namespace mig {
namespace {

constexpr const char* kOwnTable = R"sql(
CREATE TABLE IF NOT EXISTS _migc_deferred (
  migration TEXT NOT NULL, stage TEXT NOT NULL, target TEXT NOT NULL, key BLOB NOT NULL, row BLOB NOT NULL,
  PRIMARY KEY (migration, stage, target, key)) WITHOUT ROWID
)sql";
constexpr const char* kOfTarget = "migration = ?1 AND stage = ?2 AND target = ?3";

uint64_t size_of_packed(const char* p) {
  switch (static_cast<SqlTag>(*p)) {
    case SqlTag::kKeep:
    case SqlTag::kNull: return 1;
    case SqlTag::kInteger: return 1 + sizeof(int64_t);
    case SqlTag::kReal: return 1 + sizeof(double);
    case SqlTag::kText:
    case SqlTag::kBlob: {
      uint32_t size = 0;
      std::memcpy(&size, p + 1, sizeof size);
      return 1 + sizeof size + size;
    }
  }
  return 1;
}

/// A key of an error message.
std::string key_in_words(std::string_view key) {
  std::string words;
  while (!key.empty()) {
    const uint64_t size = size_of_packed(key.data());
    words += words.empty() ? "" : ", ";
    if (static_cast<SqlTag>(key[0]) == SqlTag::kInteger) {
      int64_t value = 0;
      std::memcpy(&value, key.data() + 1, sizeof value);
      words += std::to_string(value);
    } else if (static_cast<SqlTag>(key[0]) == SqlTag::kText) {
      words += key.substr(5, size - 5);
    } else {
      words += "?";
    }
    key.remove_prefix(size);
  }
  return words;
}

}  // namespace

std::string SqliteSink::packed_key(const char* row) const {
  std::string key;
  for (uint32_t i = 0; i < plan_.fields.size(); ++i) {
    const uint64_t size = size_of_packed(row);
    if (std::find(plan_.by.begin(), plan_.by.end(), i) != plan_.by.end()) key.append(row, size);
    row += size;
  }
  return key;
}

void SqliteSink::bind_target(Statement& statement) const {
  statement.bind(1, std::string_view(claim_.migration));
  statement.bind(2, std::string_view(claim_.stage));
  statement.bind(3, std::string_view(plan_.name));
}

Result<void> SqliteSink::abandon_deferred() {
  auto known = database_.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_migc_deferred'");
  if (!known) return known.error();
  auto there = known->step();
  if (!there) return there.error();
  if (!*there) return {};
  auto remove = database_.prepare(std::string("DELETE FROM _migc_deferred WHERE ") + kOfTarget);
  if (!remove) return remove.error();
  bind_target(*remove);
  return remove->run();
}

Result<void> SqliteSink::prepare_deferred() {
  deferred_ = deferred_fields(facts_, plan_);
  kept_ = 0;
  if (deferred_.empty()) return {};
  if (auto made = database_.execute(kOwnTable); !made) return made;
  const auto prepare = [&](Statement& into, const std::string& sql) -> Result<void> {
    auto statement = database_.prepare(sql);
    if (!statement) return statement.error();
    into = std::move(*statement);
    return {};
  };
  Statement count;
  const std::string of_target = kOfTarget;
  for (auto& [into, sql] : std::initializer_list<std::pair<Statement*, std::string>>{
           {&keep_, "INSERT OR REPLACE INTO _migc_deferred (migration, stage, target, key, row) VALUES (?1, ?2, ?3, ?4, ?5)"},
           {&forget_, "DELETE FROM _migc_deferred WHERE " + of_target + " AND (?4 IS NULL OR key = ?4)"},
           {&fill_, fill_sql(plan_, table_, deferred_)},
           {&count, "SELECT count(*) FROM _migc_deferred WHERE " + of_target}}) {
    if (auto prepared = prepare(*into, sql); !prepared) return prepared;
  }
  bind_target(count);
  auto row = count.step();
  if (!row) return row.error();
  kept_ = static_cast<uint64_t>(count.integer(0));
  return {};
}

Result<void> SqliteSink::keep_deferred(const char* row, const char* end) {
  const std::string key = packed_key(row);
  if (auto forgotten = forget_deferred(row); !forgotten) return forgotten;
  bind_target(keep_);
  keep_.bind_blob(4, key);
  keep_.bind_blob(5, {row, static_cast<size_t>(end - row)});
  if (auto ran = keep_.run(); !ran) return ran;
  ++kept_;
  return {};
}

Result<void> SqliteSink::forget_deferred(const char* row) {
  bind_target(forget_);
  if (row == nullptr) {
    forget_.bind_null(4);
  } else {
    forget_.bind_blob(4, packed_key(row));
  }
  if (auto ran = forget_.run(); !ran) return ran;
  const auto gone = static_cast<uint64_t>(sqlite3_changes64(database_.raw()));
  kept_ -= std::min(kept_, gone);
  return {};
}

Result<void> SqliteSink::fill_deferred() {
  auto rows = database_.prepare(std::string("SELECT key, row FROM _migc_deferred WHERE ") + kOfTarget);
  if (!rows) return rows.error();
  bind_target(*rows);
  uint64_t dangling = 0;
  std::string examples;
  while (true) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const std::string key = rows->text(0), packed = rows->text(1);
    const char* p = packed.data();
    bind_row(fill_.raw(), p, true);
    const int code = sqlite3_step(fill_.raw());
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
      if (++dangling <= 3) examples += (examples.empty() ? "" : "; ") + key_in_words(key);
    } else if (code != SQLITE_DONE && code != SQLITE_ROW) {
      Error error = database_.error(code);
      sqlite3_reset(fill_.raw());
      return error;
    }
    sqlite3_reset(fill_.raw());
  }
  (void)failpoint("sqlite_deferred_filled");
  if (dangling != 0) {
    return Error{
        ErrorKind::kConflict,
        fmt::format("{} of the rows written to table {} refer to rows of it that are not there: {}{}", dangling, table_, examples,
                    dangling > 3 ? "; ..." : ""),
        "the reject log names the rows that the table refused: add the missing ones to the table, then run again: it goes on from here"};
  }
  return forget_deferred(nullptr);
}

}  // namespace mig
