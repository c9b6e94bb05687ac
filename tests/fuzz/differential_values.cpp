#include "tests/fuzz/differential_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/types/zoned.h"
#include "tests/unit/engine_pair_run.h"

namespace mig::fuzz {

namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr int64_t kFirstDay = -719162;  // 0001-01-01
constexpr int64_t kLastDay = 2932896;   // 9999-12-31

const std::string kTexts[] = {
    "",
    " ",
    "a",
    "abc",
    "Ann",
    "  ann@Example.COM ",
    "ann@@exam",
    "12",
    "-12",
    "+007",
    "12.50",
    "-0.005",
    "1e9",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "99999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000001",
    "true",
    "FALSE",
    "yes",
    "N",
    "2024-02-29",
    "2023-02-29",
    "2024-03-04T05:06:07Z",
    "2024-05-01T10:00:00+02:00[Europe/Paris]",
    "2024-03-31 02:30:00",
    "2024-10-27 02:30:00",
    "12/31/1999",
    "31/12/1999",
    "1999",
    "00:00:00",
    "23:59:59.999999",
    "P1DT2H",
    "PT1.5S",
    "subscribed",
    "UNSUBSCRIBED",
    "Straße",
    "İstanbul",
    "ŒUVRE",
    "é",
    "e\xCC\x81",
    "\xF0\x9F\x98\x80",
    "\xE2\x80\x8B",
    "\xC2\xA0x\xC2\xA0",
    "a,b,,c",
    ",",
    "a\tb\nc",
    "<b>x &amp; y</b>",
    "&#x20AC;&bogus;",
    "aGVsbG8=",
    "aGVsbG8",
    "48656c6c6f",
    "4865zz",
    "%41%zz",
    "{\"a\": [1, 2.50, null]}",
    "[",
    "null",
    "https://example.com/a?b=c#d",
    "192.168.0.1",
    "::1",
    "00112233-4455-6677-8899-aabbccddeeff",
    "MÃ¼ller",
    "van der Berg",
    "DE89370400440532013000",
    std::string("nul\0in", 6),
};

const std::string kJson[] = {"null", "1", "-1.50", "\"x\"", "[]", "{}", "{\"a\": 1, \"a\": 2}", "[1, [2, [3]]]", "true"};

std::string sample_of(const std::string& refined) {
  if (refined == "email") return "ann@example.com";
  if (refined == "url") return "https://example.com/x";
  if (refined == "ip") return "10.0.0.1";
  if (refined == "phone_e164") return "+4930123456";
  if (refined == "iban") return "DE89370400440532013000";
  if (refined == "currency_code") return "EUR";
  if (refined == "postal_code") return "10115";
  if (refined == "language_tag") return "de-DE";
  return "DE";
}

}  // namespace

Cell* ValueMaker::cells(size_t count) {
  cells_.emplace_back(count);
  return cells_.back().data();
}

Text ValueMaker::zoned() {
  static const char* const kNames[] = {"UTC", "Europe/Paris", "America/New_York", "Pacific/Apia"};
  texts_.emplace_back(kZonedBytes, '\0');
  char* const bytes = texts_.back().data();
  Type timestamp;
  timestamp.kind = Kind::kTimestamp;
  return {bytes, pack_zoned({integer(timestamp), kNames[below(random_, std::size(kNames))]}, bytes)};
}

