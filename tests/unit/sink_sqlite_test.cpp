// The SQLite target through whole runs: schema checks, upserts, refused rows, fencing.
#include <gtest/gtest.h>

#include "runtime/connectors/sink.h"
#include "runtime/state/database.h"
#include "runtime/state/ledger.h"
#include "tests/unit/engine_program.h"

namespace mig::test {
namespace {

std::string query(const std::string& path, const std::string& sql) {
  auto database = Database::open_durable(path, false);
  if (!database) return "error: " + database.error().message;
  auto statement = database->prepare(sql);
  if (!statement) return "error: " + statement.error().message;
  std::string out;
  while (true) {
    auto row = statement->step();
    if (!row) return "error: " + row.error().message;
    if (!*row) return out;
    out += (out.empty() ? "" : "|") + statement->text(0);
  }
}

void execute(const std::string& path, const std::string& sql) {
  auto database = Database::open_durable(path, true);
  ASSERT_TRUE(database.ok());
  auto done = database->execute(sql);
  ASSERT_TRUE(done.ok()) << done.error().message;
}

RunOptions options_of(const Folder& folder, uint32_t workers = 2) {
  RunOptions options;
  options.workers = workers;
  options.state_directory = folder / "state";
  options.rejects_file = folder / "rejects.ndjson";
  return options;
}

TEST(SqliteSink, UpsertsAndCounts) {
  const Folder folder;
  std::ofstream(folder / "in.ndjson") << R"({"id":"1","email":"a","n":1,"tags":["x","y"]}
{"id":"2","email":"b","n":2}
{"id":"3","email":"a","tags":["z"]}
{"id":"3","email":"a","tags":["z"]}
)";
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.db", "sqlite");
  const PeopleKernels kernels(*plan);
  const RunReport report = run(*plan, kernels, options_of(folder));
  ASSERT_FALSE(report.error.has_value()) << report.error->message;
  EXPECT_EQ(report.written, 4u);
  EXPECT_EQ(report.inserted, 2u);
  EXPECT_EQ(report.updated, 1u);
  EXPECT_EQ(report.unchanged, 1u);
  // `n` of the second "a" was kept, because that record has none.
  EXPECT_EQ(query(folder / "out.db", "SELECT id || ',' || email || ',' || n || ',' || coalesce(tags, 'null') FROM people ORDER BY email"),
            "3,a,1,[\"z\"]|2,b,2,null");
  EXPECT_EQ(query(folder / "out.db", "SELECT sequence || ',' || complete FROM _migc_ckpt").substr(0, 4).find(",1"), 1u);
}

TEST(SqliteSink, RefusesSingleRowsWithTheReasonOfTheTable) {
  const Folder folder;
  const std::vector<Person> all = people(3000, 11);
  write_people(folder / "in.ndjson", all);
  execute(folder / "out.db",
          "CREATE TABLE people (id TEXT NOT NULL, email TEXT PRIMARY KEY, n INTEGER CHECK (n <> 12), tags TEXT DEFAULT 'none')");
  for (const bool dedupe : {false, true}) {
    const auto plan = people_plan(folder / "in.ndjson", folder / "out.db", "sqlite");
    if (dedupe) add_dedupe(*plan, true, true);
    const PeopleKernels kernels(*plan);
    RunOptions options = options_of(folder);
    options.chunk_bytes = 16384;
    const RunReport report = run(*plan, kernels, options);
    ASSERT_FALSE(report.error.has_value()) << report.error->message;
    EXPECT_EQ(report.read, report.written + report.rejected + report.skipped + report.merged);
    const std::string log = slurp(folder / "rejects.ndjson");
    EXPECT_NE(log.find("CHECK constraint failed"), std::string::npos);
    uint64_t last = 0, lines = 0;
    std::istringstream text(log);
    for (std::string line; std::getline(text, line);) {
      ++lines;
      const uint64_t number = std::strtoull(line.c_str() + 8, nullptr, 10);
      EXPECT_GT(number, last);
      last = number;
      if (line.find("MIG003") == std::string::npos) continue;
      EXPECT_NE(line.find("\"key\":{\"id\":\"" + all[number - 1].id + "\"}"), std::string::npos) << line;
    }
    EXPECT_EQ(lines, report.rejected);
    EXPECT_EQ(query(folder / "out.db", "SELECT count(*) FROM _migc_rejects WHERE run_id = '" + report.run_id + "'"),
              std::to_string(report.rejected));
    EXPECT_EQ(query(folder / "out.db", "SELECT count(*) FROM people WHERE n = 12"), "0");
    EXPECT_NE(query(folder / "out.db", "SELECT count(*) FROM people WHERE tags = 'none'"), "0");
  }
}

TEST(SqliteSink, FindsWrongTablesBeforeTheFirstRow) {
  const struct {
    const char* table;
    const char* expected;
  } cases[] = {
      {"CREATE TABLE people (id TEXT, email TEXT PRIMARY KEY, n INTEGER)", "no column 'tags'"},
      {"CREATE TABLE people (id TEXT, email TEXT, n INTEGER, tags TEXT)", "not unique"},
      {"CREATE TABLE people (id TEXT, email TEXT UNIQUE, n INTEGER, tags TEXT, more TEXT NOT NULL)", "column 'more'"},
      {"CREATE TABLE people (id INTEGER, email TEXT UNIQUE, n INTEGER, tags TEXT)", "00123"},
  };
  for (const auto& entry : cases) {
    const Folder folder;
    write_people(folder / "in.ndjson", people(10, 1));
    execute(folder / "out.db", entry.table);
    const auto plan = people_plan(folder / "in.ndjson", folder / "out.db", "sqlite");
    const PeopleKernels kernels(*plan);
    const RunReport report = run(*plan, kernels, options_of(folder));
    ASSERT_TRUE(report.error.has_value()) << entry.expected;
    EXPECT_EQ(exit_code(report), 2);
    EXPECT_NE(report.error->message.find(entry.expected), std::string::npos) << report.error->message;
  }
}

TEST(SqliteSink, RejectsOrReportsExistingKeys) {
  for (const OnExisting policy : {OnExisting::kReject, OnExisting::kWarn}) {
    const Folder folder;
    std::ofstream(folder / "in.ndjson") << "{\"id\":\"1\",\"email\":\"a\",\"n\":1}\n{\"id\":\"2\",\"email\":\"b\",\"n\":-2}\n";
    execute(folder / "out.db",
            "CREATE TABLE people (id TEXT, email TEXT PRIMARY KEY, n INTEGER, tags TEXT); INSERT INTO people VALUES ('0', 'b', 0, 't')");
    const auto plan = people_plan(folder / "in.ndjson", folder / "out.db", "sqlite");
    plan->targets[0].on_existing = policy;
    const PeopleKernels kernels(*plan);
    const RunReport report = run(*plan, kernels, options_of(folder));
    ASSERT_FALSE(report.error.has_value());
    EXPECT_EQ(report.rejected, policy == OnExisting::kReject ? 1u : 0u);
    EXPECT_EQ(report.warned, policy == OnExisting::kReject ? 0u : 1u);
    EXPECT_EQ(query(folder / "out.db", "SELECT id FROM people WHERE email = 'b'"), policy == OnExisting::kReject ? "0" : "2");
  }
}

TEST(SqliteSink, FencesTheOlderProcess) {
  const Folder folder;
  const auto plan = people_plan("unused", folder / "out.db", "sqlite");
  auto ledger = Ledger::open(folder / "state");
  ASSERT_TRUE(ledger.ok());
  auto older = open_sink(plan->targets[0], plan->types, plan->enums), newer = open_sink(plan->targets[0], plan->types, plan->enums);
  ASSERT_TRUE(older.ok() && newer.ok());
  TargetClaim claim;
  claim.run_id = "r1";
  claim.migration = "people";
  claim.ledger = ledger->get();
  ASSERT_TRUE((*older)->claim(claim).ok());
  ASSERT_TRUE((*older)->seal({1, false, "first"}).ok());
  claim.fresh = false;
  const auto taken = (*newer)->claim(claim);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->sequence, 1u);
  EXPECT_EQ(taken->state, "first");
  const auto late = (*older)->seal({2, false, "late"});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind, ErrorKind::kFenced);
  EXPECT_TRUE((*newer)->seal({2, false, "second"}).ok());
}

}  // namespace
}  // namespace mig::test
