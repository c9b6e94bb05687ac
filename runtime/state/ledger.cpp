#include "runtime/state/ledger.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "runtime/base/clock.h"
#include "runtime/base/failpoint.h"
#include "runtime/base/file.h"

namespace mig {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, parent_run TEXT NOT NULL, migration TEXT NOT NULL, stage TEXT NOT NULL,
  spec_version TEXT NOT NULL, spec_hash TEXT NOT NULL, source_identity TEXT NOT NULL, target_identity TEXT NOT NULL,
  parameters TEXT NOT NULL, run_now INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, status TEXT NOT NULL,
  error TEXT NOT NULL, attempts INTEGER NOT NULL, records_read INTEGER NOT NULL, written INTEGER NOT NULL, merged INTEGER NOT NULL,
  skipped INTEGER NOT NULL, rejected INTEGER NOT NULL, warned INTEGER NOT NULL, seconds REAL NOT NULL, opened INTEGER NOT NULL,
  fence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal (
  run_id TEXT NOT NULL, target TEXT NOT NULL, sequence INTEGER NOT NULL, phase TEXT NOT NULL, state TEXT NOT NULL,
  detail TEXT NOT NULL, tail BLOB NOT NULL, PRIMARY KEY (run_id, target));
)sql";

// What version 2 added.
constexpr const char* kSecondSchema = R"sql(
ALTER TABLE runs ADD COLUMN environment TEXT NOT NULL DEFAULT '';
CREATE TABLE approvals (
  number INTEGER PRIMARY KEY, migration TEXT NOT NULL, stage TEXT NOT NULL, environment TEXT NOT NULL, subject TEXT NOT NULL,
  role TEXT NOT NULL, by TEXT NOT NULL, account TEXT NOT NULL, evidence TEXT NOT NULL, evidence_is_file INTEGER NOT NULL,
  evidence_hash TEXT NOT NULL, spec_hash TEXT NOT NULL, run_id TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE gates (run_id TEXT NOT NULL, gate TEXT NOT NULL, approval INTEGER NOT NULL, PRIMARY KEY (run_id, gate, approval));
CREATE TABLE waiting (run_id TEXT NOT NULL, gate TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (run_id, gate));
PRAGMA user_version = 2;
)sql";

constexpr int64_t kFormatVersion = 2;

constexpr const char* kRunColumns =
    "run_id, parent_run, migration, stage, spec_version, spec_hash, source_identity, target_identity, parameters, run_now, started, "
    "ended, status, error, attempts, records_read, written, merged, skipped, rejected, warned, seconds, opened, environment";

std::string compact_time(int64_t micros) {
  const time_t seconds = static_cast<time_t>(micros / 1'000'000);
  tm parts = {};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                     parts.tm_sec);
}

Error fenced(const std::string& run_id) {
  return {ErrorKind::kFenced, "another process has taken run " + run_id + " over", "let that one finish; this one changed nothing since"};
}

}  // namespace

namespace {

/// Another process may be doing the same, so the version is read again under the lock.
Result<void> bring_up_to_date(Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  const auto work = [&]() -> Result<void> {
    Result<Statement> version = database.prepare("PRAGMA user_version");
    if (!version) return version.error();
    Result<bool> row = version->step();
    if (!row) return row.error();
    const int64_t found = version->integer(0);
    version->reset();
    if (found >= kFormatVersion) return {};
    return database.execute(std::string(found == 0 ? kSchema : "") + kSecondSchema);
  };
  Result<void> done = work();
  if (done) done = database.execute("COMMIT");
  if (!done) (void)database.execute("ROLLBACK");
  return done;
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& directory) { return open_file(directory, true); }

Result<std::unique_ptr<Ledger>> Ledger::open_existing(const std::string& directory) {
  if (!path_exists(directory + "/ledger.db")) {
    return Error{ErrorKind::kConfig, "there is no run ledger in '" + directory + "'", "name the state directory that the runs used"};
  }
  return open_file(directory, false);
}

Result<std::unique_ptr<Ledger>> Ledger::open_file(const std::string& directory, bool create) {
  if (create) {
    if (auto made = make_directories(directory, true); !made) return made.error();
  }
  Result<Database> database = Database::open_durable(directory + "/ledger.db", create, true);
  if (!database) return database.error();
  {
    Result<Statement> version = database->prepare("PRAGMA user_version");
    if (!version) return version.error();
    Result<bool> row = version->step();
    if (!row) return row.error();
    const int64_t found = version->integer(0);
    if (found > kFormatVersion) {
      return Error{ErrorKind::kConfig, "the run ledger in '" + directory + "' is of a newer migc",
                   "use that version, or another state directory"};
    }
    version->reset();
    if (found < kFormatVersion) {
      if (auto made = bring_up_to_date(*database); !made) return made.error();
    }
  }
  return std::unique_ptr<Ledger>(new Ledger(directory, std::move(*database)));
}

template <class Body>
Result<void> Ledger::transaction(Body&& body) {
  const std::lock_guard lock(mutex_);
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = body();
  if (done) done = database_.execute("COMMIT");
  if (!done) (void)database_.execute("ROLLBACK");
  return done;
}

Result<std::vector<RunRecord>> Ledger::select(const std::string& tail, const std::vector<std::string>& values) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare(fmt::format("SELECT {} FROM runs {}", kRunColumns, tail));
  if (!query) return query.error();
  for (size_t i = 0; i < values.size(); ++i) query->bind(static_cast<int>(i) + 1, std::string_view(values[i]));
  std::vector<RunRecord> records;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return records;
    RunRecord& record = records.emplace_back();
    int column = 0;
    for (std::string* text : {&record.run_id, &record.parent_run, &record.migration, &record.stage, &record.spec_version, &record.spec_hash,
                              &record.source_identity, &record.target_identity, &record.parameters}) {
      *text = query->text(column++);
    }
    record.run_now = query->integer(column++);
    record.started = query->integer(column++);
    record.ended = query->integer(column++);
    record.status = query->text(column++);
    record.error = query->text(column++);
    for (uint64_t* number :
         {&record.attempts, &record.read, &record.written, &record.merged, &record.skipped, &record.rejected, &record.warned}) {
      *number = static_cast<uint64_t>(query->integer(column++));
    }
    record.seconds = query->real(column++);
    record.opened = query->integer(column++) != 0;
    record.environment = query->text(column++);
  }
}

