#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

/// Reads NDJSON lines and writes them as CSV.
std::string as_csv(FormatSetting& setting, const std::string& ndjson, Settings settings = {}) {
  TargetPlan target;
  target.name = "t";
  target.connector = "csv";
  target.settings = std::move(settings);
  target.layout = setting.layout;
  for (const FieldSlot& slot : setting.layout.fields) target.fields.push_back({slot.name, false});
  auto encoder = make_encoder(target, setting.types, setting.enums);
  if (!encoder.ok()) return encoder.error().message;
  auto decoder = make_ndjson_decoder(setting.options());
  std::string padded = ndjson + std::string(64, '\0'), out;
  (*encoder)->header(out);
  std::vector<Cell> memory(setting.layout.stride / sizeof(Cell) + 2);
  auto* frame = reinterpret_cast<uint8_t*>(memory.data());
  uint64_t lines = 0;
  for (const char* p = padded.data(); p != padded.data() + ndjson.size();) {
    std::memset(frame, 0, setting.layout.stride);
    DecodeFailure failure;
    bool failed = false;
    p = (*decoder)->decode(p, padded.data() + ndjson.size(), frame, setting.context, lines, failure, failed);
    EXPECT_FALSE(failed);
    (*encoder)->encode(frame, out);
  }
  return out;
}

TEST(EncodeCsv, QuotesOnlyWhereNeeded) {
  FormatSetting s;
  s.add("a", s.maybe(s.types.of(Kind::kString)));
  s.add("b,c", s.maybe(s.types.of(Kind::kString)));
  s.layout.finish();
  const std::string input = R"({"a":"x","b,c":"y z"}
{"a":"","b,c":null}
{"b,c":"a,b"}
{"a":"say \"hi\"","b,c":"l1\nl2"}
{"a":"cr\r","b,c":" blank "}
{"a":"a;long;text;with;more;than;sixteen;bytes","b,c":"and, with a comma"}
)";
  EXPECT_EQ(as_csv(s, input),
            "a,\"b,c\"\nx,y z\n\"\",\n,\"a,b\"\n\"say \"\"hi\"\"\",\"l1\nl2\"\n\"cr\r\", blank "
            "\na;long;text;with;more;than;sixteen;bytes,\"and, with a comma\"\n");
  EXPECT_EQ(as_csv(s, input.substr(0, input.find('\n') + 1),
                   {{"delimiter", std::string(";")}, {"line_end", std::string("crlf")}, {"header", false}}),
            "x;y z\r\n");
  EXPECT_EQ(as_csv(s, "{\"a\":\"q\\\"\\\\;\"}\n", {{"delimiter", std::string(";")}, {"escape", std::string("\\")}, {"header", false}}),
            "\"q\\\"\\\\;\";\n");
  EXPECT_EQ(as_csv(s, "", {{"quote", std::string()}}), "target t has neither quote nor escape, so a cell could not hold its delimiter");
}

TEST(EncodeCsv, Types) {
  FormatSetting s;
  s.add("l", s.maybe(s.types.list(s.types.of(Kind::kString))));
  s.add("b", s.maybe(s.types.of(Kind::kBool)));
  s.add("d", s.maybe(s.types.decimal(20, 3)));
  s.add("t", s.maybe(s.types.of(Kind::kTimestamp)));
  s.add("m", s.maybe(s.types.map(s.types.of(Kind::kString), s.maybe(s.types.of(Kind::kScalar)))));
  s.add("j", s.maybe(s.types.of(Kind::kJson)));
  s.add("x", s.maybe(s.types.of(Kind::kScalar)));
  s.layout.finish();
  EXPECT_EQ(as_csv(s, R"({"l":["a","b c"],"b":true,"d":-1.5,"t":"2024-01-02T03:04:05.000100Z","m":{"k":"v"},"j":[1, 2],"x":"a\"b"}
{"l":[],"b":false,"d":0,"m":{},"j":7,"x":1.50}
)"),
            "l,b,d,t,m,j,x\n\"a,b c\",true,-1.500,2024-01-02T03:04:05.0001Z,\"{\"\"k\"\":\"\"v\"\"}\",\"[1, "
            "2]\",\"a\"\"b\"\n\"\",false,0.000,,{},7,1.50\n");
}

TEST(EncodeNdjson, KeepAndAbsentAreLeftOut) {
  FormatSetting s;
  s.add("a\"b", s.maybe(s.types.of(Kind::kInt)));
  s.add("b", s.maybe(s.types.of(Kind::kInt)));
  s.add("c", s.maybe(s.types.of(Kind::kFloat)));
  s.layout.finish();
  std::vector<Cell> memory(s.layout.stride / sizeof(Cell) + 2);
  auto* frame = reinterpret_cast<uint8_t*>(memory.data());
  const FrameText shown(s);
  EXPECT_EQ(shown.of(frame), "{}");
  frame[0] = static_cast<uint8_t>(Presence::kKeep);
  frame[1] = static_cast<uint8_t>(Presence::kNull);
  EXPECT_EQ(shown.of(frame), R"({"b":null})");
  Cell cell{};
  cell.state = Presence::kValue;
  cell.integer = std::numeric_limits<int64_t>::min();
  store_cell(frame, s.layout, 0, cell);
  cell.real = 1e300 * 10;
  store_cell(frame, s.layout, 2, cell);
  EXPECT_EQ(shown.of(frame), R"({"a\"b":-9223372036854775808,"b":null,"c":1e+301})");
  cell.real = std::numeric_limits<double>::infinity();
  store_cell(frame, s.layout, 2, cell);
  EXPECT_EQ(shown.of(frame), R"({"a\"b":-9223372036854775808,"b":null,"c":null})");
}

TEST(EncodeNdjson, EscapesAtEveryPlace) {
  FormatSetting s;
  s.add("v", s.types.of(Kind::kString));
  s.layout.finish();
  const FrameText shown(s);
  std::vector<Cell> memory(s.layout.stride / sizeof(Cell) + 2);
  auto* frame = reinterpret_cast<uint8_t*>(memory.data());
  for (size_t size = 1; size < 70; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = at % 3 == 0 ? '"' : at % 3 == 1 ? '\x01' : '\\';
      Cell cell{};
      cell.state = Presence::kValue;
      cell.text = Text{text.data(), text.size()};
      store_cell(frame, s.layout, 0, cell);
      std::string want = "{\"v\":\"" + text + "\"}";
      want.replace(6 + at, 1, at % 3 == 0 ? "\\\"" : at % 3 == 1 ? "\\u0001" : "\\\\");
      ASSERT_EQ(shown.of(frame), want);
    }
  }
}

}  // namespace
}  // namespace mig::test
