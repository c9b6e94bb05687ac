// Decimals, dates, zones and Unicode against Python's standard library: tests/unit/stdlib_oracle.py prints the expected results.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "stdlib/date_formats.h"
#include "stdlib/functions.h"
#include "stdlib/zone.h"
#include "tests/unit/stdlib_arena.h"

namespace mig::stdlib {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> oracle(const std::string& topic) {
  const std::string command = std::string(MIGC_PYTHON) + " " + MIGC_SOURCE_DIR + "/tests/unit/stdlib_oracle.py " + topic;
  std::vector<Fields> lines;
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return lines;
  std::string text;
  std::array<char, 65536> buffer;
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), size);
  EXPECT_EQ(pclose(pipe), 0);
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
    Fields fields;
    std::string line = text.substr(begin, end - begin);
    for (size_t tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t')) {
      fields.push_back(line.substr(0, tab));
      line.erase(0, tab + 1);
    }
    fields.push_back(line);
    lines.push_back(std::move(fields));
  }
  return lines;
}

int128 big(const std::string& text) {
  int128 value = 0;
  EXPECT_EQ(read_decimal(text, NumberForm::kPlain, 38, 0, value), NumberError::kNone) << text;
  return value;
}

std::string shown(bool fits, int128 value) {
  if (!fits) return "overflow";
  char text[kDecimalTextSize];
  return {text, static_cast<size_t>(write_decimal(value, 0, text))};
}

std::string joined(const Fields& fields) {
  std::string text;
  for (const std::string& field : fields) text += field + " ";
  return text;
}

TEST(StdlibOracle, Decimals) {
  TestArena arena;
  const std::vector<Fields> cases = oracle("decimal");
  ASSERT_GT(cases.size(), 10000u);
  for (const Fields& f : cases) {
    int128 result = 0;
    std::string actual;
    const auto rounding = [&](size_t i) { return static_cast<Rounding>(std::stoi(f[i])); };
    if (f[0] == "add") {
      const bool fits = decimal_add(big(f[1]), big(f[2]), result);
      actual = shown(fits, result);
    } else if (f[0] == "sub") {
      const bool fits = decimal_subtract(big(f[1]), big(f[2]), result);
      actual = shown(fits, result);
    } else if (f[0] == "mul") {
      const bool fits = decimal_multiply(big(f[1]), big(f[2]), result);
      actual = shown(fits, result);
    } else if (f[0] == "down") {
      actual = shown(true, decimal_shift_down(big(f[1]), std::stoi(f[2]), rounding(3)));
    } else if (f[0] == "up") {
      const bool fits = decimal_rescale(big(f[1]), 0, std::stoi(f[2]), Rounding::kDown, result);
      actual = shown(fits, result);
    } else if (f[0] == "div") {
      const bool fits = decimal_divide(big(f[1]), big(f[2]), std::stoi(f[3]), rounding(4), result);
      actual = shown(fits, result);
    } else if (f[0] == "mulshift") {
      const bool fits = decimal_multiply_shift(big(f[1]), big(f[2]), std::stoi(f[3]), rounding(4), result);
      actual = shown(fits, result);
    } else if (f[0] == "text") {
      char text[kDecimalTextSize];
      actual.assign(text, static_cast<size_t>(write_decimal(big(f[1]), std::stoi(f[2]), text)));
    } else if (f[0] == "read") {
      const NumberError error = read_decimal(f[1], NumberForm::kPlain, std::stoi(f[2]), std::stoi(f[3]), result);
      actual = error == NumberError::kNone ? shown(true, result) : "fails";
      int scale = 0;
      ASSERT_EQ(read_decimal_any_scale(f[1], NumberForm::kJson, result, scale), NumberError::kNone);
      char text[kDecimalTextSize];
      EXPECT_EQ(std::string(text, static_cast<size_t>(write_decimal(result, scale, text))),
                f[1][0] == '-' && result == 0 ? f[1].substr(1) : f[1]);
    } else if (f[0] == "real") {
      const Status status = mig_real_to_decimal(arena.context, result, std::stod(f[1]), 38, std::stoi(f[2]), std::stoi(f[3]));
      actual = status == Status::kOk ? shown(true, result) : "fails";
    }
    ASSERT_EQ(actual, f.back() == "-0" ? "0" : f.back()) << joined(f);
  }
}

