// Approvals in the ledger: who answered for what, and which gate it opened.
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/state/ledger.h"

namespace mig {

Result<void> Ledger::approve(const ApprovalRecord& record) {
  const std::lock_guard lock(mutex_);
  Result<Statement> insert = database_.prepare(
      "INSERT INTO approvals (migration, stage, environment, subject, role, by, account, evidence, evidence_hash, spec_hash, run_id, "
      "evidence_is_file, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  int parameter = 1;
  for (const std::string* text : {&record.migration, &record.stage, &record.environment, &record.subject, &record.role, &record.by,
                                  &record.account, &record.evidence, &record.evidence_hash, &record.spec_hash, &record.run_id}) {
    insert->bind(parameter++, std::string_view(*text));
  }
  insert->bind(parameter++, int64_t{record.evidence_is_file});
  insert->bind(parameter++, record.at);
  return insert->run();
}

Result<std::vector<ApprovalRecord>> Ledger::approvals(const std::string& migration) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare(
      "SELECT migration, stage, environment, subject, role, by, account, evidence, evidence_hash, spec_hash, run_id, evidence_is_file, at, "
      "number FROM approvals WHERE ?1 = '' OR migration = ?1 ORDER BY number DESC");
  if (!query) return query.error();
  query->bind(1, std::string_view(migration));
  std::vector<ApprovalRecord> records;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return records;
    ApprovalRecord& record = records.emplace_back();
    int column = 0;
    for (std::string* text : {&record.migration, &record.stage, &record.environment, &record.subject, &record.role, &record.by,
                              &record.account, &record.evidence, &record.evidence_hash, &record.spec_hash, &record.run_id}) {
      *text = query->text(column++);
    }
    record.evidence_is_file = query->integer(column++) != 0;
    record.at = query->integer(column++);
    record.number = static_cast<uint64_t>(query->integer(column++));
  }
}

Result<void> Ledger::open_gate(const std::string& run_id, const std::string& gate, const std::vector<uint64_t>& approvals) {
  if (auto open = gate_is_open(run_id, gate); !open || *open) return open ? Result<void>() : Result<void>(open.error());
  const std::lock_guard lock(mutex_);
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
  const auto work = [&]() -> Result<void> {
    Result<Statement> insert = database_.prepare("INSERT OR IGNORE INTO gates (run_id, gate, approval) VALUES (?, ?, ?)");
    if (!insert) return insert.error();
    // 0 stands for the gate itself, which may need no approval.
    std::vector<uint64_t> numbers = approvals;
    numbers.push_back(0);
    for (const uint64_t number : numbers) {
      insert->bind(1, std::string_view(run_id));
      insert->bind(2, std::string_view(gate));
      insert->bind(3, number);
      if (auto added = insert->run(); !added) return added;
    }
    return database_.execute("COMMIT");
  };
  auto done = work();
  if (!done) (void)database_.execute("ROLLBACK");
  return done;
}

Result<bool> Ledger::gate_is_open(const std::string& run_id, const std::string& gate) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare("SELECT 1 FROM gates WHERE run_id = ? AND gate = ?");
  if (!query) return query.error();
  query->bind(1, std::string_view(run_id));
  query->bind(2, std::string_view(gate));
  return query->step();
}

Result<void> Ledger::wait_at(const std::string& run_id, const std::string& gate) {
  const std::lock_guard lock(mutex_);
  Result<Statement> insert = database_.prepare("INSERT OR IGNORE INTO waiting (run_id, gate, since) VALUES (?, ?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, std::string_view(run_id));
  insert->bind(2, std::string_view(gate));
  insert->bind(3, wall_micros());
  return insert->run();
}

Result<bool> Ledger::waits_at(const std::string& run_id, const std::string& gate) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare("SELECT 1 FROM waiting WHERE run_id = ? AND gate = ?");
  if (!query) return query.error();
  query->bind(1, std::string_view(run_id));
  query->bind(2, std::string_view(gate));
  return query->step();
}

Result<std::vector<uint64_t>> Ledger::approvals_used(const std::string& but_for_run) {
  const std::lock_guard lock(mutex_);
  Result<Statement> query = database_.prepare("SELECT DISTINCT approval FROM gates WHERE run_id <> ? AND approval <> 0");
  if (!query) return query.error();
  query->bind(1, std::string_view(but_for_run));
  std::vector<uint64_t> numbers;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return numbers;
    numbers.push_back(static_cast<uint64_t>(query->integer(0)));
  }
}

}  // namespace mig
