// Schema files of every format as shapes: tests/golden/schemas, NAME.FORMAT.ending beside NAME.FORMAT.ending.expected.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/base/source_map.h"
#include "compiler/schemas/lock.h"
#include "compiler/schemas/shape_text.h"

namespace mig::schemas {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string described(Format format, const std::string& text) {
  const ReadResult result = read_schema(format, text);
  SourceMap sources;
  const FileId file = sources.add("file", text);
  std::string out;
  for (const Shape& shape : result.shapes) {
    const LineColumn at = sources.position(file, shape.begin);
    out += (shape.name.empty() ? "(no name)" : shape.name) + " at " + std::to_string(at.line) + ":" + std::to_string(at.column) + "\n";
    for (const std::string& line : shape_lines(shape)) out += "  " + line + "\n";
  }
  for (const Problem& problem : result.problems) {
    const LineColumn at = sources.position(file, problem.begin);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + problem.message + " (" + problem.label + ")\n";
  }
  return out;
}

std::vector<fs::path> inputs() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(MIGC_SOURCE_DIR "/tests/golden/schemas")) {
    if (entry.path().extension() != ".expected") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class SchemaFiles : public testing::TestWithParam<fs::path> {};

TEST_P(SchemaFiles, AreReadAsExpected) {
  const std::string name = GetParam().stem().string();
  const FormatInfo* format = find_format(name.substr(name.rfind('.') + 1));
  ASSERT_NE(format, nullptr) << name;
  const std::string found = described(format->format, text_of(GetParam()));
  const fs::path expected = GetParam().string() + ".expected";
  if (std::getenv("MIG_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << found;
  EXPECT_EQ(found, text_of(expected));
}

INSTANTIATE_TEST_SUITE_P(Golden, SchemaFiles, testing::ValuesIn(inputs()), [](const auto& test_info) {
  std::string name = test_info.param.stem().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

// What no dump holds: nests, sizes and references made to exhaust a reader. Every format answers with a problem or a shape, soon.
TEST(SchemaFiles, HostileTextsAreBounded) {
  const size_t many = 200000;
  const auto repeated = [](std::string_view part, size_t count) {
    std::string text;
    text.reserve(part.size() * count);
    for (size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  std::vector<std::string> texts = {
      repeated("(", many),
      repeated("[", many),
      repeated("{", many),
      repeated("{\"a\":", many),
      repeated("- ", many),
      repeated("\"", many),
      repeated("'", many),
      "CREATE TABLE t (" + repeated("(", many),
      "CREATE TABLE t (a int CHECK (" + repeated("(", many) + ")",
      "CREATE TABLE t (" + repeated("a int, ", many) + "b int);",
      repeated("CREATE TABLE t (a int);", 50000),
      repeated("/*", many),
      "$" + repeated("a", many),
      "{\"type\": \"object\", \"allOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}",
      "{\"$ref\": \"#\"}",
      repeated("a,", many) + "\n",
      std::string(1000, '\0'),
      "\xff\xfe\x00",
      "",
      "{\"type\":\"record\",\"name\":\"A\",\"fields\":[" + repeated("{\"name\":\"x\",\"type\":[\"null\",\"A\"]},", 1000) +
          "{\"name\":\"y\",\"type\":\"int\"}]}",
  };
  // Aliases that double: nine levels of ten.
  std::string bomb = "components:\n  schemas:\n    a0: &a0 {type: object, properties: {x: {type: string}}}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = std::to_string(i - 1);
    bomb += "    a" + std::to_string(i) + ": &a" + std::to_string(i) + " {type: object, properties: {p: *a" + before + ", q: *a" + before +
            "}}\n";
  }
  texts.push_back(bomb);
  // The same through references.
  std::string references = "{\"type\":\"object\",\"properties\":{\"p\":{\"$ref\":\"#/$defs/a39\"}},\"$defs\":{\"a0\":{\"type\":\"string\"}";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "{\"$ref\":\"#/$defs/a" + std::to_string(i - 1) + "\"}";
    references += ",\"a" + std::to_string(i) + "\":{\"type\":\"object\",\"properties\":{\"p\":" + before + ",\"q\":" + before + "}}";
  }
  texts.push_back(references + "}}");
  for (const std::string& text : texts) {
    for (const FormatInfo& format : formats()) {
      const ReadResult result = read_schema(format.format, text);
      EXPECT_LE(result.shapes.size(), kMaxShapes + 1);
      for (const Problem& problem : result.problems) EXPECT_LE(problem.begin, text.size()) << format.name;
    }
  }
}

TEST(Lock, KeepsWhatItIsGiven) {
  Lock lock;
  LockEntry entry;
  entry.format = "postgres";
  entry.file = "a \"quoted\" file.sql";
  entry.selector = "crm.account";
  entry.lines = {"id: int @key", "`E-Mail`?: string(..254)? @unique"};
  lock.entries.push_back(entry);
  entry.file = "a.sql";
  entry.lines = {};
  lock.entries.push_back(entry);
  const std::string text = render_lock(lock);
  std::optional<Problem> problem;
  const Lock read = parse_lock(text, problem);
  EXPECT_FALSE(problem.has_value());
  EXPECT_EQ(render_lock(read), text);
  const LockEntry* found = read.find("postgres", "a \"quoted\" file.sql", "crm.account");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->lines.size(), 2u);
}

TEST(Lock, RefusesWhatWasChangedByHand) {
  Lock lock;
  LockEntry entry;
  entry.format = "avro";
  entry.file = "a.avsc";
  entry.lines = {"id: int"};
  lock.entries.push_back(entry);
  const std::string good = render_lock(lock);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"  id: int", "  id: int?"},
                                                                                 {"schema avro", "<<<<<<< ours\nschema avro"},
                                                                                 {"version 1", "version 3"},
                                                                                 {"schema avro", "shcema avro"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    std::optional<Problem> problem;
    parse_lock(bad, problem);
    EXPECT_TRUE(problem.has_value()) << to;
  }
}

TEST(Lock, ChangesAreNamedByField) {
  const auto changes = compare_lines({"a: int", "`b c`: string", "d: date"}, {"d: date", "a: int?", "e?: bool"});
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(change_text(changes[0]), "`a` was int, is int?");
  EXPECT_EQ(change_text(changes[1]), "`e` is new: bool, may be absent");
  EXPECT_EQ(change_text(changes[2]), "`b c` is gone; it was string");
}

}  // namespace
}  // namespace mig::schemas
