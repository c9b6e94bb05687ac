#include "runtime/connectors/sqlite/sink.h"

#include <cstring>
#include <fmt/format.h>
#include <sqlite3.h>

#include "runtime/base/failpoint.h"
#include "runtime/base/file.h"
#include "runtime/connectors/sqlite/sink_row.h"

namespace mig {
namespace {

constexpr int kCommitAttempts = 30;  // each waits for the connection's busy timeout

constexpr const char* kOwnTables = R"sql(
CREATE TABLE IF NOT EXISTS _migc_ckpt (
  migration TEXT NOT NULL, stage TEXT NOT NULL, target TEXT NOT NULL, run_id TEXT NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  complete INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (migration, stage, target));
CREATE TABLE IF NOT EXISTS _migc_rejects (
  run_id TEXT NOT NULL, map INTEGER NOT NULL, record INTEGER NOT NULL, code TEXT NOT NULL, entry TEXT NOT NULL,
  PRIMARY KEY (run_id, map, record)) WITHOUT ROWID;
)sql";

}  // namespace

Result<std::unique_ptr<Sink>> SqliteSink::open(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums) {
  std::unique_ptr<SqliteSink> sink(new SqliteSink(plan, types, enums));
  const auto wrong = [&](const char* what) { return Error{ErrorKind::kConfig, "target " + plan.name + ": " + what, ""}; };
  if (plan.arguments.empty() || plan.arguments[0].empty()) return wrong("no database file is named");
  sink->path_ = plan.arguments[0];
  const auto table = plan.settings.find("table");
  if (table != plan.settings.end() && std::holds_alternative<std::string>(table->second))
    sink->table_ = std::get<std::string>(table->second);
  if (sink->table_.empty()) return wrong("no table is named: sqlite(file, table: \"name\")");
  if (sink->table_.starts_with("_migc_") || sink->table_.starts_with("sqlite_")) return wrong("the table's name is reserved");
  const auto create = plan.settings.find("create");
  if (create != plan.settings.end()) {
    if (!std::holds_alternative<bool>(create->second)) return wrong("setting 'create' has the wrong type");
    sink->create_ = std::get<bool>(create->second);
  }
  const auto empty = plan.settings.find("allow_empty");
  if (empty != plan.settings.end()) {
    if (!std::holds_alternative<bool>(empty->second)) return wrong("setting 'allow_empty' has the wrong type");
    sink->allow_empty_ = std::get<bool>(empty->second);
  }
  const bool adds = plan.write == WriteMode::kInsert || plan.write == WriteMode::kAppend || plan.write == WriteMode::kReplace;
  if (plan.by.empty() && !adds) return wrong("no key is named to write by");
  if (auto packer = RowPacker::make(plan, types, enums); !packer) return packer.error();
  if (auto absolute = canonical_target(sink->path_); absolute) sink->path_ = *absolute;
  return std::unique_ptr<Sink>(std::move(sink));
}

SinkTraits SqliteSink::traits() const {
  SinkTraits traits;
  traits.transactional = true;
  traits.refuses_single_rows = true;
  traits.amendable = plan_.write != WriteMode::kInsert && plan_.write != WriteMode::kAppend && plan_.write != WriteMode::kReplace;
  traits.guarantee = "exactly-once: rows, rejects and position in one transaction";
  return traits;
}

Result<std::unique_ptr<RecordEncoder>> SqliteSink::encoder() const { return RowPacker::make(plan_, types_, enums_); }

Result<void> SqliteSink::check() {
  const Error absent{ErrorKind::kConfig, "target " + plan_.name + ": there is no table " + table_ + " in '" + path_ + "'",
                     "create it, or say `create = true` in the target"};
  if (!path_exists(path_)) {
    if (create_) return {};
    return absent;
  }
  auto database = Database::open_durable(path_, false);
  if (!database) return database.error();
  auto facts = read_table(*database, table_);
  if (!facts) return facts.error();
  if (!facts->exists) {
    if (create_) return {};
    return absent;
  }
  return check_table(*facts, plan_, table_, types_);
}

