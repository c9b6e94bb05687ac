// What cutting a buffer finds out about its records is what reading them finds.
#include <gtest/gtest.h>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/csv_record.h"
#include "runtime/formats/scan/masks.h"
#include "runtime/types/text.h"
#include "tests/unit/formats_random_csv.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

struct Case {
  uint32_t columns;
  std::vector<uint32_t> wanted;
  bool numbers = false;
};

TEST(CsvBlocks, ReadingWithThemReadsTheSame) {
  const std::vector<Case> cases = {
      {3, {0, 1, 2}}, {12, {3, 4}}, {12, {}}, {40, {0, 20, 39}}, {90, {9, 10, 11, 12, 88}, true}, {200, {10, 20, 50, 130, 198}}};
  uint64_t used = 0;
  for (const Case& c : cases) {
    FormatSetting s;
    CsvColumns columns;
    columns.count = c.columns;
    for (const uint32_t column : c.wanted) {
      s.add("c" + std::to_string(column), s.maybe(s.types.of(c.numbers ? Kind::kInt : Kind::kString)));
      columns.column_of_field.push_back(static_cast<int32_t>(column));
    }
    s.layout.finish();
    for (uint64_t seed = 0; seed < 60; ++seed) {
      Random random(seed);
      const uint64_t limit = seed % 5 == 0 ? 300 : 1 << 20;
      std::string text = random_csv(random, 1 + static_cast<int>(random() % 120), seed % 4 == 0, c.columns);
      text.resize(text.size() - random() % std::min<size_t>(text.size(), 50));  // a buffer ends anywhere
      const std::string padded = text + std::string(64, '\0');
      const auto scanner = make_csv_boundaries({}, limit);
      RecordEnds found;
      const uint64_t cut = scanner->last_boundary(padded.data(), text.size(), found);
      EXPECT_EQ(cut, make_csv_boundaries({}, limit)->last_boundary(padded.data(), text.size())) << "seed " << seed;
      if (found.block_count == 0 || cut == 0) continue;
      ++used;
      DecoderOptions options = s.options();
      options.max_record_bytes = limit;
      auto decoder = make_csv_decoder(options, {}, columns);
      ASSERT_TRUE(decoder.ok());
      const std::string whole = text.substr(0, cut);
      const auto behind_first = static_cast<size_t>(read_csv_record({}, whole.data(), whole.data() + cut, nullptr).next - whole.data());
      for (const size_t from : {size_t{0}, behind_first}) {
        EXPECT_EQ(read_all(s, **decoder, whole, from, found.blocks.data()), read_all(s, **decoder, whole, from)) << "seed " << seed;
      }
    }
  }
  if (best_simd() == Simd::kAvx2) {
    EXPECT_GT(used, 150u);
  }
}

/// Every fault of UTF-8, and none, at every place around the ends of blocks, with and without a line feed behind it.
TEST(CsvBlocks, FaultsOfUtf8AreFoundAtEveryPlace) {
  FormatSetting s;
  s.add("a", s.maybe(s.types.of(Kind::kString)));
  s.layout.finish();
  CsvColumns columns;
  columns.count = 1;
  columns.column_of_field.push_back(0);
  const std::vector<std::string> inserts = {
      "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xC3",         "\xE2\x82",         "\xF0\x9F\x98", "\x80",
      "\xA9\xA9", "\xC0\x80",     "\xE0\x80\x80",     "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF",         std::string(1, '\0')};
  for (const std::string& insert : inserts) {
    for (size_t at = 0; at < 2 * kBlockBytes + 6; ++at) {
      for (const std::string& behind : {std::string("x"), std::string(), std::string("\nx\n"), std::string("\n")}) {
        const std::string before = std::string(at, 'x') + insert;
        const std::string text = before + behind;
        const bool good = is_valid_utf8(before) && insert[0] != '\0';
        DecoderOptions options = s.options();
        auto decoder = make_csv_decoder(options, {}, columns);
        ASSERT_TRUE(decoder.ok());
        const auto plain = read_all(s, **decoder, text);
        ASSERT_FALSE(plain.empty());
        EXPECT_EQ(plain[0].find("!-") == std::string::npos, good) << plain[0] << " at " << at;
        RecordEnds found;
        const std::string padded = text + std::string(64, '\0');
        if (make_csv_boundaries({}, 1 << 20)->last_boundary(padded.data(), text.size(), found) != text.size() || found.block_count == 0)
          continue;
        EXPECT_EQ(read_all(s, **decoder, text, 0, found.blocks.data()), plain) << "at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace mig::test