Text ValueMaker::text(const Type& type) {
  std::string value;
  if (type.kind == Kind::kJson) {
    value = kJson[below(random_, std::size(kJson))];
  } else if (type.kind == Kind::kPosition) {
    value = std::to_string(below(random_, 1000));
    value.insert(0, 20 - value.size(), '0');
  } else if (!type.name.empty()) {
    value = sample_of(type.name);
  } else {
    value = kTexts[below(random_, std::size(kTexts))];
    if (chance(random_, 10)) value += kTexts[below(random_, std::size(kTexts))];
    if (chance(random_, 3)) {
      const std::string once = value.empty() ? "x" : value;
      while (value.size() < 3000) value += once;
    }
    if (type.kind == Kind::kBytes && chance(random_, 50)) value += std::string("\xFF\x00\xFE\xC3", 4);
    if (type.low > 0 && value.empty()) value = "x";
    if (type.high != kUnboundedHigh && value.size() > static_cast<uint64_t>(type.high)) {
      // By bytes: shorter than asked, yet never half a character.
      size_t size = static_cast<size_t>(std::max<int64_t>(type.high, 0));
      while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) --size;
      value.resize(size);
      if (type.low > 0 && value.empty()) value = "x";
    }
    while (type.low > 0 && value.size() < static_cast<uint64_t>(type.low) && type.low < 100) value += "x";
  }
  texts_.push_back(std::move(value));
  return {texts_.back().data(), texts_.back().size()};
}

