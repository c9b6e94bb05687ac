// The same records whatever the instruction set, and wherever a text is cut; and the fast JSON decoder against the byte-by-byte proof.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/formats/scan/key_masks.h"
#include "runtime/formats/scan/masks.h"
#include "runtime/formats/scan/text_stop.h"
#include "runtime/types/text.h"
#include "tests/unit/formats_random_csv.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {
namespace {

std::string pick_bytes(Random& random, std::string_view alphabet, size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

TEST(Scan, MasksAreEqual) {
  Random random(1);
  constexpr char kBytes[] = "\"\\\n\r\0\t,;ab\x1F \x7F\x80\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\xED\xA0\xFF";
  const std::string_view alphabet(kBytes, sizeof kBytes - 1);
  for (int round = 0; round < 2000; ++round) {
    const size_t blocks = 1 + random() % 4;
    const std::string text = pick_bytes(random, round % 2 ? alphabet : alphabet.substr(0, 13), blocks * kBlockBytes);
    CsvMasks csv[3][4];
    for (const Simd simd : kAll) {
      if (!available(simd)) continue;
      const auto k = static_cast<size_t>(simd);
      classify_csv(simd, text.data(), blocks, '"', ',', csv[k]);
      uint64_t suspicious = 0;
      for (size_t b = 0; b < blocks; ++b) {
        EXPECT_EQ(csv[k][b].quote, csv[0][b].quote);
        EXPECT_EQ(csv[k][b].delimiter, csv[0][b].delimiter);
        EXPECT_EQ(csv[k][b].newline, csv[0][b].newline);
        EXPECT_EQ(csv[k][b].carriage, csv[0][b].carriage);
        suspicious |= csv[k][b].suspect;
      }
      EXPECT_TRUE(suspicious != 0 || is_valid_utf8(text)) << "round " << round;
    }
  }
}

TEST(Scan, KeysAndTextEndsAreEqual) {
  Random random(3);
  constexpr std::string_view kBytes = "\"\"\\abu{[\n \x01\x7F\xC3\xA9";
  const KeyProbe probes[] = {{'a', 1}, {'b', 3}};
  for (int round = 0; round < 5000; ++round) {
    const size_t blocks = 1 + random() % 3;
    const std::string text = pick_bytes(random, kBytes, blocks * kBlockBytes + 8) + std::string(64, '\0');
    for (const Simd simd : kAll) {
      if (!available(simd)) continue;
      KeyMasks masks[3], expected[3];
      classify_keys(Simd::kScalar, text.data(), blocks, probes, 2, expected);
      classify_keys(simd, text.data(), blocks, probes, 2, masks);
      for (size_t b = 0; b < blocks; ++b) {
        EXPECT_EQ(masks[b].key, expected[b].key);
        EXPECT_EQ(masks[b].newline, expected[b].newline);
        EXPECT_EQ(masks[b].open, expected[b].open);
        EXPECT_EQ(masks[b].unicode, expected[b].unicode);
      }
      const char* const p = text.data() + random() % (blocks * kBlockBytes);
      bool high = false, expected_high = false;
      EXPECT_EQ(text_stop(simd, p, high), text_stop(Simd::kScalar, p, expected_high));
      EXPECT_EQ(high, expected_high);
      EXPECT_EQ(plain_text_stop(p, simd != Simd::kScalar), plain_text_stop(p, false));
    }
  }
}

TEST(Scan, Utf8) {
  Random random(2);
  constexpr char kBytes[] = "a\xC2\xC3\xA9\x80\xBF\xE0\xA0\x9F\xED\xE2\x82\xAC\xF0\x90\x8F\xF4\xC0\xF5";
  const std::string_view alphabet(kBytes, sizeof kBytes - 1);
  for (int round = 0; round < 100000; ++round) {
    const std::string text =
        std::string(random() % 9, 'x') + pick_bytes(random, alphabet, 1 + random() % 6) + std::string(random() % 9, 'x');
    EXPECT_EQ(first_invalid_utf8(text.data(), text.size()) == text.size(), is_valid_utf8(text));
  }
  if (!available(Simd::kAvx2)) return;
  // A whole block is either proven or suspicious, never wrongly proven, and text without faults is not suspicious.
  for (int round = 0; round < 20000; ++round) {
    std::string text(3 * kBlockBytes, 'x');
    const std::string insert =
        round % 2 ? pick_bytes(random, alphabet, 1 + random() % 5) : std::string("\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9");
    text.replace(random() % (text.size() - insert.size()), insert.size(), insert);
    CsvMasks masks[3];
    classify_csv(Simd::kAvx2, text.data(), 3, '"', ',', masks);
    EXPECT_EQ((masks[0].suspect | masks[1].suspect | masks[2].suspect) == 0, is_valid_utf8(text));
  }
}

/// A JSON text made of the things that go wrong; about half are valid.
std::string random_json(Random& random, int depth) {
  static const char* const kTexts[] = {"\"\"",         "\"a\"",
                                       "\"\\\"\"",     "\"\\\\\"",
                                       "\"x\\u00e9\"", "\"é, {\\\\\\\"}\"",
                                       "\"[1,2]\"",    "\"long text of more than thirty-two bytes, with: colons\""};
  static const char* const kNumbers[] = {"0", "-1", "12.50", "1e5", "-0.0", "9223372036854775807", "12345678901234567890123"};
  static const char* const kBad[] = {"01", "tru",    "\"\\x\"", "\"\\ud800\"", "\"\t\"",  "1.",   "",         "\"",
                                     "\\", "\"\\\"", "nul",     "[,]",         "{\"a\"}", "\x01", "\"\xC3\"", "\"\xFF\""};
  static const char* const kBlank[] = {"", "", "", " ", "\t", "  ", "\r"};
  auto blank = [&] { return std::string(kBlank[random() % 7]); };
  switch (random() % (depth > 3 ? 5 : 8)) {
    case 0: return kNumbers[random() % 7];
    case 1: return random() % 2 ? "true" : "null";
    case 2: return random() % 12 ? "false" : kBad[random() % 16];
    case 3:
    case 4: return kTexts[random() % 8];
    default: break;
  }
  const bool object = random() % 2;
  std::string text = object ? "{" : "[";
  const uint64_t count = random() % 4;
  for (uint64_t i = 0; i < count; ++i) {
    if (i != 0) text += ",";
    text += blank();
    if (object) text += std::string(kTexts[random() % 8]) + blank() + ":" + blank();
    text += random_json(random, depth + 1) + blank();
  }
  text += object ? "}" : "]";
  return text;
}

std::unique_ptr<FormatSetting> anything() {
  auto s = std::make_unique<FormatSetting>();
  s->add("a", s->maybe(s->types.of(Kind::kJson)));
  s->add("b", s->maybe(s->types.of(Kind::kString)));
  s->add("c", s->maybe(s->types.map(s->types.of(Kind::kString), s->maybe(s->types.of(Kind::kScalar)))));
  s->add("d", s->maybe(s->types.list(s->types.of(Kind::kString))), true, true, DecodeMode::kListOrCsv);
  s->add("e", s->maybe(s->types.of(Kind::kInt)));
  s->add("f", s->maybe(s->types.decimal(10, 2)));
  s->add("g", s->maybe(s->types.of(Kind::kInt)), true, false);
  s->layout.finish();
  return s;
}

std::string random_ndjson(Random& random, int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    std::string line = "{";
    const uint64_t keys = random() % 8;
    for (uint64_t k = 0; k < keys; ++k) {
      if (k != 0) line += random() % 5 ? "," : " , ";
      line += "\"" + std::string(1, static_cast<char>('a' + random() % 8)) + "\":" + random_json(random, 0);
    }
    line += random() % 50 ? "}" : "";
    if (random() % 20 == 0 && !line.empty()) line[random() % line.size()] = "\"\\{}[],: \x80"[random() % 10];
    std::erase(line, '\n');
    text += line + (random() % 8 ? "\n" : "\r\n");
  }
  return text;
}

TEST(NdjsonScan, EveryInstructionSetReadsTheSame) {
  const auto s = anything();
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const std::string text = random_ndjson(random, 200);
    const auto expected = read_ndjson(*s, text, Simd::kScalar);
    for (const Simd simd : kAll) {
      if (!available(simd)) continue;
      EXPECT_EQ(read_ndjson(*s, text, simd), expected) << "seed " << seed;
    }
  }
}

