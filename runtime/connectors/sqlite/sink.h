// A table of one SQLite database as target: rows, rejects, counters and position in one transaction an epoch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/sink.h"
#include "runtime/connectors/sqlite/sink_table.h"
#include "runtime/state/database.h"

struct sqlite3_stmt;

namespace mig {

/// Settings: `table`; `create` (make table and file from the schema when they are not there).
class SqliteSink : public Sink {
 public:
  static Result<std::unique_ptr<Sink>> open(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums);

  SinkTraits traits() const override;
  std::string identity() const override { return "sqlite " + path_ + " table " + table_; }
  Result<std::unique_ptr<RecordEncoder>> encoder() const override;
  Result<void> check() override;
  Result<Checkpoint> claim(const TargetClaim& claim) override;
  Result<void> write(const Rows& rows, WriteResult& result) override;
  Result<void> write_rejects(const std::vector<RejectRow>& rejects) override;
  Result<void> seal(const Checkpoint& checkpoint) override;
  Result<void> harden() override { return {}; }
  Result<void> publish(bool) override { return {}; }
  void release() override;
  void discard(Ledger&, const std::string&) override {}
  uint64_t written_bytes() const override { return bytes_; }

 private:
  SqliteSink(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums)
      : plan_(plan), types_(types), enums_(enums) {}
  Result<void> begin();
  Result<void> empty_if_replaced();
  Result<void> fail(Error error);
  Result<void> write_row(const char*& p, uint32_t row, WriteResult& result);
  Result<Checkpoint> take_over();
  Result<void> record_checkpoint(const Checkpoint& checkpoint);
  /// Binds a packed row and what of it is assigned; `deferred`: also the fields that may be filled in later. Moves `p` behind the row.
  void bind_row(sqlite3_stmt* statement, const char*& p, bool deferred);
  /// Of a table with a foreign key into itself: what is needed to fill in its fields when all rows are there.
  Result<void> prepare_deferred();
  void bind_target(Statement& statement) const;
  /// What a run that was abandoned left to fill in counts no longer; in the transaction that begins the new one.
  Result<void> abandon_deferred();
  /// The row was written without its deferred fields, because what they refer to is not there: it is kept to be filled in.
  Result<void> keep_deferred(const char* row, const char* end);
  /// The row was written whole: what an earlier one with its key left to fill in counts no longer.
  Result<void> forget_deferred(const char* row);
  /// Fills in what was kept; kConflict when a row refers to one that never came.
  Result<void> fill_deferred();
  /// The packed values of the key in a packed row.
  std::string packed_key(const char* row) const;

  const TargetPlan& plan_;              // not owned
  const TypeTable& types_;              // not owned
  const std::vector<EnumType>& enums_;  // not owned
  std::string path_, table_;
  bool create_ = false, allow_empty_ = false;
  bool read_something_ = false;  // a chunk of the source came, be it without rows

  TargetClaim claim_;
  int64_t epoch_ = 0;      // of this process in the target
  uint64_t sequence_ = 0;  // last committed
  bool in_transaction_ = false;
  uint64_t bytes_ = 0;
  Database database_;
  TableFacts facts_;
  Statement row_, exists_, reject_;
  uint32_t first_mask_ = 0;  // parameter of the first mask of assigned fields
  std::vector<int64_t> masks_;
  std::vector<uint32_t> deferred_;  // fields that may be filled in later; empty: none
  uint64_t kept_ = 0;               // rows that are to be filled in
  Statement keep_, forget_, fill_;
};

}  // namespace mig