int64_t ValueMaker::integer(const Type& type) {
  const auto between = [this](int64_t low, int64_t high) {
    if (chance(random_, 10)) return low;
    if (chance(random_, 10)) return high;
    return low + static_cast<int64_t>(below(random_, static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1));
  };
  switch (type.kind) {
    case Kind::kDate: return chance(random_, 70) ? between(-1000, 30000) : between(kFirstDay, kLastDay);
    case Kind::kTime: return between(0, kMicrosPerDay - 1);
    case Kind::kDatetime:
    case Kind::kTimestamp:
      return chance(random_, 70) ? between(0, 2'000'000'000'000'000)
                                 : between(kFirstDay * kMicrosPerDay, (kLastDay + 1) * kMicrosPerDay - 1);
    case Kind::kDuration:
      return chance(random_, 80) ? between(-kMicrosPerDay * 400, kMicrosPerDay * 400)
                                 : between(-kLastDay * kMicrosPerDay, kLastDay * kMicrosPerDay);
    case Kind::kEnum: return static_cast<int64_t>(below(random_, program_.enums[type.declaration].variants.size()));
    default: break;
  }
  static constexpr int64_t kNumbers[] = {0,
                                         1,
                                         -1,
                                         2,
                                         7,
                                         10,
                                         38,
                                         100,
                                         1000,
                                         -1000,
                                         65536,
                                         1'000'000'007,
                                         std::numeric_limits<int64_t>::max(),
                                         std::numeric_limits<int64_t>::min(),
                                         std::numeric_limits<int64_t>::max() - 1,
                                         std::numeric_limits<int64_t>::min() + 1};
  int64_t value =
      chance(random_, 60) ? kNumbers[below(random_, std::size(kNumbers))] : static_cast<int64_t>(random_() >> below(random_, 64));
  if (type.low != kUnboundedLow || type.high != kUnboundedHigh) {
    if (value < type.low || value > type.high) value = type.low != kUnboundedLow ? type.low : type.high;
    if (type.low != kUnboundedLow && type.high != kUnboundedHigh && chance(random_, 80)) value = between(type.low, type.high);
  }
  return value;
}

int128 ValueMaker::decimal(const Type& type) {
  if (type.kind == Kind::kUuid) return static_cast<int128>((static_cast<uint128>(random_()) << 64) | random_());
  int128 limit = 1;
  for (int i = 0; i < (type.precision == 0 ? 38 : type.precision); ++i) limit *= 10;
  const int128 random = static_cast<int128>(((static_cast<uint128>(random_()) << 64) | random_()) >> (1 + below(random_, 126)));
  int128 value = random;
  switch (below(random_, 8)) {
    case 0: value = 0; break;
    case 1: value = limit - 1; break;
    case 2: value = 1; break;
    case 3: value = 5; break;
    default: break;
  }
  value %= limit;
  return chance(random_, 40) ? -value : value;
}

Cell ValueMaker::make(TypeId type_id, int depth) {
  const Type& type = program_.types[type_id];
  Cell cell{};
  if (type.nullable && chance(random_, 40)) {
    cell.state = Presence::kNull;
    return cell;
  }
  cell.state = Presence::kValue;
  switch (storage_of(type.kind)) {
    case Storage::kBool: cell.boolean = chance(random_, 50); return cell;
    case Storage::kInt: cell.integer = integer(type); return cell;
    case Storage::kReal: {
      static const double kReals[] = {0.0,
                                      -0.0,
                                      1.0,
                                      -1.5,
                                      0.1,
                                      1e300,
                                      -1e-300,
                                      123456.789,
                                      std::numeric_limits<double>::infinity(),
                                      std::numeric_limits<double>::quiet_NaN(),
                                      5e-324,
                                      9007199254740993.0};
      cell.real = kReals[below(random_, std::size(kReals))];
      return cell;
    }
    case Storage::kDecimal: cell.decimal = decimal(type); return cell;
    case Storage::kText: cell.text = type.kind == Kind::kZoned ? zoned() : text(type); return cell;
    case Storage::kList: {
      const size_t count = type.kind == Kind::kRecord ? type.fields.size() : depth > 3 ? 0 : below(random_, chance(random_, 5) ? 40 : 5);
      Cell* const items = count == 0 ? nullptr : cells(count);
      size_t made = 0;
      for (size_t i = 0; i < count; ++i) {
        const TypeId element = type.kind == Kind::kRecord ? type.fields[i].type : type.element;
        items[made] = make(element, depth + 1);
        bool fresh = true;
        for (size_t k = 0; type.kind == Kind::kSet && k < made; ++k)
          fresh = fresh && !testing::same_value(program_, element, items[k], items[made]);
        if (fresh) ++made;
      }
      cell.list = {items, made};
      return cell;
    }
    case Storage::kMap: {
      entries_.emplace_back();
      std::vector<MapEntry>& entries = entries_.back();
      const size_t count = depth > 3 ? 0 : below(random_, 4);
      for (size_t i = 0; i < count; ++i) {
        MapEntry entry{make(type.key, depth + 1), make(type.element, depth + 1)};
        bool fresh = true;
        for (const MapEntry& other : entries) fresh = fresh && !testing::same_value(program_, type.key, other.key, entry.key);
        if (fresh) entries.push_back(entry);
      }
      cell.map = {entries.data(), entries.size()};
      return cell;
    }
    case Storage::kScalar: break;
  }
  if (type.kind == Kind::kPeriod) {
    cell.integer = static_cast<int64_t>(below(random_, 48)) - 24;
    cell.extra = static_cast<uint32_t>(below(random_, 60));
    return cell;
  }
  if (type.kind == Kind::kMoney) {
    cell.decimal = static_cast<int128>(below(random_, 1'000'000)) - 500'000;
    cell.kind = ScalarKind::kDecimal;
    cell.scale = 2;
    cell.extra = 'E' | 'U' << 8 | 'R' << 16;
    return cell;
  }
  cell.kind = static_cast<ScalarKind>(below(random_, 4));
  switch (cell.kind) {
    case ScalarKind::kBool: cell.boolean = chance(random_, 50); break;
    case ScalarKind::kInt: cell.integer = integer(Type{}); break;
    case ScalarKind::kDecimal:
      cell.decimal = decimal(Type{});
      cell.scale = static_cast<uint8_t>(below(random_, 39));
      break;
    case ScalarKind::kText: cell.text = text(Type{}); break;
  }
  return cell;
}

Cell ValueMaker::make_field(TypeId type, bool optional) {
  Cell cell = make(type);
  if (optional && program_.types[type].nullable && chance(random_, 15)) {
    cell = Cell{};
    cell.state = chance(random_, 60) ? Presence::kAbsent : Presence::kUnavailable;
  }
  return cell;
}

}  // namespace mig::fuzz