TEST(StdlibOracle, Dates) {
  const std::vector<Fields> cases = oracle("dates");
  ASSERT_GT(cases.size(), 5000u);
  for (const Fields& f : cases) {
    int64_t result = 0;
    if (f[0] == "date") {
      char text[kTimeTextSize];
      ASSERT_EQ(std::string(text, static_cast<size_t>(write_date(std::stoll(f[1]), text))), f[2]);
      ASSERT_TRUE(read_date(f[2], result)) << f[2];
      ASSERT_EQ(result, std::stoll(f[1]));
      ASSERT_EQ(std::to_string(iso_weekday(result)), f[3]);
    } else if (f[0] == "parse") {
      PreparedSpec spec;
      spec.kind = PreparedKind::kDateFormats;
      spec.texts = {f[1]};
      std::string error;
      const auto formats = DateFormats::compile(spec, error);
      ASSERT_NE(formats, nullptr) << error;
      const char* const cause = formats->parse(Text{f[2].data(), f[2].size()}, result);
      ASSERT_EQ(cause == nullptr ? std::to_string(result) : "fails", f[3]) << joined(f);
    } else {
      ASSERT_TRUE(add_months(std::stoll(f[1]), std::stoll(f[2]), result));
      ASSERT_EQ(std::to_string(result), f[3]) << joined(f);
    }
  }
}

TEST(StdlibOracle, Zones) {
  const std::vector<Fields> cases = oracle("zones");
  ASSERT_GT(cases.size(), 10000u);
  std::map<std::string, std::shared_ptr<const Zone>> zones;
  for (const Fields& f : cases) {
    std::shared_ptr<const Zone>& zone = zones[f[1]];
    std::string error;
    if (zone == nullptr) zone = Zone::load(f[1], Dst::kFail, error);
    ASSERT_NE(zone, nullptr) << error;
    const int64_t at = std::stoll(f[2]) * kMicrosPerSecond;
    if (f[0] == "civil") {
      ASSERT_EQ(zone->to_civil(at) / kMicrosPerSecond, std::stoll(f[3])) << joined(f);
      continue;
    }
    const auto instant = [&](Dst dst) {
      int64_t result = 0;
      const char* const cause = zone->to_instant(at, dst, result);
      return cause == nullptr ? std::to_string(result / kMicrosPerSecond) : "fails";
    };
    ASSERT_EQ(instant(Dst::kFail), f[3] == "unique" ? f[4] : "fails") << joined(f);
    ASSERT_EQ(instant(Dst::kEarlier), f[4]) << joined(f);
    ASSERT_EQ(instant(Dst::kLater), f[5]) << joined(f);
    ASSERT_EQ(instant(Dst::kCompatible), f[6]) << joined(f);
  }
}

std::string from_hex(const std::string& hex) {
  std::string text;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) text.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return text;
}

struct Forms {
  std::string lower, upper, fold, nfc;
};

void expect_forms(TestArena& arena, const std::string& text, const Forms& forms) {
  const Text input{text.data(), text.size()};
  Text result{};
  ASSERT_EQ(mig_text_lower(arena.context, result, input), Status::kOk);
  ASSERT_EQ(result.view(), forms.lower) << text;
  ASSERT_EQ(mig_text_upper(arena.context, result, input), Status::kOk);
  ASSERT_EQ(result.view(), forms.upper) << text;
  ASSERT_EQ(mig_text_casefold(arena.context, result, input), Status::kOk);
  ASSERT_EQ(result.view(), forms.fold) << text;
  ASSERT_EQ(mig_text_nfc(arena.context, result, input), Status::kOk);
  ASSERT_EQ(result.view(), forms.nfc) << text;
}

