// Reading and writing dates by formats, and the days and hours that zones leave out.
#include <gtest/gtest.h>

#include <string>

#include "runtime/types/civil_time.h"
#include "stdlib/date_formats.h"
#include "stdlib/functions.h"
#include "stdlib/zone.h"
#include "tests/unit/prepared_objects.h"
#include "tests/unit/stdlib_arena.h"

namespace mig::stdlib {
namespace {

const std::vector<std::string> kSeven = {
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y"};

std::string timestamp(const DateFormats& formats, std::string_view text) {
  int64_t result = 0;
  if (formats.parse(Text{text.data(), text.size()}, result) != nullptr) return "fails";
  char out[kTimeTextSize];
  return {out, static_cast<size_t>(write_timestamp(result, out))};
}

TEST(StdlibDates, SevenFormats) {
  const auto formats = made<DateFormats>(PreparedKind::kDateFormats, kSeven, "UTC");
  EXPECT_EQ(timestamp(*formats, "2024-03-04 05:06:07"), "2024-03-04T05:06:07Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07"), "2024-03-04T05:06:07Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07Z"), "2024-03-04T05:06:07Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07.5Z"), "2024-03-04T05:06:07.5Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07.000120Z"), "2024-03-04T05:06:07.00012Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04"), "2024-03-04T00:00:00Z");
  EXPECT_EQ(timestamp(*formats, "03/04/2024"), "2024-03-04T00:00:00Z");
  EXPECT_EQ(timestamp(*formats, "13/04/2024"), "2024-04-13T00:00:00Z");
  for (const char* bad :
       {"", "2024-3-4", "2024-03-04T05:06:07.Z", "2024-03-04T05:06:07.1234567Z", "2024-03-04 05:06:07Z", "2024-13-04", "2024-02-30",
        "0000-01-01", "2024-03-04T24:00:00", "2024-03-04T05:06:60", "31/31/2024", "2024-03-04 ", "not a date"}) {
    EXPECT_EQ(timestamp(*formats, bad), "fails") << bad;
  }
  const auto pairs = formats->ambiguities();
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0], (std::pair<size_t, size_t>(5, 6)));
}

/// Both ways of reading fixed layouts agree on texts that fit and on texts with one byte changed, added or left out.
TEST(StdlibDates, VectorsAndWordsAgree) {
  if (!DateLayout::vectors_offered()) GTEST_SKIP() << "the processor has no AVX2";
  PreparedSpec spec;
  spec.kind = PreparedKind::kDateFormats;
  spec.texts = kSeven;
  spec.texts.insert(spec.texts.end(),
                    {"%d.%m.%Y", "%Y%m%d", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M", "at %H:%M:%S.%f on %d/%m/%Y, sir", "%d %m %Y %H:%M:%S.%f"});
  spec.name = "UTC";
  spec.flag = static_cast<int64_t>(FormatResult::kTimestamp);
  std::string error;
  const auto words = DateFormats::compile(spec, error, false);
  const auto vectors = DateFormats::compile(spec, error, true);
  ASSERT_NE(words, nullptr) << error;
  const std::vector<std::string> fitting = {"2024-03-04 05:06:07",
                                            "1999-12-31T23:59:59",
                                            "2024-02-29T00:00:00Z",
                                            "2024-03-04T05:06:07.5Z",
                                            "2024-03-04T05:06:07.123456Z",
                                            "2024-03-04",
                                            "03/04/2024",
                                            "13/04/2024",
                                            "04.03.2024",
                                            "20240304",
                                            "20240304050607",
                                            "2024-03-04 05:06",
                                            "at 05:06:07.1234 on 04/03/2024, sir",
                                            "04 03 2024 05:06:07.98"};
  const std::string bytes = "0189:/-.TZ \xC3\xFF" + std::string(1, '\0');
  const auto compare = [&](const std::string& text) {
    int64_t a = 0, b = 0;
    const Text value{text.data(), text.size()};
    const char* const why = words->parse(value, a);
    EXPECT_EQ(why, vectors->parse(value, b)) << text;
    if (why == nullptr) {
      EXPECT_EQ(a, b) << text;
    }
    return why == nullptr;
  };
  for (const std::string& text : fitting) {
    EXPECT_TRUE(compare(text)) << text;
    for (size_t i = 0; i < text.size(); ++i) {
      std::string shorter = text;
      compare(shorter.erase(i, 1));
      for (const char byte : bytes) {
        std::string changed = text, longer = text;
        changed[i] = byte;
        compare(changed);
        compare(longer.insert(i, 1, byte));
      }
    }
  }
}

TEST(StdlibDates, ImpossibleFormats) {
  EXPECT_EQ(refused(PreparedKind::kDateFormats, {"%Y-%m-%d %H:%M"}), "a format without an offset needs `zone:`");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%Y-%m-%z"}, "UTC"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%Y-%m-%d %Q"}, "UTC"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%y-%m-%d"}, "UTC"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%d %b %Y"}, "UTC"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%Y-%m-%d"}, "Mars/Olympus"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%Y-%m-%d"}, "../../etc/passwd"), "");
  EXPECT_NE(refused(PreparedKind::kDateFormats, {"%Y-%m-%d %H:%M"}, "", 0), "");
}

