// A SQLite table as source: read-only, one read transaction, rows in key order, only the columns that are needed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/source.h"

struct sqlite3;

namespace mig {

/// Closes itself.
class SqliteReading {
 public:
  static Result<SqliteReading> open(const std::string& path);
  sqlite3* handle() const { return handle_.get(); }
  Error error(const std::string& doing) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// How a table is read.
struct SqliteTable {
  std::string path;
  std::string name;
  std::vector<std::string> columns;  // selected, in the order of `fields`
  std::vector<uint32_t> fields;      // index in the layout
  bool has_rowid = false;
  std::vector<std::string> key;  // of a table without rowid; empty with has_rowid false: a view, which cannot be resumed
  std::string fingerprint;       // of the schema, hexadecimal
};

/// Setting `table` names a table or view; the argument is the database file. Column names are compared exactly, else without case.
/// A resumed run continues behind the last key in a new transaction: it sees what others have changed behind that key meanwhile.
class SqliteSource final : public Source {
 public:
  /// kConfig: no such file, table or column, a type that a column cannot hold.
  static Result<std::unique_ptr<Source>> open(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                              uint64_t chunk_bytes, uint64_t max_record_bytes);
  SourceTraits traits() const override;
  Result<std::string> identity() override;
  Result<std::unique_ptr<ChunkReader>> reader(const Position* from) override;
  Result<std::unique_ptr<ChunkDecoder>> decoder() override;
  Result<std::unique_ptr<ChunkDecoder>> narrow_decoder(const std::vector<FieldDecode>&) override { return decoder(); }
  Result<bool> lies_as_read() const override { return false; }
  std::vector<std::string> files() const override { return {table_.name}; }

 private:
  SqliteSource(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums, uint64_t chunk_bytes,
               uint64_t max_record_bytes)
      : plan_(&plan), types_(&types), enums_(&enums), chunk_bytes_(chunk_bytes), max_record_bytes_(max_record_bytes) {}
  Result<void> find_columns(const SqliteReading& database);

  const SourcePlan* plan_;
  const TypeTable* types_;
  const std::vector<EnumType>* enums_;
  uint64_t chunk_bytes_;
  uint64_t max_record_bytes_;
  SqliteTable table_;
};

}  // namespace mig
