// What cutting a buffer finds out about its records is what reading them finds.
#include <gtest/gtest.h>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/csv_record.h"
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

}  // namespace
}  // namespace mig::test
