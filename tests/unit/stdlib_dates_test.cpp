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
