#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/unit/source_reading.h"

namespace mig::test {
namespace {

using Lines = std::vector<std::string>;

std::string database(const TemporaryFolder& folder, const std::string& sql) {
  const std::string path = folder.path() + "/x.db";
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
  return path;
}

Lines values(const SourceReading& reading) {
  Lines lines;
  for (const std::string& record : reading.records) lines.push_back(record.substr(record.find('@') + 1));
  return lines;
}

TEST(SqliteSource, StoredTypesAgainstDeclaredOnes) {
  const TemporaryFolder folder;
  FormatSetting s;
  s.add("i", s.maybe(s.types.of(Kind::kInt)));
  s.add("d", s.maybe(s.types.decimal(10, 2)));
  s.add("t", s.maybe(s.types.of(Kind::kString)));
  s.add("b", s.maybe(s.types.of(Kind::kBytes)));
  s.add("flag", s.maybe(s.types.of(Kind::kBool)));
  s.add("x", s.maybe(s.types.of(Kind::kScalar)));
  s.add("l", s.maybe(s.types.list(s.types.of(Kind::kInt))));
  s.layout.finish();
  const std::string path = database(
      folder,
      "CREATE TABLE t(unused, I INTEGER, d DECIMAL(10,2), t TEXT, b BLOB, flag, x, l);"
      "INSERT INTO t VALUES (1, 7, 12.50, 'é', x'00FF', 1, 1.5, '[1,\n2]'), (1, NULL, '0.1', '', x'', 0, 'x', '[]'),"
      "(1, 'text', 1, NULL, NULL, NULL, NULL, NULL), (1, 1.5, 1, NULL, NULL, NULL, NULL, NULL), (1, 1, 0.125, NULL, NULL, NULL, NULL, "
      "NULL),"
      "(1, 1, 1, x'41', NULL, NULL, NULL, NULL), (1, 1, 1, CAST(x'FF' AS TEXT), NULL, NULL, NULL, NULL), (1, 1, 1, 'x', 'x', NULL, NULL, "
      "NULL),"
      "(1, 1, 1, 'x', NULL, 2, NULL, NULL), (1, 1, 1, 'x', NULL, 1, NULL, '[\"x\"]'), (1, 1, 0.1 + 0.2, 'x', NULL, 1, NULL, '[1]');");
  const SourceReading got = read_source(s, s.plan("sqlite", {path}, {{"table", std::string("t")}}));
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(values(got),
            (Lines{R"(1+0 {"i":7,"d":12.50,"t":"é","b":"AP8=","flag":true,"x":1.5,"l":[1,2]})",
                   R"(2+0 {"i":null,"d":0.10,"t":"","b":"","flag":false,"x":"x","l":[]})", "3+0 !i is not a whole number of 64 bits",
                   "4+0 !i is not a whole number of 64 bits", "5+0 !d is a float that no decimal of its type stands for exactly",
                   "6+0 !t is not a text", "7+0 !t holds bytes that are not UTF-8", "8+0 !b is not a blob", "9+0 !flag is neither 0 nor 1",
                   "10+0 !l is not a whole number of 64 bits", "11+0 !d is a float that no decimal of its type stands for exactly"}));
}

TEST(SqliteSource, ResumesBehindTheKey) {
  const TemporaryFolder folder;
  FormatSetting s;
  s.add("v", s.types.of(Kind::kInt), false);
  s.layout.finish();
  for (const std::string table : {"CREATE TABLE t(v INTEGER PRIMARY KEY);", "CREATE TABLE t(v INTEGER);",
                                  "CREATE TABLE t(k TEXT, n REAL, v INTEGER, PRIMARY KEY(k, n)) WITHOUT ROWID;"}) {
    std::filesystem::remove(folder.path() + "/x.db");
    std::string sql = table;
    const bool keyed = table.find("WITHOUT") != std::string::npos;
    for (int i = 0; i < 50; ++i)
      sql += keyed ? "INSERT INTO t VALUES('k." + std::to_string(100 + i) + "', 0.5, " + std::to_string(i) + ");"
                   : "INSERT INTO t(v) VALUES(" + std::to_string(i) + ");";
    const SourcePlan plan = s.plan("sqlite", {database(folder, sql)}, {{"table", std::string("t")}});
    const SourceReading whole = read_source(s, plan, 100);
    ASSERT_EQ(whole.error, "");
    ASSERT_EQ(whole.records.size(), 50u);
    ASSERT_GT(whole.positions.size(), 5u);
    for (size_t i = 0; i < whole.positions.size(); ++i) {
      const SourceReading rest = read_source(s, plan, 100, 16 << 20, &whole.positions[i]);
      EXPECT_EQ(rest.error, "");
      ASSERT_EQ(rest.records.size(), 50 - whole.counts[i]);
      if (rest.records.empty()) continue;
      EXPECT_EQ(rest.records.front().substr(rest.records.front().find('{')),
                whole.records[whole.counts[i]].substr(whole.records[whole.counts[i]].find('{')));
    }
    database(folder, "ALTER TABLE t ADD COLUMN other;");
    EXPECT_EQ(read_source(s, plan, 100, 16 << 20, &whole.positions[0]).kind, ErrorKind::kSourceChanged);
  }
}

TEST(SqliteSource, MistakesAreNamed) {
  const TemporaryFolder folder;
  FormatSetting s;
  s.add("name", s.types.of(Kind::kString), false);
  s.layout.finish();
  const std::string path = database(folder,
                                    "CREATE TABLE people(\"Name \"\"x\" TEXT, nme TEXT); CREATE VIEW v AS SELECT nme AS name FROM people; "
                                    "INSERT INTO people VALUES('a', 'b');");
  EXPECT_EQ(read_source(s, s.plan("sqlite", {path}, {{"table", std::string("peple")}})).error,
            path + " has no table \"peple\"; it has \"people\", \"v\"");
  EXPECT_EQ(read_source(s, s.plan("sqlite", {path}, {{"table", std::string("people")}})).error,
            "table \"people\" has no column \"name\"; it has \"Name \"x\", \"nme\"");
  EXPECT_EQ(values(read_source(s, s.plan("sqlite", {path}, {{"table", std::string("v")}}))), (Lines{R"(0+0 {"name":"b"})"}));
  EXPECT_EQ(read_source(s, s.plan("sqlite", {folder.path() + "/none.db"}, {{"table", std::string("v")}})).kind, ErrorKind::kConfig);
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/none.db"));
  EXPECT_EQ(read_source(s, s.plan("sqlite", {path})).kind, ErrorKind::kConfig);
  folder.write("text.db", "this is not a database, but a text that is long enough to have a header of sqlite's size: one hundred bytes");
  EXPECT_EQ(read_source(s, s.plan("sqlite", {folder.path() + "/text.db"}, {{"table", std::string("v")}})).kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace mig::test