Result<std::optional<RunRecord>> Ledger::unfinished(const std::string& migration, const std::string& stage) {
  auto found = select("WHERE migration = ? AND stage = ? AND status NOT IN ('finished', 'abandoned') ORDER BY number DESC LIMIT 1",
                      {migration, stage});
  if (!found) return found.error();
  if (found->empty()) return std::optional<RunRecord>();
  return std::optional<RunRecord>(std::move(found->front()));
}

Result<std::optional<RunRecord>> Ledger::find(const std::string& run_id) {
  auto found = select("WHERE run_id = ?", {run_id});
  if (!found) return found.error();
  if (found->empty()) return std::optional<RunRecord>();
  return std::optional<RunRecord>(std::move(found->front()));
}

Result<std::vector<RunRecord>> Ledger::history(uint64_t limit) {
  return select(limit == 0 ? "ORDER BY number DESC" : fmt::format("ORDER BY number DESC LIMIT {}", limit), {});
}

Result<std::optional<RunRecord>> Ledger::newest(const std::string& migration, const std::vector<std::string>& stages,
                                                const std::string& environment) {
  std::vector<std::string> values = {migration, environment};
  std::string places;
  for (const std::string& stage : stages) {
    places += places.empty() ? "?" : ", ?";
    values.push_back(stage);
  }
  auto found = select(fmt::format("WHERE migration = ? AND environment = ? AND stage IN ({}) AND (status <> 'abandoned' OR opened = 1) "
                                  "ORDER BY number DESC LIMIT 1",
                                  places),
                      values);
  if (!found) return found.error();
  if (found->empty()) return std::optional<RunRecord>();
  return std::optional<RunRecord>(std::move(found->front()));
}

Result<std::string> Ledger::begin(const RunRecord& record) {
  std::string run_id;
  auto done = transaction([&]() -> Result<void> {
    Result<Statement> last = database_.prepare("SELECT coalesce(max(number), 0) FROM runs");
    if (!last) return last.error();
    Result<Statement> other =
        database_.prepare("SELECT run_id FROM runs WHERE migration = ? AND stage = ? AND status NOT IN ('finished', 'abandoned')");
    if (!other) return other.error();
    other->bind(1, std::string_view(record.migration));
    other->bind(2, std::string_view(record.stage));
    Result<bool> begun = other->step();
    if (!begun) return begun.error();
    if (*begun) {
      return Error{ErrorKind::kUnavailable, "another process has just begun run " + other->text(0) + " of this migration",
                   "run again to continue it"};
    }
    if (auto row = last->step(); !row) return row.error();
    const int64_t number = last->integer(0) + 1;
    last->reset();
    run_id = fmt::format("{}-{}", compact_time(record.started), number);
    Result<Statement> insert =
        database_.prepare(fmt::format("INSERT INTO runs (number, fence, {}) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'running', "
                                      "'', 1, 0, 0, 0, 0, 0, 0, 0, 0, ?)",
                                      kRunColumns));
    if (!insert) return insert.error();
    int parameter = 1;
    insert->bind(parameter++, number);
    for (const std::string* text : {&std::as_const(run_id), &record.parent_run, &record.migration, &record.stage, &record.spec_version,
                                    &record.spec_hash, &record.source_identity, &record.target_identity, &record.parameters}) {
      insert->bind(parameter++, std::string_view(*text));
    }
    insert->bind(parameter++, record.run_now);
    insert->bind(parameter++, record.started);
    insert->bind(parameter++, std::string_view(record.environment));
    return insert->run();
  });
  if (!done) return done.error();
  return run_id;
}