Result<Checkpoint> SqliteSink::claim(const TargetClaim& claim) {
  claim_ = claim;
  if (!claim.fresh && !path_exists(path_)) {
    return Error{ErrorKind::kConflict, "the target database '" + path_ + "' of the unfinished run is gone", "start anew with --new"};
  }
  if (create_) {
    if (auto made = make_directories(directory_of(path_), false); !made) return made.error();
  }
  auto database = Database::open_durable(path_, create_, false, true);
  if (!database) return database.error();
  database_ = std::move(*database);
  // Keys come in any order, so every epoch touches pages all over the index: they should stay in memory, and be moved out of the log
  // seldom.
  for (const char* pragma : {"PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 16384"}) {
    if (auto set = database_.execute(pragma); !set) return set.error();
  }
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
  Result<Checkpoint> checkpoint = take_over();
  Result<void> done = checkpoint ? database_.execute("COMMIT") : Result<void>(checkpoint.error());
  if (!done) {
    (void)database_.execute("ROLLBACK");
    return done.error();
  }
  auto row = database_.prepare(write_sql(facts_, plan_, table_));
  if (!row) return row.error();
  row_ = std::move(*row);
  if (!plan_.by.empty()) {
    auto exists = database_.prepare(exists_sql(plan_, table_));
    if (!exists) return exists.error();
    exists_ = std::move(*exists);
  }
  auto reject = database_.prepare("INSERT INTO _migc_rejects (run_id, map, record, code, entry) VALUES (?, ?, ?, ?, ?)");
  if (!reject) return reject.error();
  reject_ = std::move(*reject);
  first_mask_ = static_cast<uint32_t>(plan_.fields.size()) + 1;
  masks_.assign((plan_.fields.size() + kMaskBits - 1) / kMaskBits, 0);
  if (auto prepared = prepare_deferred(); !prepared) return prepared.error();
  return checkpoint;
}

Result<Checkpoint> SqliteSink::take_over() {
  if (auto made = database_.execute(kOwnTables); !made) return made.error();
  auto facts = read_table(database_, table_);
  if (!facts) return facts.error();
  if (!facts->exists) {
    if (!create_ || !claim_.fresh) return Error{ErrorKind::kConflict, "table " + table_ + " is gone from '" + path_ + "'", ""};
    if (auto made = database_.execute(create_table_sql(plan_, table_, types_)); !made) return made.error();
    facts = read_table(database_, table_);
    if (!facts) return facts.error();
  }
  if (auto fits = check_table(*facts, plan_, table_, types_); !fits) return fits.error();
  facts_ = std::move(*facts);
  if (claim_.fresh) {
    auto own = database_.prepare(
        "INSERT INTO _migc_ckpt (migration, stage, target, run_id, epoch, sequence, complete, state) VALUES (?, ?, ?, ?, 1, 0, 0, '') ON "
        "CONFLICT DO UPDATE "
        "SET run_id = excluded.run_id, epoch = epoch + 1, sequence = 0, complete = 0, state = ''");
    if (!own) return own.error();
    own->bind(1, std::string_view(claim_.migration));
    own->bind(2, std::string_view(claim_.stage));
    own->bind(3, std::string_view(plan_.name));
    own->bind(4, std::string_view(claim_.run_id));
    if (auto ran = own->run(); !ran) return ran.error();
    if (auto abandoned = abandon_deferred(); !abandoned) return abandoned.error();
  } else {
    auto raise =
        database_.prepare("UPDATE _migc_ckpt SET epoch = epoch + 1 WHERE migration = ? AND stage = ? AND target = ? AND run_id = ?");
    if (!raise) return raise.error();
    raise->bind(1, std::string_view(claim_.migration));
    raise->bind(2, std::string_view(claim_.stage));
    raise->bind(3, std::string_view(plan_.name));
    raise->bind(4, std::string_view(claim_.run_id));
    if (auto ran = raise->run(); !ran) return ran.error();
    if (sqlite3_changes(database_.raw()) != 1) {
      return Error{ErrorKind::kConflict,
                   "'" + path_ + "' does not hold the checkpoint of run " + claim_.run_id + ": it was replaced, or another run took it",
                   "start anew with --new"};
    }
  }
  auto query =
      database_.prepare("SELECT epoch, sequence, complete, state FROM _migc_ckpt WHERE migration = ? AND stage = ? AND target = ?");
  if (!query) return query.error();
  query->bind(1, std::string_view(claim_.migration));
  query->bind(2, std::string_view(claim_.stage));
  query->bind(3, std::string_view(plan_.name));
  if (auto row = query->step(); !row) return row.error();
  Checkpoint checkpoint;
  epoch_ = query->integer(0);
  checkpoint.sequence = sequence_ = static_cast<uint64_t>(query->integer(1));
  checkpoint.complete = query->integer(2) != 0;
  checkpoint.state = query->text(3);
  return checkpoint;
}

Result<void> SqliteSink::fail(Error error) {
  if (in_transaction_) (void)database_.execute("ROLLBACK");
  in_transaction_ = false;
  return error;
}

