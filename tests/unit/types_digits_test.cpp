// Whole words of digits against the standard library's conversions.
#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <random>
#include <string>

#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

namespace mig {
namespace {

std::string written(int64_t value) {
  char out[kInt64TextSize];
  return {out, static_cast<size_t>(write_int64(value, out))};
}

TEST(Digits, IntegersAreWrittenAsByTheStandardLibrary) {
  std::mt19937_64 random(1);
  const auto check = [](int64_t value) { EXPECT_EQ(written(value), std::to_string(value)); };
  for (uint64_t power = 1; power <= 1'000'000'000'000'000'000u; power *= 10) {
    for (int64_t near = -2; near <= 2; ++near) {
      check(static_cast<int64_t>(power) + near);
      check(-static_cast<int64_t>(power) + near);
    }
  }
  check(std::numeric_limits<int64_t>::min());
  check(std::numeric_limits<int64_t>::max());
  for (int i = 0; i < 200'000; ++i) check(static_cast<int64_t>(random() >> random() % 64) * (i % 2 == 0 ? 1 : -1));
}

TEST(Digits, DecimalsHaveTheirPlaces) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const int scale = static_cast<int>(random() % 19);
    const uint64_t number = random() >> random() % 64;
    std::string expected = std::to_string(number);
    if (expected.size() <= static_cast<size_t>(scale)) expected.insert(0, static_cast<size_t>(scale) + 1 - expected.size(), '0');
    if (scale != 0) expected.insert(expected.size() - static_cast<size_t>(scale), 1, '.');
    const bool negative = i % 2 == 0 && number != 0;
    if (negative) expected.insert(0, 1, '-');
    char out[kDecimalTextSize];
    const int128 value = negative ? -static_cast<int128>(number) : static_cast<int128>(number);
    EXPECT_EQ(std::string(out, static_cast<size_t>(write_decimal(value, scale, out))), expected);
  }
}

TEST(Digits, EightAreReadAtATime) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 500'000; ++i) {
    const uint32_t size = 1 + static_cast<uint32_t>(random() % 8);
    std::string text(8, '\0');
    for (char& c : text) c = static_cast<char>('0' + random() % 10);
    if (i % 3 == 0) text[random() % 8] = static_cast<char>(random());
    uint32_t value = 0, expected = 0;
    const bool good = read_up_to_8_digits(text.data(), size, value);
    const auto [end, error] = std::from_chars(text.data(), text.data() + size, expected);
    EXPECT_EQ(good, error == std::errc() && end == text.data() + size) << text;
    if (good) {
      EXPECT_EQ(value, expected) << text;
    }
  }
}

}  // namespace
}  // namespace mig
