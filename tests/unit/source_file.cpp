#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>

#include "tests/unit/source_reading.h"

namespace mig::test {
namespace {

using Lines = std::vector<std::string>;

std::unique_ptr<FormatSetting> two_texts() {
  auto s = std::make_unique<FormatSetting>();
  s->add("a", s->maybe(s->types.of(Kind::kString)));
  s->add("b", s->maybe(s->types.of(Kind::kString)));
  s->layout.finish();
  return s;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}
std::string utf16(const std::string& ascii, bool big, bool mark) {
  std::string out = mark ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
  for (const char c : ascii) {
    out += big ? '\0' : c;
    out += big ? c : '\0';
  }
  return out;
}

constexpr char kCsv[] = "a,b\n1,2\n\"x\ny\",4\nbad\n5,6\n";
const Lines kCsvRecords = {R"(0:2@4+3 {"a":"1","b":"2"})", R"(0:3@8+7 {"a":"x\ny","b":"4"})",
                           "0:5@16+3 !- the number of columns is not the header's", R"(0:6@20+3 {"a":"5","b":"6"})"};

TEST(FileSource, ChunksOfAnySizeGiveTheSame) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  for (const std::string& bytes :
       {std::string(kCsv), gzip(kCsv), zstd(kCsv), utf16(kCsv, false, true), utf16(kCsv, true, true), "\xEF\xBB\xBF" + std::string(kCsv),
        gzip(std::string(kCsv).substr(0, 9)) + gzip(std::string(kCsv).substr(9)), zstd("") + zstd(kCsv)}) {
    const SourcePlan plan = s->plan("csv", {folder.write("x", bytes)});
    for (uint64_t chunk = 16; chunk < 40; ++chunk) {
      const SourceReading got = read_source(*s, plan, chunk);
      EXPECT_EQ(got.error, "");
      EXPECT_EQ(got.records, kCsvRecords) << chunk;
    }
  }
}

TEST(FileSource, DamageIsNeverAnEnd) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  std::string text = "a,b\n";
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) text += std::to_string(random()) + "," + std::to_string(random()) + "\n";
  for (const bool use_zstd : {false, true}) {
    const std::string whole = use_zstd ? zstd(text) : gzip(text);
    EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", whole)})).records.size(), 2000u);
    for (size_t cut = whole.size() - 1; cut > whole.size() - 40; --cut) {
      const SourceReading got = read_source(*s, s->plan("csv", {folder.write("x", whole.substr(0, cut))}));
      EXPECT_EQ(got.kind, ErrorKind::kCorrupt) << got.error;
    }
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
    if (!use_zstd) {  // zstd frames have no checksum by default
      EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", flipped)})).kind, ErrorKind::kCorrupt);
    }
    EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", whole + "garbage")})).kind, ErrorKind::kCorrupt);
  }
}

TEST(FileSource, ResumeGivesTheRestAndProvesThePrefix) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  std::string text = "a,b\n";
  for (int i = 0; i < 60; ++i) text += i % 7 ? std::to_string(i) + ",x\n" : "\"" + std::to_string(i) + "\n\",y\r\n";
  for (const bool packed : {false, true}) {
    const std::string path = folder.write("1.csv", packed ? gzip(text) : text);
    folder.write("2.csv", "b,a\n7,8\n");
    const SourcePlan plan = s->plan("csv", {folder.path()});
    const SourceReading whole = read_source(*s, plan, 64);
    ASSERT_EQ(whole.error, "");
    ASSERT_EQ(whole.records.size(), 61u);
    EXPECT_EQ(whole.records.back(), R"(1:2@4+3 {"a":"8","b":"7"})");
    auto without_lines = [](Lines lines) {
      for (std::string& line : lines) line.erase(0, line.find('@'));
      return lines;
    };
    for (size_t i = 0; i < whole.positions.size(); ++i) {
      const SourceReading rest = read_source(*s, plan, 50, 16 << 20, &whole.positions[i]);
      EXPECT_EQ(rest.error, "");
      EXPECT_EQ(without_lines(rest.records),
                without_lines(Lines(whole.records.begin() + static_cast<long>(whole.counts[i]), whole.records.end())));
    }
    std::string changed = text;
    changed[5] = '9';
    folder.write("1.csv", packed ? gzip(changed) : changed);
    const SourceReading refused = read_source(*s, plan, 64, 16 << 20, &whole.positions[2]);
    EXPECT_EQ(refused.kind, ErrorKind::kSourceChanged);
    EXPECT_NE(refused.error.find(path), std::string::npos);
    const Position broken{"file1:0:x:0:0:0"};
    EXPECT_EQ(read_source(*s, plan, 64, 16 << 20, &broken).kind, ErrorKind::kCorrupt);
  }
}