Result<void> SqliteSink::begin() {
  if (in_transaction_) return {};
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
  in_transaction_ = true;
  if (mutant("EPOCH_NOT_CHECKED")) return {};
  auto query = database_.prepare(
      "SELECT 1 FROM _migc_ckpt WHERE migration = ? AND stage = ? AND target = ? AND run_id = ? AND epoch = ? AND sequence = ?");
  if (!query) return fail(query.error());
  query->bind(1, std::string_view(claim_.migration));
  query->bind(2, std::string_view(claim_.stage));
  query->bind(3, std::string_view(plan_.name));
  query->bind(4, std::string_view(claim_.run_id));
  query->bind(5, epoch_);
  query->bind(6, sequence_);
  auto row = query->step();
  if (!row) return fail(row.error());
  if (*row) return empty_if_replaced();
  query->reset();
  return fail({ErrorKind::kFenced, "another process has taken the target '" + path_ + "' over",
               "let that one finish; this one changed nothing since"});
}

/// `write = replace`: what the table held goes in the transaction of the run's first epoch.
Result<void> SqliteSink::empty_if_replaced() {
  if (plan_.write != WriteMode::kReplace || sequence_ > 0) return {};
  if (auto emptied = database_.execute("DELETE FROM " + quoted_identifier(table_)); !emptied) return fail(emptied.error());
  return {};
}

Result<void> SqliteSink::write(const Rows& rows, WriteResult& result) {
  result.inserted = result.updated = result.unchanged = 0;
  result.refusals.clear();
  result.existing.clear();
  if (auto begun = begin(); !begun) return begun;
  read_something_ = true;
  uint32_t row = 0;
  for (const std::string_view piece : rows.pieces) {
    const char* const end = piece.data() + piece.size();
    for (const char* next = piece.data(); next != end; ++row) {
      const char* p = next;
      next += rows.sizes[row];
      if (auto written = write_row(p, row, result); !written) return fail(written.error());
    }
    bytes_ += piece.size();
  }
  (void)failpoint("sqlite_after_rows");
  return {};
}

Result<void> SqliteSink::write_rejects(const std::vector<RejectRow>& rejects) {
  if (rejects.empty()) return {};
  if (auto begun = begin(); !begun) return begun;
  for (const RejectRow& reject : rejects) {
    reject_.bind(1, std::string_view(claim_.run_id));
    reject_.bind(2, uint64_t{reject.map});
    reject_.bind(3, reject.record);
    reject_.bind(4, std::string_view(reject.code));
    reject_.bind(5, std::string_view(reject.entry));
    if (auto ran = reject_.run(); !ran) return fail(ran.error());
  }
  return {};
}

Result<void> SqliteSink::record_checkpoint(const Checkpoint& checkpoint) {
  auto update = database_.prepare(
      "UPDATE _migc_ckpt SET sequence = ?, complete = ?, state = ? WHERE migration = ? AND stage = ? AND target = ? AND run_id = ? AND "
      "epoch = ?");
  if (!update) return update.error();
  update->bind(1, checkpoint.sequence);
  update->bind(2, int64_t{checkpoint.complete});
  update->bind(3, std::string_view(checkpoint.state));
  update->bind(4, std::string_view(claim_.migration));
  update->bind(5, std::string_view(claim_.stage));
  update->bind(6, std::string_view(plan_.name));
  update->bind(7, std::string_view(claim_.run_id));
  update->bind(8, epoch_);
  return update->run();
}

Result<void> SqliteSink::seal(const Checkpoint& checkpoint) {
  if (plan_.write == WriteMode::kReplace && checkpoint.complete && sequence_ == 0 && !read_something_ && !allow_empty_) {
    return Error{ErrorKind::kConflict, "the source had no record, so table " + table_ + " of '" + path_ + "' stays as it is",
                 "if that is right, say `allow_empty = true` in the target"};
  }
  if (auto begun = begin(); !begun) return begun;
  if (checkpoint.complete && kept_ != 0) {
    if (auto filled = fill_deferred(); !filled) return fail(filled.error());
  }
  (void)failpoint("sqlite_before_checkpoint");
  const bool late = mutant("CKPT_AFTER_COMMIT");
  if (!late) {
    if (auto recorded = record_checkpoint(checkpoint); !recorded) return fail(recorded.error());
  }
  (void)failpoint("sqlite_before_commit");
  Result<void> committed;
  for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
    committed = database_.execute("COMMIT");
    if (committed || committed.error().kind != ErrorKind::kUnavailable || sqlite3_get_autocommit(database_.raw()) != 0) break;
  }
  if (!committed) return fail(committed.error());
  in_transaction_ = false;
  sequence_ = checkpoint.sequence;
  (void)failpoint("sqlite_after_commit");
  if (late) return record_checkpoint(checkpoint);
  return {};
}

void SqliteSink::release() {
  if (in_transaction_) (void)database_.execute("ROLLBACK");
  in_transaction_ = false;
  row_ = Statement();
  exists_ = Statement();
  reject_ = Statement();
  keep_ = Statement();
  forget_ = Statement();
  fill_ = Statement();
  database_ = Database();
}

}  // namespace mig
