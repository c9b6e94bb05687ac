// Reading and writing dates by formats, and the days and hours that zones leave out.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

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

/// Texts of many layouts, made from known fields, the last of them ending where a page ends that nothing follows.
TEST(StdlibDates, FieldsAreFoundAtTheirPlaces) {
  const std::vector<std::string> formats = {"%d.%m.%Y",
                                            "%Y%m%d%H%M%S%f",
                                            "%H:%M:%S %Y-%m-%d",
                                            "%Y-%m-%dT%H:%M:%S.%fZ",
                                            "%S%f%Y-%m-%d %H:%M",
                                            "%m-%d-%Y %H",
                                            "on %Y/%m/%d at %H hours %M min %S s"};
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char* const pages = static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
  std::mt19937 random(7);
  for (const std::string& format : formats) {
    const auto alone = made<DateFormats>(PreparedKind::kDateFormats, {format}, "UTC");
    const auto among = made<DateFormats>(PreparedKind::kDateFormats, formats, "UTC");
    for (int round = 0; round < 300; ++round) {
      const int year = 1 + static_cast<int>(random() % 9999), month = 1 + static_cast<int>(random() % 12),
                day = 1 + static_cast<int>(random() % 28);
      const int hour = static_cast<int>(random() % 24), minute = static_cast<int>(random() % 60), second = static_cast<int>(random() % 60);
      const int micros = static_cast<int>(random() % 1000000);
      const int digits = 1 + static_cast<int>(random() % 6);
      std::string text;
      bool has[6] = {};
      for (size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
          text += format[i];
          continue;
        }
        const auto number = [&](int value, int width) {
          const std::string written = std::to_string(value);
          text += std::string(static_cast<size_t>(width) - written.size(), '0') + written;
        };
        switch (format[++i]) {
          case 'Y': number(year, 4); break;
          case 'm': number(month, 2); break;
          case 'd': number(day, 2); break;
          case 'H': number(hour, 2), has[0] = true; break;
          case 'M': number(minute, 2), has[1] = true; break;
          case 'S': number(second, 2), has[2] = true; break;
          default: {
            std::string written = std::to_string(micros);
            written = std::string(6 - written.size(), '0') + written;
            text += written.substr(0, static_cast<size_t>(digits));
            has[3] = true;
          }
        }
      }
      int64_t kept = micros;
      for (int i = digits; i < 6; ++i) kept /= 10;
      for (int i = digits; i < 6; ++i) kept *= 10;
      const int64_t expected = days_from_civil(year, month, day) * kMicrosPerDay +
                               micros_from_time(has[0] ? hour : 0, has[1] ? minute : 0, has[2] ? second : 0, has[3] ? kept : 0);
      char* const place = pages + page - text.size();
      std::memcpy(place, text.data(), text.size());
      int64_t result = 0;
      ASSERT_EQ(alone->parse(Text{place, text.size()}, result), nullptr) << text << " by " << format;
      EXPECT_EQ(result, expected) << text << " by " << format;
      ASSERT_EQ(among->parse(Text{text.data(), text.size()}, result), nullptr) << text;
      const size_t wrong = random() % text.size();
      const char was = place[wrong];
      place[wrong] = was == 'x' ? 'y' : 'x';
      EXPECT_NE(alone->parse(Text{place, text.size()}, result), nullptr) << text << " by " << format;
    }
  }
  munmap(pages, 2 * page);
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
