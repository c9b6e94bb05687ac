#include <gtest/gtest.h>

#include "runtime/formats/ndjson/json_proof.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

/// One field `v` of the type; the value as decoded, or the failure.
std::string value_of(FormatSetting& setting, const std::string& value) {
  std::vector<std::string> records = read_ndjson(setting, "{\"v\":" + value + "}\n");
  EXPECT_EQ(records.size(), 1u) << value;
  std::string text = records.at(0).substr(3);
  const std::string head = "{\"v\":";
  return text.starts_with(head) ? text.substr(head.size(), text.size() - head.size() - 1) : text;
}

struct One : FormatSetting {
  template <class Make>
  explicit One(Make make, DecodeMode mode = DecodeMode::kPlain) {
    add("v", make(types), false, true, mode);
    layout.finish();
  }
};

TEST(Ndjson, IntegersAreExact) {
  One s([](TypeTable& t) { return t.of(Kind::kInt); });
  EXPECT_EQ(value_of(s, "0"), "0");
  EXPECT_EQ(value_of(s, "-0"), "0");
  EXPECT_EQ(value_of(s, "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(value_of(s, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(value_of(s, "999999999999999999"), "999999999999999999");
  for (const char* bad : {"9223372036854775808", "1.0", "1e2", "\"1\"", "true", "[1]", "{}", "12345678901234567890123"}) {
    EXPECT_EQ(value_of(s, bad), "!v is not a whole number of 64 bits @5") << bad;
  }
  EXPECT_EQ(value_of(s, "null"), "!v is null, but a value is required @5");
  for (const char* bad : {"01", "-", "+1", "1.", ".5", "1e", "0x1", "--1", "NaN", "Infinity", "1 2"}) {
    EXPECT_TRUE(value_of(s, bad).starts_with("!- ")) << bad << ": " << value_of(s, bad);
  }
}

TEST(Ndjson, IntegerBounds) {
  One s([](TypeTable& t) { return t.integer(0, 10); });
  EXPECT_EQ(value_of(s, "10"), "10");
  EXPECT_EQ(value_of(s, "-1"), "!v is a whole number outside the range of its type @5");
  EXPECT_EQ(value_of(s, "11"), "!v is a whole number outside the range of its type @5");
}

TEST(Ndjson, DecimalsAreJudgedByValue) {
  One s([](TypeTable& t) { return t.decimal(5, 4); });
  EXPECT_EQ(value_of(s, "0.5"), "0.5000");
  EXPECT_EQ(value_of(s, "0.50000"), "0.5000");
  EXPECT_EQ(value_of(s, "5e-1"), "0.5000");
  EXPECT_EQ(value_of(s, "0.00005e1"), "0.0005");
  EXPECT_EQ(value_of(s, "-9.9999"), "-9.9999");
  EXPECT_EQ(value_of(s, "3"), "3.0000");
  EXPECT_EQ(value_of(s, "0.00001"), "!v has more digits behind the point than its type keeps @5");
  EXPECT_EQ(value_of(s, "10"), "!v has more digits in front of the point than its type keeps @5");
  EXPECT_EQ(value_of(s, "1e30"), "!v has more digits in front of the point than its type keeps @5");
  EXPECT_EQ(value_of(s, "\"0.5\""), "!v is not a number @5");
  One wide([](TypeTable& t) { return t.decimal(38, 10); });
  EXPECT_EQ(value_of(wide, "9999999999999999999999999999.9999999999"), "9999999999999999999999999999.9999999999");
  EXPECT_EQ(value_of(wide, "12345678901234567890.5"), "12345678901234567890.5000000000");
}

TEST(Ndjson, FloatsAndBools) {
  One f([](TypeTable& t) { return t.of(Kind::kFloat); });
  EXPECT_EQ(value_of(f, "0.1"), "0.1");
  EXPECT_EQ(value_of(f, "1e400"), "!v is a number beyond the range of a float @5");
  EXPECT_EQ(value_of(f, "1e-400"), "0");
  One b([](TypeTable& t) { return t.of(Kind::kBool); });
  EXPECT_EQ(value_of(b, "true"), "true");
  EXPECT_EQ(value_of(b, "1"), "!v is neither true nor false @5");
  EXPECT_TRUE(value_of(b, "True").starts_with("!- "));
  EXPECT_TRUE(value_of(b, "tru").starts_with("!- "));
}

TEST(Ndjson, Texts) {
  One s([](TypeTable& t) { return t.of(Kind::kString); });
  EXPECT_EQ(value_of(s, R"("")"), R"("")");
  EXPECT_EQ(value_of(s, R"("a\"b\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00")"), "\"a\\\"b\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\xF0\x9F\x98\x80\"");
  EXPECT_EQ(value_of(s, R"("\u0000")"), R"("\u0000")");
  EXPECT_EQ(value_of(s, R"("\\")"), R"("\\")");
  EXPECT_EQ(value_of(s, R"("\\\"")"), R"("\\\"")");
  EXPECT_EQ(value_of(s, "12"), "!v is not a text @5");
  for (const char* bad : {R"("\x")", R"("\u12g4")", R"("\ud800")", R"("\ud800\u0041")", R"("\udc00")", "\"\t\"", "\"\x01\"", "\"\xC0\x80\"",
                          "\"\xED\xA0\x80\"", "\"\xFF\"", "\"\xE2\x82\"", "\"a", "'a'", R"("a\)", R"("a\")"}) {
    EXPECT_TRUE(value_of(s, bad).starts_with("!- ")) << bad << ": " << value_of(s, bad);
  }
  One bounded([](TypeTable& t) { return t.string(1, 2); });
  EXPECT_EQ(value_of(bounded, R"("éé")"), R"("éé")");
  EXPECT_EQ(value_of(bounded, R"("")"), "!v is shorter than its type allows @5");
  EXPECT_EQ(value_of(bounded, R"("ééé")"), "!v is longer than its type allows @5");
  One bytes([](TypeTable& t) { return t.string(0, 3, LengthUnit::kBytes); });
  EXPECT_EQ(value_of(bytes, R"("éé")"), "!v is longer than its type allows @5");
  One utf16([](TypeTable& t) { return t.string(0, 1, LengthUnit::kUtf16); });
  EXPECT_EQ(value_of(utf16, R"("😀")"), "!v is longer than its type allows @5");
}

TEST(Ndjson, TextsOfOtherTypes) {
  One date([](TypeTable& t) { return t.of(Kind::kDate); });
  EXPECT_EQ(value_of(date, R"("2024-02-29")"), R"("2024-02-29")");
  EXPECT_EQ(value_of(date, R"("2023-02-29")"), "!v is not a date such as 2024-03-04 @5");
  One stamp([](TypeTable& t) { return t.of(Kind::kTimestamp); });
  EXPECT_EQ(value_of(stamp, R"("2024-03-04T05:06:07.250-05:00")"), R"("2024-03-04T10:06:07.25Z")");
  EXPECT_EQ(value_of(stamp, R"("2024-03-04T05:06:07")"), "!v is not a time with zone such as 2024-03-04T05:06:07Z @5");
  One uuid([](TypeTable& t) { return t.of(Kind::kUuid); });
  EXPECT_EQ(value_of(uuid, R"("6BA7B810-9dad-11d1-80b4-00c04fd430c8")"), R"("6ba7b810-9dad-11d1-80b4-00c04fd430c8")");
  One bytes([](TypeTable& t) { return t.of(Kind::kBytes); });
  for (const char* good : {R"("")", R"("QQ==")", R"("QUI=")", R"("QUJD")", R"("//79")"}) EXPECT_EQ(value_of(bytes, good), good);
  for (const char* bad : {R"("Q")", R"("QR==")", R"("QUI")", R"("QQ==QQ==")", R"("Q=Q=")", R"("====")"})
    EXPECT_EQ(value_of(bytes, bad), "!v is not base64 @5") << bad;
}

TEST(Ndjson, Enums) {
  FormatSetting s;
  s.enums.push_back({"Status", false, {{"active", "A"}, {"closed", "C\"x"}}});
  Type type;
  type.kind = Kind::kEnum;
  type.name = "Status";
  type.declaration = 0;
  s.add("v", s.types.intern(type), false);
  s.layout.finish();
  EXPECT_EQ(value_of(s, R"("A")"), R"("A")");
  EXPECT_EQ(value_of(s, R"("C\"x")"), R"("C\"x")");
  EXPECT_EQ(value_of(s, R"("active")"), "!v is not one of the names that its enum lists @5");
}

TEST(Ndjson, Scalars) {
  One s([](TypeTable& t) { return t.nullable(t.of(Kind::kScalar)); });
  for (const char* same :
       {"true", "12", "-9223372036854775808", "0.50", "\"x\"", "null", "9223372036854775808", "99999999999999999999999999999999999999"}) {
    EXPECT_EQ(value_of(s, same), same);
  }
  EXPECT_EQ(value_of(s, "1e2"), "100");
  EXPECT_EQ(value_of(s, "[]"), "!v is a list or an object where a single value is expected @5");
  EXPECT_EQ(value_of(s, "999999999999999999999999999999999999999"), "!v is a number of more than 38 digits @5");
}

TEST(Ndjson, JsonKeepsItsText) {
  One s([](TypeTable& t) { return t.of(Kind::kJson); });
  for (const char* same : {"null", "[1, {\"a\" : [ ]} ]", "\"\\u0041\"", "1E+2", "{}", "[[],[{}]]"}) EXPECT_EQ(value_of(s, same), same);
  for (const char* bad :
       {"[1,]", "{\"a\"}", "{\"a\":}", "{,}", "[,1]", "[1", "[1}", "{\"a\":1]", "nul", "", "[1 2]", "{\"a\":1,}", "{1:2}", "[\"a]", "1]"}) {
    EXPECT_TRUE(value_of(s, bad).starts_with("!- ")) << bad << ": " << value_of(s, bad);
  }
}

TEST(Ndjson, ListsMapsRecords) {
  One list([](TypeTable& t) { return t.list(t.of(Kind::kInt)); });
  EXPECT_EQ(value_of(list, "[ 1 , 2 ]"), "[1,2]");
  EXPECT_EQ(value_of(list, "[]"), "[]");
  EXPECT_EQ(value_of(list, "[1,null]"), "!v is null, but a value is required @8");
  EXPECT_EQ(value_of(list, "[1,\"x\",[}]").substr(0, 2), "!-");
  One map([](TypeTable& t) { return t.map(t.of(Kind::kString), t.nullable(t.of(Kind::kScalar))); });
  EXPECT_EQ(value_of(map, R"({"a":1,"b":null,"a":"x"})"), R"({"a":"x","b":null})");
  EXPECT_EQ(value_of(map, R"({"a":[1],"a":2})"), R"({"a":2})");
  EXPECT_EQ(value_of(map, R"({"a":2,"a":[1]})"), "!v is a list or an object where a single value is expected @16");
  EXPECT_EQ(value_of(map, R"({"\u0061":1,"a":2})"), R"({"a":2})");
  std::string big = "{", want = "{";
  for (int i = 0; i < 100; ++i) big += (i == 0 ? "\"k" : ",\"k") + std::to_string(i % 70) + "\":" + std::to_string(i);
  for (int i = 0; i < 70; ++i) want += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i < 30 ? i + 70 : i);
  EXPECT_EQ(value_of(map, big + "}"), want + "}");
  One set([](TypeTable& t) {
    Type type;
    type.kind = Kind::kSet;
    type.element = t.of(Kind::kString);
    return t.intern(type);
  });
  EXPECT_EQ(value_of(set, R"(["b","a","b"])"), R"(["b","a"])");
  One record([](TypeTable& t) {
    Type type;
    type.kind = Kind::kRecord;
    type.fields = {{"a", t.of(Kind::kInt), false}, {"b", t.nullable(t.of(Kind::kString)), true}};
    return t.intern(type);
  });
  EXPECT_EQ(value_of(record, R"({"b":"x","z":[1],"a":1})"), R"({"a":1,"b":"x"})");
  EXPECT_EQ(value_of(record, R"({"a":"bad","a":1})"), R"({"a":1})");
  EXPECT_EQ(value_of(record, R"({"b":"x"})"), "!v is missing, but required @5");
  EXPECT_EQ(value_of(record, R"({"a":true,"b":1})"), "!v is not a whole number of 64 bits @10");
}

TEST(Ndjson, ListModes) {
  One csv([](TypeTable& t) { return t.nullable(t.list(t.of(Kind::kString))); }, DecodeMode::kListOrCsv);
  EXPECT_EQ(value_of(csv, R"(["a, b",""])"), R"(["a, b",""])");
  EXPECT_EQ(value_of(csv, R"(" a, b c ,,\u0064,")"), R"(["a","b c","d"])");
  EXPECT_EQ(value_of(csv, R"("")"), "[]");
  EXPECT_EQ(value_of(csv, "null"), "null");
  EXPECT_EQ(value_of(csv, "1"), "!v is neither a list nor a text @5");
  One keys([](TypeTable& t) { return t.list(t.of(Kind::kString)); }, DecodeMode::kListOrKeys);
  EXPECT_EQ(value_of(keys, R"({"a":1,"b":[{}],"a":2})"), R"(["a","b"])");
  EXPECT_EQ(value_of(keys, R"("x")"), "!v is neither a list nor an object @5");
}

TEST(Ndjson, PresenceAndRequired) {
  FormatSetting s;
  s.add("a", s.types.of(Kind::kInt), false);
  s.add("b", s.maybe(s.types.of(Kind::kString)));
  s.add("c", s.types.of(Kind::kInt), false, false);
  s.layout.finish();
  const auto got = read_ndjson(s, "{\"a\":1}\n{\"a\":2,\"b\":null,\"c\":\"unread\"}\n{\"b\":\"x\"}\n{}\n");
  EXPECT_EQ(got, (std::vector<std::string>{"1: {\"a\":1}", "2: {\"a\":2,\"b\":null}", "3: !a is missing, but required @0",
                                           "4: !a is missing, but required @0"}));
}

TEST(Ndjson, AliasesAndRepeatedKeys) {
  FormatSetting s;
  s.add("a", s.maybe(s.types.of(Kind::kInt)), true, true, DecodeMode::kPlain, {"first", "second"});
  s.layout.finish();
  auto one = [&](const std::string& line) { return read_ndjson(s, line + "\n").at(0).substr(3); };
  EXPECT_EQ(one(R"({"second":2,"first":1})"), R"({"a":1})");
  EXPECT_EQ(one(R"({"first":1,"second":2})"), R"({"a":1})");
  EXPECT_EQ(one(R"({"first":null,"second":2})"), R"({"a":null})");
  EXPECT_EQ(one(R"({"second":2})"), R"({"a":2})");
  EXPECT_EQ(one(R"({"second":2,"second":3})"), R"({"a":3})");
  EXPECT_EQ(one(R"({"first":"bad","first":3})"), R"({"a":3})");
  EXPECT_EQ(one(R"({"first":3,"first":"bad"})"), "!a is not a whole number of 64 bits @19");
  EXPECT_EQ(one(R"({"first":3,"second":"bad"})"), R"({"a":3})");
  EXPECT_EQ(one(R"({"second":"bad","first":3})"), R"({"a":3})");
}

TEST(Ndjson, KeyOrderIsLearntAndUnlearnt) {
  FormatSetting s;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "a_very_long_name_of_more_than_thirty_two_bytes"})
    s.add(name, s.types.of(Kind::kInt));
  s.layout.finish();
  EXPECT_EQ(
      read_ndjson(s,
                  "{\"f\":6,\"x\":0,\"a\":1}\n{\"a_very_long_name_of_more_than_thirty_two_bytes\":7,\"f\":6,\"x\":{\"a\":9},\"a\":1}\n"
                  "{ \"\\u0066\" :6 , \"a_very_long_name_of_more_than_thirty_two_byteS\":7, \"e\":5,\"d\":4,\"c\":3,\"b\":2}\r\n{}\n"),
      (std::vector<std::string>{"1: {\"a\":1,\"f\":6}", "2: {\"a\":1,\"f\":6,\"a_very_long_name_of_more_than_thirty_two_bytes\":7}",
                                "3: {\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6}", "4: {}"}));
}

TEST(Ndjson, BadLinesHurtOnlyThemselves) {
  FormatSetting s;
  s.add("a", s.maybe(s.types.of(Kind::kInt)));
  s.layout.finish();
  EXPECT_EQ(read_ndjson(
                s, "\n{\"a\":1}\n{\"a\":\"\n{\"a\":2}\n[1]\n   \n{\"a\":3}\\\n{\"a\":4}\r\n\xEF\xBB\xBF{\"a\":5}\n{\"a\":6} x\n{\"a\":7}"),
            (std::vector<std::string>{"1: !- the line is empty @0", "2: {\"a\":1}", "3: !- a text has no closing quote @5", "4: {\"a\":2}",
                                      "5: !- the line is JSON, but not an object @0", "6: !- the line is empty @3",
                                      "7: !- something stands behind the end of the value @7", "8: {\"a\":4}",
                                      "9: !- a byte order mark stands before the record @0",
                                      "10: !- something stands behind the end of the value @8", "11: {\"a\":7}"}));
}

TEST(Ndjson, DepthIsCapped) {
  One s([](TypeTable& t) { return t.of(Kind::kJson); });
  auto nested = [](int depth) { return std::string(static_cast<size_t>(depth), '[') + std::string(static_cast<size_t>(depth), ']'); };
  EXPECT_EQ(value_of(s, nested(255)), nested(255));
  EXPECT_EQ(value_of(s, nested(256)), "!- lists and objects are nested too deep @260");
  EXPECT_TRUE(value_of(s, std::string(2'000'000, '[')).starts_with("!- lists and objects are nested too deep"));
}

TEST(Ndjson, LimitsOfARecord) {
  FormatSetting s;
  s.add("a", s.maybe(s.types.of(Kind::kString)));
  s.layout.finish();
  DecoderOptions options = s.options();
  options.max_record_bytes = 20;
  options.max_fields = 3;
  auto decoder = make_ndjson_decoder(options);
  ASSERT_TRUE(decoder.ok());
  EXPECT_EQ(read_all(s, **decoder,
                     "{\"a\":\"12345678901234\"}\n{\"a\":\"123\"}\n{\"a\":\"\",\"b\":[{\"c\":1}]}\n{\"a\":\"\",\"b\":1,\"c\":1}\n{\"d\":{"
                     "\"d\":1,\"d\":1}}\n{\"1\":1,\"2\":{\"2\":1}}\n{\"1\":{\"1\":1,\"1\":1,\"\":1}}"),
            (std::vector<std::string>{"1: !- the record is longer than the limit on records @20", "2: {\"a\":\"123\"}",
                                      "3: !- the record is longer than the limit on records @20", "4: {\"a\":\"\"}", "5: {}", "6: {}",
                                      "7: !- the record is longer than the limit on records @20"}));
  options.max_record_bytes = 1000;
  decoder = make_ndjson_decoder(options);
  EXPECT_EQ(read_all(s, **decoder, "{\"1\":{\"1\":1,\"1\":1,\"\":1}}\n").at(0), "1: !- the record has more fields than the limit @0");
}

TEST(JsonProof, AgreesWithTheRules) {
  auto cause = [](std::string_view text) { return prove_json(text, 256).cause; };
  for (const char* good : {"1", " [ ] ", "\"\\ud83d\\ude00\"", "-0.0e-0", "{\"a\":[{}]}"}) EXPECT_EQ(cause(good), nullptr) << good;
  for (const char* bad : {"", " ", "1 1", "[", "]", "{\"a\"", "\"", "\"\\", "\"\\u", "-", "01", "1.",
                          "\xEF\xBB\xBF"
                          "1"})
    EXPECT_NE(cause(bad), nullptr) << bad;
}

}  // namespace
}  // namespace mig::test