TEST(NdjsonScan, MalformedIsWhatTheProofSays) {
  const auto s = anything();
  Random random(7);
  for (int round = 0; round < 20000; ++round) {
    const std::string line = random_ndjson(random, 1);
    const std::string_view body(line.data(), line.size() - 1);
    const bool malformed = read_ndjson(*s, line).at(0).starts_with("1: !-");
    const bool proven = prove_json(body, 256).cause == nullptr;
    EXPECT_EQ(!malformed, proven) << line;
  }
}

/// Whole records cut from the text one by one must give what the whole text gives, but for the line numbers.
template <class Read>
void expect_same_in_pieces(const std::string& text, BoundaryScanner* scanner, Read read, Random& random) {
  auto without_lines = [](std::vector<std::string> records) {
    for (std::string& record : records) record.erase(0, record.find(' '));
    return records;
  };
  const std::vector<std::string> whole = without_lines(read(text));
  std::vector<std::string> pieces;
  size_t begin = 0, end = 0;
  while (begin < text.size()) {
    end = std::min<size_t>(text.size(), std::max(end, begin) + 1 + random() % 97);
    size_t cut = end == text.size() ? end - begin : 0;
    if (end != text.size()) {
      if (scanner != nullptr) {
        cut = scanner->last_boundary(text.data() + begin, end - begin);
      } else {
        const size_t feed = std::string_view(text.data() + begin, end - begin).rfind('\n');
        cut = feed == std::string_view::npos ? 0 : feed + 1;
      }
    }
    if (cut == 0) continue;
    for (std::string& record : without_lines(read(text.substr(begin, cut)))) pieces.push_back(std::move(record));
    begin += cut;
  }
  EXPECT_EQ(pieces, whole) << text;
}