TEST(StdlibOracle, Unicode) {
  const std::vector<Fields> cases = oracle("unicode");
  ASSERT_GT(cases.size(), 2000u);
  std::vector<bool> skipped(0x110000);
  std::map<uint32_t, Forms> known;
  std::vector<bool> space(0x110000);
  TestArena arena;
  for (const Fields& f : cases) {
    if (f[0] == "missing") {
      for (uint32_t c = static_cast<uint32_t>(std::stoul(f[1])); c <= std::stoul(f[2]); ++c) skipped[c] = true;
    } else if (f[0] == "space") {
      space[std::stoul(f[1])] = true;
    } else if (f[0] == "case") {
      known[static_cast<uint32_t>(std::stoul(f[1]))] = {from_hex(f[2]), from_hex(f[3]), from_hex(f[4]), from_hex(f[5])};
    } else {
      expect_forms(arena, from_hex(f[1]), {from_hex(f[2]), from_hex(f[3]), from_hex(f[4]), from_hex(f[5])});
    }
  }
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (skipped[c]) continue;
    char bytes[4];
    const std::string text(bytes, static_cast<size_t>(write_code_point(c, bytes)));
    ASSERT_TRUE(is_valid_utf8(text));
    ASSERT_EQ(code_point_count(text), 1u);
    ASSERT_EQ(utf16_length(text), c >= 0x10000 ? 2u : 1u);
    ASSERT_EQ(code_point_at(text, 0).value, c);
    ASSERT_EQ(trim_text("a" + text).size(), space[c] ? 1u : text.size() + 1) << c;
    ASSERT_EQ(trim_text(text + "a").size(), space[c] ? 1u : text.size() + 1) << c;
    const auto it = known.find(c);
    expect_forms(arena, text, it != known.end() ? it->second : Forms{text, text, text, text});
    if (HasFatalFailure()) return;
    arena.blocks.clear();
  }
}

Cell amount_of(int128 units, int scale, const std::string& code) {
  Cell cell{};
  cell.decimal = units;
  cell.state = Presence::kValue;
  cell.kind = ScalarKind::kDecimal;
  cell.scale = static_cast<uint8_t>(scale);
  for (const char c : code) cell.extra = cell.extra << 8 | static_cast<unsigned char>(c);
  return cell;
}

std::string shown(const Cell& cell) { return shown(true, cell.decimal) + " " + std::to_string(cell.scale); }

TEST(StdlibOracle, Money) {
  TestArena arena;
  const std::vector<Fields> cases = oracle("money");
  ASSERT_GT(cases.size(), 8000u);
  for (const Fields& f : cases) {
    const Cell given = amount_of(big(f[1]), std::stoi(f[2]), f[3]);
    if (f[0] == "round") {
      Cell rounded{};
      ASSERT_EQ(mig_money_round_minor(arena.context, rounded, given), Status::kOk);
      EXPECT_EQ(shown(rounded), f[4] + " " + f[5]) << joined(f);
    } else if (f[0] == "convert") {
      Cell converted{};
      const Text into{f[4].data(), f[4].size()};
      ASSERT_EQ(mig_money_convert(arena.context, converted, given, into, big(f[5]), std::stoll(f[6]), std::stoll(f[7])), Status::kOk);
      EXPECT_EQ(shown(converted), f[8] + " " + f[9]) << joined(f);
    } else {
      std::vector<Cell> weights;
      std::string expected, actual;
      const auto each = [](const std::string& list, const auto& use) {
        for (size_t at = 0; at <= list.size();) {
          const size_t comma = std::min(list.find(',', at), list.size());
          use(list.substr(at, comma - at));
          at = comma + 1;
        }
      };
      each(f[5], [&](const std::string& weight) {
        weights.emplace_back();
        weights.back().integer = std::stoll(weight);
        weights.back().state = Presence::kValue;
      });
      List parts{};
      ASSERT_EQ(mig_money_allocate(arena.context, parts, given, List{weights.data(), weights.size()}), Status::kOk);
      each(f[6], [&](const std::string& share) { expected += share + " " + f[4] + ","; });
      for (uint64_t i = 0; i < parts.count; ++i) actual += shown(parts.items[i]) + ",";
      EXPECT_EQ(actual, expected) << joined(f);
    }
    if (HasFailure()) return;
  }
}

TEST(StdlibOracle, InternationalDomains) {
  TestArena arena;
  const std::vector<Fields> cases = oracle("domains");
  ASSERT_GT(cases.size(), 1000u);
  for (const Fields& f : cases) {
    const std::string address = from_hex(f[0]);
    Text parsed{};
    ASSERT_EQ(mig_parse_email(arena.context, parsed, Text{address.data(), address.size()}), Status::kOk) << address;
    EXPECT_EQ(std::string(parsed.view()), from_hex(f[1])) << address;
    Text again{};
    ASSERT_EQ(mig_parse_email(arena.context, again, parsed), Status::kOk);
    EXPECT_EQ(again.view(), parsed.view());
    arena.blocks.clear();
  }
}

}  // namespace
}  // namespace mig::stdlib
