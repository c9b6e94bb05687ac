// Types as text and interned; times, durations, UUIDs and UTF-8 at their edges.
#include <gtest/gtest.h>

#include <string>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "runtime/types/text_memo.h"
#include "runtime/types/type.h"
#include "runtime/types/uuid.h"

namespace mig {
namespace {

TEST(Types, TextAndIdentity) {
  TypeTable types;
  EXPECT_EQ(types.text(types.nullable(types.decimal(14, 2))), "decimal(14, 2)?");
  EXPECT_EQ(types.text(types.of(Kind::kDecimal)), "decimal");
  EXPECT_EQ(types.text(types.string(1, kUnboundedHigh)), "string(1..)");
  EXPECT_EQ(types.text(types.string(0, kUnboundedHigh)), "string");
  EXPECT_EQ(types.text(types.integer(-5, 10)), "int(-5..10)");
  EXPECT_EQ(types.text(types.map(types.of(Kind::kString), types.nullable(types.of(Kind::kScalar)))), "map<string, scalar?>");
  Type record;
  record.kind = Kind::kRecord;
  record.fields = {{"given", types.nullable(types.of(Kind::kString)), true}, {"family", types.of(Kind::kString), false}};
  EXPECT_EQ(types.text(types.intern(record)), "{ given?: string?, family: string }");
  Type function;
  function.kind = Kind::kFunction;
  function.fields = {{"x", types.of(Kind::kInt), false}};
  function.element = types.of(Kind::kBool);
  EXPECT_EQ(types.text(types.intern(function)), "(int) -> bool");
  EXPECT_EQ(types.list(types.of(Kind::kInt)), types.list(types.of(Kind::kInt)));
  EXPECT_NE(types.list(types.of(Kind::kInt)), types.list(types.of(Kind::kDate)));
  const TypeId plain = types.of(Kind::kDate);
  EXPECT_EQ(types.non_null(types.nullable(plain)), plain);
  EXPECT_EQ(types.nullable(types.nullable(plain)), types.nullable(plain));
}

TEST(Types, StorageOfEveryKind) {
  EXPECT_EQ(storage_size(storage_of(Kind::kBool)), 1u);
  EXPECT_EQ(storage_size(storage_of(Kind::kTimestamp)), 8u);
  EXPECT_EQ(storage_size(storage_of(Kind::kUuid)), 16u);
  EXPECT_EQ(storage_size(storage_of(Kind::kString)), 16u);
  EXPECT_EQ(storage_size(storage_of(Kind::kScalar)), 32u);
  EXPECT_EQ(kind_name(Kind::kTypeVariable), "type variable");
}

static_assert(days_from_civil(1970, 1, 1) == 0 && days_from_civil(1, 1, 1) == kMinDays && days_from_civil(9999, 12, 31) == kMaxDays);

TEST(CivilTime, EveryDayThereAndBack) {
  CivilDate before = civil_from_days(kMinDays);
  for (int64_t days = kMinDays; days <= kMaxDays; ++days) {
    const CivilDate date = civil_from_days(days);
    ASSERT_TRUE(is_valid_date(date.year, date.month, date.day));
    ASSERT_EQ(days_from_civil(date.year, date.month, date.day), days);
    if (days != kMinDays) {
      ASSERT_TRUE(date.day == before.day + 1 || (date.day == 1 && before.day == days_in_month(before.year, before.month)));
    }
    before = date;
  }
}

std::string written(int (*write)(int64_t, char*), int64_t value) {
  char text[kTimeTextSize];
  return {text, static_cast<size_t>(write(value, text))};
}

TEST(CivilTime, TextForms) {
  EXPECT_EQ(written(write_timestamp, kMinMicros), "0001-01-01T00:00:00Z");
  EXPECT_EQ(written(write_timestamp, kMaxMicros), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(written(write_timestamp, -1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(written(write_time, 90'500'000), "00:01:30.5");
  EXPECT_EQ(written(write_duration, 0), "PT0S");
  EXPECT_EQ(written(write_duration, -90'061'500'000), "-P1DT1H1M1.5S");
  EXPECT_EQ(written(write_duration, INT64_MIN), "-P106751991DT4H54.775808S");
  char text[kTimeTextSize];
  EXPECT_EQ(std::string(text, static_cast<size_t>(write_period(14, 3, text))), "P1Y2M3D");
  EXPECT_EQ(std::string(text, static_cast<size_t>(write_period(0, -3, text))), "-P3D");
  EXPECT_EQ(std::string(text, static_cast<size_t>(write_period(1, -3, text))), "P1M-3D");
}

TEST(CivilTime, Reading) {
  int64_t value = 0;
  EXPECT_TRUE(read_timestamp("2024-03-04T05:06:07.25+05:30", value));
  EXPECT_EQ(written(write_timestamp, value), "2024-03-03T23:36:07.25Z");
  for (const char* bad : {"2024-03-04T05:06:07", "2024-03-04T05:06Z", "2024-03-04T05:06:60Z", "2024-03-04T05:06:07.1234567Z",
                          "0001-01-01T00:00:00+01:00", ""}) {
    EXPECT_FALSE(read_timestamp(bad, value)) << bad;
  }
  for (const auto& [text, micros] : std::initializer_list<std::pair<const char*, int64_t>>{{"PT1H30M", 5'400'000'000},
                                                                                           {"P1DT2H", 93'600'000'000},
                                                                                           {"P2W", 14 * kMicrosPerDay},
                                                                                           {"1d2h", 93'600'000'000},
                                                                                           {"250ms", 250'000},
                                                                                           {"5min", 300'000'000},
                                                                                           {"-10s", -10'000'000},
                                                                                           {"PT0.5S", 500'000},
                                                                                           {"1.5h", 5'400'000'000}}) {
    EXPECT_TRUE(read_duration(text, value)) << text;
    EXPECT_EQ(value, micros) << text;
  }
  for (const char* bad : {"", "P", "PT", "1", "5m", "2h1d", "PT1H1H", "1h 2min", "P1M", "99999999999999d", "PT0.0000001S"}) {
    EXPECT_FALSE(read_duration(bad, value)) << bad;
  }
}

TEST(Numbers, JsonAndPlainForms) {
  int64_t number = 0;
  EXPECT_EQ(read_int64("-9223372036854775808", NumberForm::kJson, number), NumberError::kNone);
  EXPECT_EQ(number, INT64_MIN);
  EXPECT_EQ(read_int64("9223372036854775808", NumberForm::kJson, number), NumberError::kRange);
  EXPECT_EQ(read_int64("1.0", NumberForm::kJson, number), NumberError::kNone);
  EXPECT_EQ(read_int64("1.5", NumberForm::kJson, number), NumberError::kScale);
  EXPECT_EQ(read_int64("12e2", NumberForm::kJson, number), NumberError::kNone);
  EXPECT_EQ(number, 1200);
  EXPECT_EQ(read_int64("1e400", NumberForm::kJson, number), NumberError::kRange);
  EXPECT_EQ(read_int64("1.0", NumberForm::kPlain, number), NumberError::kSyntax);
  EXPECT_EQ(read_int64("+7", NumberForm::kPlain, number), NumberError::kNone);
  for (const char* bad : {"", "-", "+1", "01", "1.", ".5", "1e", "0x1", "1 ", "NaN"}) {
    EXPECT_EQ(read_int64(bad, NumberForm::kJson, number), NumberError::kSyntax) << bad;
  }
  int128 value = 0;
  EXPECT_EQ(read_decimal("0.50000", NumberForm::kJson, 5, 4, value), NumberError::kNone);
  EXPECT_TRUE(value == 5000);
  EXPECT_EQ(read_decimal("0.50001", NumberForm::kJson, 5, 4, value), NumberError::kScale);
  EXPECT_EQ(read_decimal("10", NumberForm::kJson, 5, 4, value), NumberError::kRange);
  EXPECT_EQ(read_decimal("5e-1", NumberForm::kJson, 5, 4, value), NumberError::kNone);
  EXPECT_EQ(read_decimal("0e999999999999", NumberForm::kJson, 5, 4, value), NumberError::kNone);
  const std::string zeros = "1." + std::string(100, '0');
  EXPECT_EQ(read_decimal(zeros, NumberForm::kPlain, 5, 4, value), NumberError::kNone);
  EXPECT_TRUE(value == 10000);
  EXPECT_EQ(read_decimal(std::string(39, '9'), NumberForm::kPlain, 38, 0, value), NumberError::kRange);
  EXPECT_EQ(read_decimal(std::string(50, '0') + "12", NumberForm::kPlain, 38, 0, value), NumberError::kNone);
  EXPECT_TRUE(value == 12);
}

TEST(Uuids, ThereAndBack) {
  int128 value = 0;
  ASSERT_TRUE(read_uuid("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6", value));
  char text[kUuidTextSize];
  EXPECT_EQ(std::string(text, static_cast<size_t>(write_uuid(value, text))), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  for (const char* bad :
       {"", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fae-7dec-11d0-a765_00a0c91e6bf6"}) {
    EXPECT_FALSE(read_uuid(bad, value)) << bad;
  }
}

TEST(Utf8, MalformedSequences) {
  const std::string pad(20, 'a');
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
    EXPECT_FALSE(is_valid_utf8(pad + bad));
    EXPECT_FALSE(is_valid_utf8(bad + pad));
    const std::string text(bad);
    for (uint64_t i = 0; i < text.size(); ++i) EXPECT_GE(code_point_at(text, i).size, 1u);
    EXPECT_LE(trim_text(text).size(), text.size());
  }
  EXPECT_TRUE(is_valid_utf8(pad + "\xF4\x8F\xBF\xBF" + pad));
  EXPECT_EQ(bytes_of_code_points("aé😀b", 3), 7u);
  EXPECT_EQ(bytes_of_code_points("aé😀b", 9), 8u);
}

Text as_text(const std::string& text) { return {text.data(), text.size()}; }

TEST(TextMemo, GivesBackCopiesByFunctionAndText) {
  TextMemo memo;
  Text found{nullptr, 0};
  EXPECT_FALSE(memo.find(1, "abc", 3, found));
  std::vector<std::string> texts;
  for (const char* text : {"", "a", "abc", "abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghijklmnop", "abcdefgXijklmnop", "ab"}) {
    texts.emplace_back(text);
  }
  texts.emplace_back("a\0", 2);
  for (uint32_t function : {1u, 2u}) {
    for (const std::string& text : texts) {
      ASSERT_FALSE(memo.find(function, text.data(), text.size(), found)) << text;
      std::string result = std::to_string(function) + ":" + text;
      memo.keep(function, text.data(), text.size(), as_text(result));
      result.assign(result.size(), '?');
    }
  }
  for (uint32_t function : {1u, 2u}) {
    for (const std::string& text : texts) {
      ASSERT_TRUE(memo.find(function, text.data(), text.size(), found));
      EXPECT_EQ(found.view(), std::to_string(function) + ":" + text);
    }
  }
  EXPECT_FALSE(memo.find(3, "abc", 3, found));
}

TEST(TextMemo, FillsUpAndTurnsOffWhereNothingRepeats) {
  TextMemo memo;
  Text found{nullptr, 0};
  Text first{nullptr, 0};
  for (int i = 0; i < 10000 && !memo.is_off(); ++i) {
    const std::string text = std::to_string(i);
    EXPECT_FALSE(memo.find(1, text.data(), text.size(), found));
    memo.keep(1, text.data(), text.size(), as_text(text));
    if (i == 0) {
      ASSERT_TRUE(memo.find(1, "0", 1, first));
    }
  }
  EXPECT_TRUE(memo.is_off());
  EXPECT_EQ(first.view(), "0");
  EXPECT_FALSE(memo.find(1, "9999", 4, found));
  const std::string large(TextMemo::kMostResult + 1, 'x');
  TextMemo other;
  other.keep(1, "a", 1, as_text(large));
  EXPECT_FALSE(other.find(1, "a", 1, found));
}

}  // namespace
}  // namespace mig
