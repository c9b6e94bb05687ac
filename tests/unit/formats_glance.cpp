// The decoders that only glance at records give what the whole decoders give, whatever the instruction set.
#include <gtest/gtest.h>

#include <random>

#include "runtime/formats/csv/csv_glance.h"
#include "runtime/formats/ndjson/key_glance.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

using Random = std::mt19937_64;

/// Lines in which the name of a needed field stands where it is none, twice, escaped, or with other values than a plain text.
std::string random_keyed(Random& random, int lines) {
  static const char* const kMembers[] = {R"("mail":"ann@example.com")",
                                         R"("mail" : "b")",
                                         R"("mail":null)",
                                         R"("mail":"")",
                                         R"("mail":12)",
                                         R"("mail":"a\"b")",
                                         R"("mail":"é")",
                                         R"("m\u0061il":"escaped")",
                                         R"("x":{"mail":"nested"})",
                                         R"("x":["mail",{"mail":1}])",
                                         R"("y":"mail")",
                                         R"("\"mail":"other")",
                                         R"("y":"\"mail\":\"in a text\"")",
                                         R"("y":"{[")",
                                         R"("id":"7")",
                                         R"("id":"8")",
                                         R"("z":"a text that is longer than one vector of bytes")",
                                         R"("mail":"a text that is longer than sixteen bytes, and plain")",
                                         R"("y":"\\u")",
                                         R"("mail":"broken)",
                                         R"("mail")",
                                         R"("y":"\x")"};
  std::string text;
  for (int i = 0; i < lines; ++i) {
    std::string line = random() % 10 ? "{" : " {";
    const uint64_t count = random() % 5;
    for (uint64_t k = 0; k < count; ++k) line += (k != 0 ? "," : "") + std::string(kMembers[random() % 22]);
    text += line + (random() % 30 ? "}" : "") + (random() % 8 ? "\n" : "\r\n");
  }
  if (random() % 2) text.pop_back();
  return text;
}

TEST(KeyGlance, GivesWhatTheWholeDecoderGives) {
  FormatSetting s;
  s.add("id", s.types.of(Kind::kString), true);
  s.add("mail", s.maybe(s.types.string(0, 60)), false);
  s.add("x", s.maybe(s.types.of(Kind::kJson)), true, false);
  s.layout.finish();
  uint64_t accepted = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    // The last ones are long enough for it to give up.
    const std::string text = random_keyed(random, seed < 97 ? 200 : 9000);
    const auto expected = read_ndjson(s, text);
    for (const Simd simd : {Simd::kScalar, Simd::kSse2, Simd::kAvx2}) {
      if (simd > best_simd()) continue;
      auto glance = make_key_glance(s.options(), simd);
      ASSERT_TRUE(glance.ok());
      const auto records = read_all(s, **glance, text);
      ASSERT_EQ(records.size(), expected.size());
      for (size_t i = 0; i < records.size(); ++i) {
        const size_t body = expected[i].find(": ") + 2;
        if (expected[i][body] == '!') {
          EXPECT_EQ(records[i].substr(0, body), expected[i].substr(0, body));
          continue;
        }
        ++accepted;
        ASSERT_EQ(records[i], expected[i]) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(accepted, 10000u);
}

/// Records of about five cells, some of them quoted, with too few or too many, broken, or with line feeds and bytes that are not UTF-8.
std::string random_cells(Random& random, int records, uint64_t quoted) {
  static const char* const kPlain[] = {"7",
                                       "-12",
                                       "",
                                       "ann@example.com",
                                       " b ",
                                       "NULL",
                                       "a text that is longer than one vector of bytes",
                                       "0123456789abcde",
                                       "\xC3\xA9t\xC3\xA9",
                                       "12x",
                                       "\xFF",
                                       "99999999999999999999"};
  static const char* const kQuoted[] = {R"("a,b")", R"("")", R"("say ""so""")", "\"two\nlines\"", R"("7")", R"(" b ")"};
  std::string text;
  for (int i = 0; i < records; ++i) {
    const uint64_t cells = random() % 20 ? 5 : random() % 7;
    for (uint64_t k = 0; k < cells; ++k) {
      if (k != 0) text += ',';
      text += random() % 100 < quoted ? kQuoted[random() % 6] : kPlain[random() % 12];
      if (random() % 200 == 0) text += "\"x";
    }
    text += random() % 8 ? "\n" : "\r\n";
  }
  if (random() % 2) text.pop_back();
  return text;
}

TEST(CsvGlance, GivesWhatTheWholeDecoderGives) {
  FormatSetting s;
  s.add("id", s.maybe(s.types.of(Kind::kInt)), true);
  s.add("mail", s.maybe(s.types.string(0, 60)), false);
  s.add("note", s.maybe(s.types.of(Kind::kString)), true);
  s.layout.finish();
  CsvDialect plain, trimmed;
  trimmed.trim = true;
  trimmed.null_tokens = {"NULL"};
  uint64_t accepted = 0;
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed);
    CsvColumns columns{{0, static_cast<int32_t>(random() % 4), static_cast<int32_t>(random() % 5)}, 5};
    const CsvDialect& dialect = seed % 3 == 0 ? trimmed : plain;
    // The last ones are long enough for it to give up.
    const std::string text = random_cells(random, seed < 117 ? 200 : 9000, seed < 117 ? seed % 30 : 60);
    DecoderOptions options = s.options();
    if (seed % 5 == 0) options.max_record_bytes = 80;
    auto whole = make_csv_decoder(options, dialect, columns);
    ASSERT_TRUE(whole.ok());
    const auto expected = read_all(s, **whole, text);
    for (const Simd simd : {Simd::kScalar, Simd::kSse2, Simd::kAvx2}) {
      if (simd > best_simd()) continue;
      auto glance = make_csv_glance(options, dialect, columns, simd);
      ASSERT_TRUE(glance.ok());
      const auto records = read_all(s, **glance, text);
      ASSERT_EQ(records.size(), expected.size()) << "seed " << seed;
      for (size_t i = 0; i < records.size(); ++i) {
        const size_t body = expected[i].find(": ") + 2;
        if (expected[i][body] == '!') {
          ASSERT_EQ(records[i].substr(0, body), expected[i].substr(0, body)) << "seed " << seed;
          continue;
        }
        ++accepted;
        ASSERT_EQ(records[i], expected[i]) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(accepted, 10000u);
}

}  // namespace
}  // namespace mig::test