TEST(FileSource, FilesOfFoldersAndGlobs) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  folder.write("b.ndjson", "{\"a\":\"2\"}\n");
  folder.write("a.ndjson", "{\"a\":\"1\"}");
  folder.write("B.ndjson", "");
  folder.write(".hidden", "x");
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.path()})).records, (Lines{R"(1:1@0+9 {"a":"1"})", R"(2:1@0+9 {"a":"2"})"}));
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.path() + "/[b]*.ndjson"})).records, (Lines{R"(0:1@0+9 {"a":"2"})"}));
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.path() + "/x*"})).kind, ErrorKind::kConfig);
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.path() + "/none"})).kind, ErrorKind::kConfig);
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.path() + "/B.ndjson"})).kind, ErrorKind::kConfig);
}

TEST(FileSource, Encodings) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b\n\x80\xE9,\x81\n")}, {{"encoding", std::string("cp1252")}})).records,
            (Lines{"0:2@4+7 !- the bytes are not UTF-8"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b\n\x80\xE9,z\n")}, {{"encoding", std::string("cp1252")}})).records,
            (Lines{"0:2@4+7 {\"a\":\"\xE2\x82\xAC\xC3\xA9\",\"b\":\"z\"}"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b\n\xE9,z\n")}, {{"encoding", std::string("latin1")}})).records,
            (Lines{"0:2@4+4 {\"a\":\"\xC3\xA9\",\"b\":\"z\"}"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b\n\xE9,z\nok,1\n")})).records,
            (Lines{"0:2@4+3 !- the bytes are not UTF-8", R"(0:3@8+4 {"a":"ok","b":"1"})"}));
  const std::string pair(
      "\xFF\xFE"
      "a\0,\0b\0\n\0"
      "\x3D\xD8\x00\xDE,\0\n\0"
      "\x00\xD8,\0\n\0",
      24);
  const Lines got = read_source(*s, s->plan("csv", {folder.write("x", pair)})).records;
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0], "0:2@4+5 {\"a\":\"\xF0\x9F\x98\x80\"}");
  EXPECT_EQ(got[1], "0:3@10+4 !- the bytes are not UTF-8");
  const std::string marked = "\xEF\xBB\xBF{\"a\":\"1\"}\n";
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.write("x", marked)})).records,
            (Lines{"0:1@0+12 !- a byte order mark stands before the record"}));
  EXPECT_EQ(read_source(*s, s->plan("ndjson", {folder.write("x", marked)}, {{"bom", std::string("skip")}})).records,
            (Lines{R"(0:1@0+9 {"a":"1"})"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b\n")}, {{"encoding", std::string("utf8")}})).error.substr(0, 37),
            "setting encoding must be one of \"auto");
}

TEST(FileSource, LongRecordsAreRefusedAndReadingGoesOn) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  const std::string big(5000, 'x');
  for (const uint64_t chunk : {16, 100, 1000, 10000}) {
    const std::string json = "{\"a\":\"1\"}\n{\"a\":\"" + big + "\"}\n{\"a\":\"2\"}\n" + big;
    const SourceReading got = read_source(*s, s->plan("ndjson", {folder.write("x", json)}), chunk, 1000);
    ASSERT_EQ(got.records.size(), 4u) << chunk;
    EXPECT_EQ(got.records[0], R"(0:1@0+9 {"a":"1"})");
    EXPECT_NE(got.records[1].find("!- the record is longer than the limit on records"), std::string::npos);
    EXPECT_EQ(got.records[2].substr(0, 4), "0:3@");
    EXPECT_EQ(got.records[2].substr(got.records[2].find(' ')), R"( {"a":"2"})");
    EXPECT_NE(got.records[3].find("!- the record is longer than the limit on records"), std::string::npos);
    // A quote that never closes costs its line only; a cell that is too long costs its record.
    const std::string csv = "a,b\n1,\"open\n2,x\n" + big + ",y\n3,x\n\"" + big + "\n" + big + "\",z\n4,x\n";
    const SourceReading rows = read_source(*s, s->plan("csv", {folder.write("y", csv)}), chunk, 1000);
    EXPECT_EQ(rows.error, "");
    std::string kept;
    for (const std::string& row : rows.records) kept += row.find('!') == std::string::npos ? row.substr(row.find("\"a\":") + 5, 1) : "!";
    EXPECT_EQ(kept, "!2!3!!4") << chunk;
  }
}

TEST(FileSource, HeaderSettings) {
  const TemporaryFolder folder;
  const auto s = two_texts();
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "1,2\n")}, {{"header", false}})).records,
            (Lines{R"(0:1@0+3 {"a":"1","b":"2"})"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "1,2,3\n")}, {{"header", std::vector<std::string>{"b", "z", "a"}}})).records,
            (Lines{R"(0:1@0+5 {"a":"3","b":"1"})"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "\"b\",\"a\"\r\n1,2\n")})).records, (Lines{R"(0:2@9+3 {"a":"2","b":"1"})"}));
  EXPECT_EQ(read_source(*s, s->plan("csv", {folder.write("x", "a,b")})).records, Lines{});
}

}  // namespace
}  // namespace mig::test
