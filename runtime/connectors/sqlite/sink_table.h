// What a table really looks like, whether a target fits it, and the statements that write to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/state/database.h"

namespace mig {

struct ColumnFacts {
  std::string name, type, default_text;  // default as SQL text
  bool not_null = false, has_default = false, generated = false;
  uint32_t key_place = 0;  // in the primary key, from 1; 0: not part of it
};

struct TableFacts {
  bool exists = false;
  bool has_rowid = true;
  std::vector<ColumnFacts> columns;
  std::vector<std::vector<std::string>> unique_keys;  // lower-case column names; primary key among them
  std::vector<std::string> own_references;            // lower-case names of columns of foreign keys into the table itself
};

/// Fields whose assignment one mask parameter tells.
constexpr uint32_t kMaskBits = 62;

Result<TableFacts> read_table(Database& database, const std::string& table);
/// All that can be known before the first row; kConfig with the column named.
Result<void> check_table(const TableFacts& facts, const TargetPlan& plan, const std::string& table, const TypeTable& types);
std::string create_table_sql(const TargetPlan& plan, const std::string& table, const TypeTable& types);
/// Parameters: one a field, then one mask for each kMaskBits fields: bit i % kMaskBits of mask i / kMaskBits says that field i is assigned.
std::string write_sql(const TableFacts& facts, const TargetPlan& plan, const std::string& table);
/// Fields that refer to the table itself by a foreign key and may be filled in later; none where rows cannot be found again by key.
std::vector<uint32_t> deferred_fields(const TableFacts& facts, const TargetPlan& plan);
/// Same parameters: fills in these fields of the row with the key.
std::string fill_sql(const TargetPlan& plan, const std::string& table, const std::vector<uint32_t>& fields);
/// Same parameters; a row when the key exists.
std::string exists_sql(const TargetPlan& plan, const std::string& table);

}  // namespace mig