TEST(StdlibDates, NamesPivotsOffsets) {
  PreparedSpec spec;
  spec.kind = PreparedKind::kDateFormats;
  spec.texts = {"%d %B %y", "%b %e, %Y", "%Y-%m-%dT%H:%M:%S%z", "%m/%d/%Y %I:%M %p"};
  spec.values = {"30", "en"};
  spec.name = "UTC";
  spec.flag = static_cast<int64_t>(FormatResult::kTimestamp);
  std::string error;
  const auto formats = DateFormats::compile(spec, error);
  ASSERT_NE(formats, nullptr) << error;
  EXPECT_EQ(timestamp(*formats, "04 march 29"), "2029-03-04T00:00:00Z");
  EXPECT_EQ(timestamp(*formats, "04 May 31"), "1931-05-04T00:00:00Z");
  EXPECT_EQ(timestamp(*formats, "Sep 4, 2024"), "2024-09-04T00:00:00Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07-05:30"), "2024-03-04T10:36:07Z");
  EXPECT_EQ(timestamp(*formats, "2024-03-04T05:06:07Z"), "2024-03-04T05:06:07Z");
  EXPECT_EQ(timestamp(*formats, "03/04/2024 12:06 AM"), "2024-03-04T00:06:00Z");
  EXPECT_EQ(timestamp(*formats, "03/04/2024 12:06 PM"), "2024-03-04T12:06:00Z");
}

TEST(StdlibZones, DaysWithoutMidnight) {
  TestArena arena;
  const auto zone = made<Zone>(PreparedKind::kZone, {}, "America/Sao_Paulo");
  int64_t at = 0, result = 0;
  ASSERT_TRUE(read_timestamp("2018-11-04T15:00:00Z", at));  // that day begins at 01:00
  const auto shown_time = [](int64_t micros) {
    char text[kTimeTextSize];
    return std::string(text, static_cast<size_t>(write_timestamp(micros, text)));
  };
  EXPECT_EQ(mig_timestamp_start_of(arena.context, result, at, 4, *zone), Status::kOk);
  EXPECT_EQ(shown_time(result), "2018-11-04T03:00:00Z");
  EXPECT_EQ(mig_timestamp_end_of(arena.context, result, at - kMicrosPerDay, 4, *zone), Status::kOk);
  EXPECT_EQ(shown_time(result), "2018-11-04T02:59:59.999999Z");
  EXPECT_EQ(mig_timestamp_start_of(arena.context, result, at, 0, *zone), Status::kOk);
  EXPECT_EQ(shown_time(result), "2018-01-01T02:00:00Z");
}

}  // namespace
}  // namespace mig::stdlib