Result<void> Ledger::verify_fence(const std::string& run_id, uint64_t fence) {
  Result<Statement> query = database_.prepare("SELECT fence FROM runs WHERE run_id = ? AND status <> 'abandoned'");
  if (!query) return query.error();
  query->bind(1, std::string_view(run_id));
  Result<bool> row = query->step();
  if (!row) return row.error();
  if (mutant("EPOCH_NOT_CHECKED")) return {};
  if (!*row || query->integer(0) != static_cast<int64_t>(fence)) return fenced(run_id);
  return {};
}

Result<uint64_t> Ledger::take_over(const std::string& run_id) {
  uint64_t fence = 0;
  auto done = transaction([&]() -> Result<void> {
    Result<Statement> raise = database_.prepare(
        "UPDATE runs SET fence = fence + 1, attempts = attempts + 1, status = 'running', error = '' WHERE run_id = ? AND status NOT IN "
        "('finished', 'abandoned')");
    if (!raise) return raise.error();
    raise->bind(1, std::string_view(run_id));
    if (auto ran = raise->run(); !ran) return ran;
    if (sqlite3_changes(database_.raw()) != 1) return fenced(run_id);  // it ended meanwhile
    Result<Statement> query = database_.prepare("SELECT fence FROM runs WHERE run_id = ?");
    if (!query) return query.error();
    query->bind(1, std::string_view(run_id));
    Result<bool> row = query->step();
    if (!row) return row.error();
    fence = static_cast<uint64_t>(query->integer(0));
    return {};
  });
  if (!done) return done.error();
  return fence;
}

Result<void> Ledger::verify(const std::string& run_id, uint64_t fence) {
  const std::lock_guard lock(mutex_);
  return verify_fence(run_id, fence);
}

Result<void> Ledger::update(const RunRecord& record, uint64_t fence) {
  return transaction([&]() -> Result<void> {
    if (auto mine = verify_fence(record.run_id, fence); !mine) return mine;
    Result<Statement> update = database_.prepare(
        "UPDATE runs SET spec_version = ?, spec_hash = ?, source_identity = ?, target_identity = ?, status = ?, error = ?, ended = ?, "
        "records_read = ?, written = ?, merged = ?, skipped = ?, rejected = ?, warned = ?, opened = ?, seconds = ? WHERE run_id = ?");
    if (!update) return update.error();
    int parameter = 1;
    for (const std::string* text :
         {&record.spec_version, &record.spec_hash, &record.source_identity, &record.target_identity, &record.status, &record.error}) {
      update->bind(parameter++, std::string_view(*text));
    }
    update->bind(parameter++, record.ended);
    for (const uint64_t number :
         {record.read, record.written, record.merged, record.skipped, record.rejected, record.warned, uint64_t{record.opened}}) {
      update->bind(parameter++, number);
    }
    update->bind(parameter++, record.seconds);
    update->bind(parameter++, std::string_view(record.run_id));
    return update->run();
  });
}

Result<void> Ledger::abandon(const std::string& run_id) {
  return transaction([&]() -> Result<void> {
    Result<Statement> update =
        database_.prepare("UPDATE runs SET status = 'abandoned', fence = fence + 1, ended = ? WHERE run_id = ? AND status <> 'finished'");
    if (!update) return update.error();
    update->bind(1, wall_micros());
    update->bind(2, std::string_view(run_id));
    return update->run();
  });
}

Result<std::optional<JournalRow>> Ledger::journal(const std::string& run_id, const std::string& target) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare("SELECT sequence, phase, state, detail, tail FROM journal WHERE run_id = ? AND target = ?");
  if (!query) return query.error();
  query->bind(1, std::string_view(run_id));
  query->bind(2, std::string_view(target));
  Result<bool> row = query->step();
  if (!row) return row.error();
  if (!*row) return std::optional<JournalRow>();
  return std::optional<JournalRow>(
      JournalRow{static_cast<uint64_t>(query->integer(0)), query->text(1), query->text(2), query->text(3), query->text(4)});
}

Result<void> Ledger::write_journal(const std::string& run_id, const std::string& target, uint64_t fence, const JournalRow& row) {
  if (const int fault = failpoint("journal"); fault != 0) return system_error(fault, "write", database_.path());
  return transaction([&]() -> Result<void> {
    if (auto mine = verify_fence(run_id, fence); !mine) return mine;
    Result<Statement> write = database_.prepare(
        "INSERT INTO journal (run_id, target, sequence, phase, state, detail, tail) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, "
        "target) "
        "DO UPDATE SET sequence = excluded.sequence, phase = excluded.phase, state = excluded.state, detail = excluded.detail, tail = "
        "excluded.tail");
    if (!write) return write.error();
    write->bind(1, std::string_view(run_id));
    write->bind(2, std::string_view(target));
    write->bind(3, row.sequence);
    write->bind(4, std::string_view(row.phase));
    write->bind(5, std::string_view(row.state));
    write->bind(6, std::string_view(row.detail));
    write->bind_blob(7, row.tail);
    return write->run();
  });
}

Result<std::string> Ledger::run_directory(const std::string& run_id) {
  const std::string path = directory_ + "/runs/" + run_id;
  if (auto made = make_directories(path, true); !made) return made.error();
  return path;
}

}  // namespace mig
