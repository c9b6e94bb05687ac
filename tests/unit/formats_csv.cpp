#include <gtest/gtest.h>

#include "runtime/formats/csv/csv_index.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

using Lines = std::vector<std::string>;

std::unique_ptr<FormatSetting> texts(int columns) {
  auto s = std::make_unique<FormatSetting>();
  for (int i = 0; i < columns; ++i) s->add(std::string(1, static_cast<char>('a' + i)), s->maybe(s->types.of(Kind::kString)));
  s->layout.finish();
  return s;
}

TEST(Csv, CellsAndLineEnds) {
  const auto s = texts(2);
  EXPECT_EQ(read_csv(*s, "1,2\r\n\"x\",\"y,z\"\n\"a\"\"b\",\"l1\nl2\"\r\n,\"\"\n\"\r\n\",3\nlast,\"one\"\r"),
            (Lines{R"(1: {"a":"1","b":"2"})", R"(2: {"a":"x","b":"y,z"})", R"(3: {"a":"a\"b","b":"l1\nl2"})", R"(5: {"b":""})",
                   R"(6: {"a":"\r\n","b":"3"})", R"(8: {"a":"last","b":"one"})"}));
}

TEST(Csv, BrokenRowsHurtOnlyThemselves) {
  const auto s = texts(2);
  EXPECT_EQ(read_csv(*s, "1,2\n1\n1,2,3\n\na\"b,c\nok,1\n\"x\"y,1\nok,2\n\"x\" ,1\nok,\"never closed\nok,3\nok,4\n"),
            (Lines{R"(1: {"a":"1","b":"2"})", "2: !- the number of columns is not the header's @0",
                   "3: !- the number of columns is not the header's @0", "4: !- the line is empty @0",
                   "5: !- a quote stands inside an unquoted cell @1", R"(6: {"a":"ok","b":"1"})", "7: !- text follows a closing quote @3",
                   R"(8: {"a":"ok","b":"2"})", "9: !- text follows a closing quote @3",
                   "10: !- a quote is opened and not closed before the end of the input or the limit on records @3",
                   R"(11: {"a":"ok","b":"3"})", R"(12: {"a":"ok","b":"4"})"}));
  EXPECT_EQ(read_csv(*s, std::string("a\0b,c\n\xFF,1\nok,2\n", 15)),
            (Lines{"1: !- a NUL byte stands in the record @1", "2: !- the bytes are not UTF-8 @0", R"(3: {"a":"ok","b":"2"})"}));
}

