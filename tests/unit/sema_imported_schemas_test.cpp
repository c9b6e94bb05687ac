// Schemas imported from files: types, overlays, pins, and findings that stand in the file they concern.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/sema/program.h"
#include "compiler/schemas/lock.h"
#include "compiler/schemas/shape_text.h"

namespace mig {
namespace {

namespace fs = std::filesystem;

class ImportedSchemas : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("imported_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) { std::ofstream(root_ / name, std::ios::binary) << text; }
  void check(const std::string& spec, bool ignore_lock = true) {
    const FileId entry = sources_.add("main.mig", spec);
    sema::CheckOptions options;
    options.root = root_.string();
    options.ignore_lock = ignore_lock;
    result_ = sema::check(sources_, entry, options, sink_);
  }
  /// "crm.sql:3:5 E0131" of each finding.
  std::vector<std::string> findings() const {
    std::vector<std::string> found;
    for (const Diagnostic& finding : sink_.all()) {
      const LineColumn at = sources_.position(finding.primary.span);
      found.push_back(std::string(sources_.name(finding.primary.span.file)) + ":" + std::to_string(at.line) + ":" +
                      std::to_string(at.column) + " " + std::string(code_text(finding.code)));
    }
    return found;
  }
  std::string type_of(const std::string& schema, const std::string& field) const {
    for (const sema::SchemaSymbol& symbol : result_.program->schemas) {
      const auto it = symbol.by_name.find(field);
      if (symbol.name == schema && it != symbol.by_name.end()) return result_.program->types.text(symbol.fields[it->second].type);
    }
    return "no such field";
  }

  fs::path root_;
  SourceMap sources_;
  DiagnosticSink sink_;
  sema::SemaResult result_;
};

const char* const kDump =
    "CREATE TYPE crm.stage AS ENUM ('lead', 'In Progress');\n"
    "CREATE TABLE crm.account (\n"
    "  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "  name varchar(20) NOT NULL,\n"
    "  sku text CHECK (sku ~ '^[A-Z]+$'),\n"
    "  stage crm.stage NOT NULL DEFAULT 'lead',\n"
    "  price numeric(10, 2)\n"
    ");\n"
    "CREATE TABLE crm.line (account_id bigint NOT NULL REFERENCES crm.account, pos int NOT NULL, PRIMARY KEY (account_id, pos));\n";
const char* const kImport = "schema Account from postgres(\"crm.sql\", table: \"crm.account\")\n";
const char* const kTarget =
    "schema In { id: int @key  name: string  sku: string }\n"
    "source rows: In from ndjson(\"in.ndjson\")\n"
    "target accounts: Account into ndjson(\"out.ndjson\") { write = replace }\n"
    "issue AC101 \"bad\" fix \"correct it\"\n";

TEST_F(ImportedSchemas, ColumnsArriveAsTypes) {
  write("crm.sql", kDump);
  check(kImport);
  EXPECT_EQ(findings(), std::vector<std::string>{});
  EXPECT_EQ(type_of("Account", "id"), "int");
  EXPECT_EQ(type_of("Account", "name"), "string(..20)");
  EXPECT_EQ(type_of("Account", "sku"), "AccountSku?");
  EXPECT_EQ(type_of("Account", "stage"), "Stage");
  EXPECT_EQ(type_of("Account", "price"), "decimal(10, 2)?");
}

TEST_F(ImportedSchemas, EnumsAndPatternsCanBeNamedAndUsed) {
  write("crm.sql", kDump);
  check(std::string(kImport) + "fn first() -> Stage = lead\n" + kTarget +
        "map m: rows as r -> accounts as a {\n"
        "  require r.sku matches r\"[A-Z]+\" else reject AC101\n"
        "  sku = r.sku\n"
        "  name = r.name |> fit_length(0, 20) catch reject AC101\n"
        "  price = null\n"
        "  stage = first()\n"
        "  ignore r.id because \"the database numbers them\"\n"
        "}\n");
  EXPECT_EQ(findings(), std::vector<std::string>{});
}

TEST_F(ImportedSchemas, AColumnTheDatabaseComputesTakesNoValue) {
  write("crm.sql", kDump);
  check(std::string(kImport) + kTarget +
        "map m: rows as r -> accounts as a {\n  id = r.id\n  name = r.name |> fit_length(0, 20) catch reject AC101\n  sku = null\n  price "
        "= null\n  ignore r.sku because \"-\"\n}\n");
  EXPECT_EQ(findings(), std::vector<std::string>{"main.mig:7:3 E0405"});
}

TEST_F(ImportedSchemas, AnOverlayNarrowsAndNeverWidens) {
  write("crm.sql", kDump);
  check(
      "schema Account from postgres(\"crm.sql\", table: \"crm.account\") {\n  name: string(3..10)\n  sku: string?\n  price: bool?\n  "
      "nothing: int\n}\n");
  EXPECT_EQ(findings(), (std::vector<std::string>{"main.mig:5:3 E0101", "main.mig:4:10 E0201"}));
  EXPECT_EQ(type_of("Account", "name"), "string(3..10)");
  EXPECT_EQ(type_of("Account", "sku"), "AccountSku?");
}

TEST_F(ImportedSchemas, ForeignKeysAreReferencesToTheParentsTarget) {
  write("crm.sql", kDump);
  check(std::string(kImport) +
        "schema Line from postgres(\"crm.sql\", table: \"crm.line\")\n"
        "target accounts: Account into ndjson(\"a.ndjson\") { write = replace }\n"
        "target lines: Line into ndjson(\"l.ndjson\") { write = replace }\n");
  const sema::SchemaSymbol& line = result_.program->schemas[1];
  EXPECT_EQ(line.fields[0].reference_target, 0u);
  EXPECT_TRUE(line.fields[0].reference_imported);
}

TEST_F(ImportedSchemas, MistakesInTheFileStandInTheFile) {
  write("bad.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (\n  id int,\n  , x text);\n");
  write("odd.sql", "CREATE TABLE a (id int,\n  search tsvector);\n");
  check(
      "schema A from postgres(\"bad.sql\", table: \"a\")\nschema B from postgres(\"odd.sql\", table: \"a\")\nschema C from "
      "postgres(\"odd.sql\", table: \"a\") { search: string? }\n");
  EXPECT_EQ(findings(), (std::vector<std::string>{"bad.sql:4:3 E0131", "odd.sql:2:3 E0132"}));
}

TEST_F(ImportedSchemas, DriftFromTheLockIsAnError) {
  write("crm.sql", kDump);
  check(kImport, false);
  EXPECT_EQ(findings(), std::vector<std::string>{"main.mig:1:21 W0134"});

  schemas::Lock lock;
  schemas::LockEntry entry;
  entry.format = "postgres";
  entry.file = "crm.sql";
  entry.selector = "crm.account";
  const auto content = schemas::read_schema(schemas::Format::kPostgres, kDump);
  entry.lines = schemas::shape_lines(*schemas::find_shape(content, entry.selector));
  lock.entries.push_back(entry);
  write("mig.lock", schemas::render_lock(lock));
  SourceMap again;
  sources_ = again;
  sink_.take();
  check(kImport, false);
  EXPECT_EQ(findings(), std::vector<std::string>{});

  lock.entries[0].lines[1] = "name: string(..30)";
  write("mig.lock", schemas::render_lock(lock));
  sources_ = again;
  check(kImport, false);
  EXPECT_EQ(findings(), std::vector<std::string>{"main.mig:1:21 E0133"});
  ASSERT_EQ(sink_.all().size(), 1u);
  ASSERT_FALSE(sink_.all()[0].notes.empty());
  EXPECT_EQ(sink_.all()[0].notes[0].text, "`name` was string(..30), is string(..20)");

  write("mig.lock", "version 1\n<<<<<<< ours\n");
  sources_ = again;
  sink_.take();
  check(kImport, false);
  EXPECT_EQ(findings(), std::vector<std::string>{"mig.lock:2:1 E0135"});
}

}  // namespace
}  // namespace mig