TEST(NdjsonScan, CutsDoNotMatter) {
  const auto s = anything();
  for (uint64_t seed = 100; seed < 130; ++seed) {
    Random random(seed);
    expect_same_in_pieces(random_ndjson(random, 60), nullptr, [&](const std::string& text) { return read_ndjson(*s, text); }, random);
  }
}

TEST(CsvScan, EveryInstructionSetReadsTheSame) {
  const auto s = three_texts();
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed);
    const std::string text = random_csv(random, 150, seed % 2 == 0);
    const auto expected = read_csv(*s, text, {}, Simd::kScalar);
    for (const Simd simd : kAll) {
      if (!available(simd)) continue;
      EXPECT_EQ(read_csv(*s, text, {}, simd), expected) << "seed " << seed;
    }
  }
}

/// The records as the byte-by-byte reader alone finds them.
TEST(CsvScan, IndexAgreesWithTheByteReader) {
  const auto s = three_texts();
  for (uint64_t seed = 1000; seed < 1100; ++seed) {
    Random random(seed);
    const std::string text = random_csv(random, 100, true);
    std::vector<uint64_t> ends, expected;
    for (const char* p = text.data(); p != text.data() + text.size();) {
      p = read_csv_record({}, p, text.data() + text.size(), nullptr).next;
      expected.push_back(static_cast<uint64_t>(p - text.data()));
    }
    const std::string padded = text + std::string(64, '\0');
    auto decoder = make_csv_decoder(s->options(), {}, csv_columns_in_order(s->layout));
    ASSERT_TRUE(decoder.ok());
    std::vector<Cell> memory(s->layout.stride / sizeof(Cell) + 2);
    uint64_t lines = 0;
    for (const char* p = padded.data(); p != padded.data() + text.size();) {
      DecodeFailure failure;
      bool failed;
      p = (*decoder)->decode(p, padded.data() + text.size(), reinterpret_cast<uint8_t*>(memory.data()), s->context, lines, failure, failed);
      ends.push_back(static_cast<uint64_t>(p - padded.data()));
    }
    EXPECT_EQ(ends, expected) << text;
    EXPECT_EQ(lines, static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')));
  }
}

/// The wanted cells of one record as the byte-by-byte reader sees them, or "!" for one that is refused.
std::vector<std::string> cells_of(const CsvRecordEnd& record, const char* p, const std::vector<CsvCell>& cells, uint32_t columns,
                                  const std::vector<uint32_t>& wanted) {
  const auto size = static_cast<uint64_t>(record.text_end - p);
  const bool clean = first_invalid_utf8(p, size) == size && std::find(p, record.text_end, '\0') == record.text_end;
  if (record.cause != nullptr || !clean || cells.size() != columns) return {"!"};
  std::vector<std::string> texts;
  for (const uint32_t column : wanted) {
    const CsvCell& cell = cells[column];
    std::string text(cell.begin, cell.end);
    if (cell.escaped) text.resize(unescape_csv({}, cell.begin, cell.end, text.data()));
    texts.push_back(text.empty() && !cell.quoted ? "-" : "=" + text);
  }
  return texts;
}

TEST(CsvScan, FewOfManyColumnsAreThoseOfTheByteReader) {
  struct Case {
    uint32_t columns;
    std::vector<uint32_t> wanted;
  };
  const std::vector<Case> cases = {{7, {0}}, {7, {6}}, {12, {3, 4}}, {12, {}}, {90, {0, 1, 40, 89}}, {200, {0, 10, 20, 50, 130, 198, 199}}};
  for (const Case& c : cases) {
    FormatSetting s;
    CsvColumns columns;
    columns.count = c.columns;
    for (const uint32_t column : c.wanted) {
      s.add("c" + std::to_string(column), s.maybe(s.types.of(Kind::kString)));
      columns.column_of_field.push_back(static_cast<int32_t>(column));
    }
    s.layout.finish();
    std::vector<Cell> memory(s.layout.stride / sizeof(Cell) + 2);
    auto* const frame = reinterpret_cast<uint8_t*>(memory.data());
    for (uint64_t seed = 2000; seed < 2040; ++seed) {
      Random random(seed);
      const std::string text = random_csv(random, 60, seed % 2 == 0, c.columns);
      const std::string padded = text + std::string(64, '\0');
      std::vector<std::vector<std::string>> expected;
      std::vector<CsvCell> cells;
      for (const char* p = padded.data(); p != padded.data() + text.size();) {
        cells.clear();
        const CsvRecordEnd record = read_csv_record({}, p, padded.data() + text.size(), &cells);
        expected.push_back(cells_of(record, p, cells, c.columns, c.wanted));
        p = record.next;
      }
      for (const Simd simd : kAll) {
        if (!available(simd)) continue;
        auto decoder = make_csv_decoder(s.options(), {}, columns, simd);
        ASSERT_TRUE(decoder.ok());
        std::vector<std::vector<std::string>> found;
        uint64_t lines = 0;
        for (const char* p = padded.data(); p != padded.data() + text.size();) {
          std::memset(frame, 0, s.layout.stride);
          s.arena.reset(s.context);
          DecodeFailure failure;
          bool failed = false;
          p = (*decoder)->decode(p, padded.data() + text.size(), frame, s.context, lines, failure, failed);
          std::vector<std::string>& texts = found.emplace_back();
          for (size_t i = 0; i < c.wanted.size() && !failed; ++i) {
            Text cell;
            std::memcpy(&cell, frame + s.layout.fields[i].offset, sizeof cell);
            texts.push_back(frame[i] == static_cast<uint8_t>(Presence::kValue) ? "=" + std::string(cell.data, cell.size) : "-");
          }
          if (failed) texts = {"!"};
        }
        EXPECT_EQ(found, expected) << c.columns << " columns, seed " << seed;
      }
    }
  }
}

TEST(CsvScan, CutsDoNotMatter) {
  const auto s = three_texts();
  for (uint64_t seed = 200; seed < 290; ++seed) {
    Random random(seed);
    const uint64_t limit = seed % 3 == 0 ? 60 : seed % 3 == 1 ? 200 : 1 << 20;
    for (const Simd simd : kAll) {
      if (!available(simd)) continue;
      const auto scanner = make_csv_boundaries({}, limit, simd);
      DecoderOptions options = s->options();
      options.max_record_bytes = limit;
      auto decoder = make_csv_decoder(options, {}, csv_columns_in_order(s->layout), simd);
      ASSERT_TRUE(decoder.ok());
      expect_same_in_pieces(
          random_csv(random, 60, seed % 2 == 0), scanner.get(), [&](const std::string& text) { return read_all(*s, **decoder, text); },
          random);
    }
  }
}

}  // namespace
}  // namespace mig::test