TEST(Csv, Dialects) {
  const auto s = texts(2);
  CsvDialect semicolon;
  semicolon.delimiter = ';';
  semicolon.quote = '\'';
  semicolon.trim = true;
  EXPECT_EQ(read_csv(*s, " 1 ;'2;''3 '\n", semicolon), (Lines{R"(1: {"a":"1","b":"2;'3 "})"}));
  CsvDialect escape;
  escape.escape = '\\';
  EXPECT_EQ(read_csv(*s, "\"a\\\"b\",c\\,d\n", escape), (Lines{R"(1: {"a":"a\"b","b":"c,d"})"}));
  CsvDialect bare;
  bare.quote = 0;
  bare.delimiter = '\t';
  EXPECT_EQ(read_csv(*s, "\"a\t\"b\"\n", bare), (Lines{R"(1: {"a":"\"a","b":"\"b\""})"}));
  CsvDialect inches;
  inches.bare_quotes = true;
  EXPECT_EQ(read_csv(*s, "6\" pipe,x\n\"6\"\" pipe\",37'37.8\"N\n\"a\"b,c\nd,\"\"\n", inches),
            (Lines{R"(1: {"a":"6\" pipe","b":"x"})", R"(2: {"a":"6\" pipe","b":"37'37.8\"N"})", "3: !- text follows a closing quote @3",
                   R"(4: {"a":"d","b":""})"}));
  CsvDialect tokens;
  tokens.null_tokens = {"NULL", ""};
  EXPECT_EQ(read_csv(*s, "NULL,\"\"\nnull,\"NULL\"\n", tokens), (Lines{R"(1: {"a":null,"b":null})", R"(2: {"a":"null","b":null})"}));
}

TEST(Csv, TypedCells) {
  FormatSetting s;
  s.add("i", s.maybe(s.types.integer(-5, 1000)));
  s.add("d", s.maybe(s.types.decimal(5, 2)));
  s.add("b", s.maybe(s.types.of(Kind::kBool)));
  s.add("day", s.maybe(s.types.of(Kind::kDate)));
  s.add("j", s.maybe(s.types.of(Kind::kJson)));
  s.add("l", s.maybe(s.types.list(s.types.of(Kind::kString))), true, true, DecodeMode::kListOrCsv);
  s.add("f", s.maybe(s.types.of(Kind::kFloat)));
  s.layout.finish();
  EXPECT_EQ(
      read_csv(s, "7,1.50,true,2024-01-31,\"{\"\"a\"\":[1]}\",\"x, y\",1e3\n+7,-0.5,false,,1,x,0.25\n\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n"),
      (Lines{R"(1: {"i":7,"d":1.50,"b":true,"day":"2024-01-31","j":{"a":[1]},"l":["x","y"],"f":1000})",
             R"(2: {"i":7,"d":-0.50,"b":false,"j":1,"l":["x"],"f":0.25})", "3: {}"}));
  auto bad = [&](const std::string& row) { return read_csv(s, row + "\n").at(0).substr(3); };
  EXPECT_EQ(bad("7.0,,,,,,"), "!i is not a whole number of 64 bits @0");
  EXPECT_EQ(bad("1001,,,,,,"), "!i is a whole number outside the range of its type @0");
  EXPECT_EQ(bad("99999999999999999999,,,,,,"), "!i is not a whole number of 64 bits @0");
  EXPECT_EQ(bad(" 7,,,,,,"), "!i is not a whole number of 64 bits @0");
  EXPECT_EQ(bad(",1.555,,,,,"), "!d has more digits behind the point than its type keeps @1");
  EXPECT_EQ(bad(",1e1,,,,,"), "!d is not a number @1");
  EXPECT_EQ(bad(",,TRUE,,,,"), "!b is neither true nor false @2");
  EXPECT_EQ(bad(",,,,{,,"), "!j is not JSON @4");
  EXPECT_EQ(bad(",,,,,,inf"), "!f is not a number @6");
  EXPECT_EQ(bad(",,,,,,nan"), "!f is not a number @6");
}

TEST(Csv, RequiredCells) {
  FormatSetting s;
  s.add("a", s.types.of(Kind::kInt), false);
  s.add("b", s.maybe(s.types.of(Kind::kInt)), false);
  s.add("c", s.types.of(Kind::kInt), false, false);
  s.layout.finish();
  EXPECT_EQ(read_csv(s, "1,,x\n,2,\n"), (Lines{R"(1: {"a":1,"b":null})", "2: !a is missing, but required @0"}));
}

TEST(Csv, OneColumn) {
  const auto s = texts(1);
  EXPECT_EQ(read_csv(*s, "x\n\n\"\"\n\r\n"), (Lines{R"(1: {"a":"x"})", "2: {}", R"(3: {"a":""})", "4: {}"}));
}

TEST(Csv, Columns) {
  FormatSetting s;
  s.add("a", s.types.of(Kind::kInt), false, true, DecodeMode::kPlain, {"Name", "Alias"});
  s.add("b", s.maybe(s.types.of(Kind::kInt)));
  s.layout.finish();
  auto match = [&](std::vector<std::string> names) { return match_csv_columns(names, s.layout, s.fields); };
  EXPECT_EQ(match({"x", "Alias", "b"})->column_of_field, (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(match({"Alias", "Name"})->column_of_field, (std::vector<int32_t>{1, -1}));
  auto missing = match({"name", "c"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "the header has no column \"Name\"; it has \"name\", \"c\"");
  EXPECT_EQ(missing.error().remedy, "did you mean \"name\"?");
  EXPECT_FALSE(match({"Name", "Name"}).ok());
}

TEST(Csv, UnreadableTypes) {
  FormatSetting s;
  s.add("a", s.types.list(s.types.of(Kind::kString)));
  s.layout.finish();
  EXPECT_EQ(read_csv(s, "").at(0), "field a: a CSV cell cannot hold list<string>");
}

}  // namespace
}  // namespace mig::test
