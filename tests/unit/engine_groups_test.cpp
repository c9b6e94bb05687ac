// Grouping by key against a map in memory: same winners, same losers, same order, whether or not partitions spill; and keys as bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>

#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/dedupe/member_frames.h"
#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/dedupe/sighting_store.h"
#include "tests/unit/engine_program.h"

namespace mig::test {
namespace {

struct Entry {
  uint64_t key;
  std::string order, source_key;
};

std::vector<Entry> entries(uint64_t count, uint64_t keys, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Entry> all;
  for (uint64_t i = 0; i < count; ++i) {
    all.push_back(
        {random() % keys, std::string(1 + random() % 3, static_cast<char>('a' + random() % 3)), "id" + std::to_string(random() % 1000)});
  }
  return all;
}

void compare(uint32_t threads, uint64_t count, uint64_t keys, uint64_t memory, bool with_groups) {
  const Folder folder;
  const std::vector<Entry> all = entries(count, keys, count + keys);
  GroupStore store(folder.path, memory, with_groups);
  for (uint64_t first = 0; first < count; first += 1000) {
    std::string chunk;
    for (uint64_t i = first; i < std::min(count, first + 1000); ++i) {
      const Entry& e = all[i];
      const KeyEntryHead head{e.key * 0x9E3779B97F4A7C15ull, e.key * 0xD1B54A32D192ED03ull, i - first,
                              static_cast<uint32_t>(e.order.size()), static_cast<uint32_t>(e.source_key.size())};
      chunk.append(reinterpret_cast<const char*>(&head), sizeof head).append(e.order).append(e.source_key);
    }
    ASSERT_TRUE(store.add(chunk, first).ok());
  }
  store.end_map(count / 2);  // a map boundary in the middle: members of the second map stand behind
  store.end_map(count);
  std::map<uint64_t, std::vector<uint64_t>> by_key;
  for (uint64_t i = 0; i < count; ++i) by_key[all[i].key].push_back(i);
  std::map<uint64_t, std::vector<uint64_t>> groups;  // by winner: all members, winner first
  std::map<uint64_t, uint64_t> losers;
  for (auto& [key, members] : by_key) {
    if (members.size() < 2) continue;
    const uint64_t winner = *std::min_element(members.begin(), members.end(), [&](uint64_t a, uint64_t b) {
      return std::tie(all[a].order, all[a].source_key, a) < std::tie(all[b].order, all[b].source_key, b);
    });
    std::erase(members, winner);
    std::sort(members.begin(), members.end(), [&](uint64_t a, uint64_t b) {
      return std::make_tuple(a >= count / 2, all[a].source_key, a) < std::make_tuple(b >= count / 2, all[b].source_key, b);
    });
    for (const uint64_t loser : members) losers[loser] = winner;
    members.insert(members.begin(), winner);
    if (with_groups) groups[winner] = members;
  }
  DedupeResult result{SortedRuns(folder.path, memory / 4), SortedRuns(folder.path, memory / 4)};
  ASSERT_TRUE(store.resolve(result, threads).ok());
  ASSERT_TRUE(result.losers.rewind().ok());
  ASSERT_TRUE(result.groups.rewind().ok());
  EXPECT_EQ(result.losers.count(), losers.size());
  for (const auto& [loser, winner] : losers) {
    ASSERT_FALSE(result.losers.at_end());
    ASSERT_EQ(result.losers.place(), loser);
    uint64_t found = 0;
    std::memcpy(&found, result.losers.bytes().data(), 8);
    ASSERT_EQ(found, winner);
    EXPECT_NE(result.losers.bytes().find(all[loser].source_key), std::string_view::npos);
    ASSERT_TRUE(result.losers.next().ok());
  }
  EXPECT_TRUE(result.losers.at_end());
  for (const auto& [winner, members] : groups) {
    ASSERT_EQ(result.groups.place(), winner);
    std::vector<uint64_t> found(result.groups.bytes().size() / 8);
    std::memcpy(found.data(), result.groups.bytes().data(), found.size() * 8);
    ASSERT_EQ(found, members);
    ASSERT_TRUE(result.groups.next().ok());
  }
  EXPECT_TRUE(result.groups.at_end());
}

void compare(uint64_t count, uint64_t keys, uint64_t memory, bool with_groups = true) {
  for (const uint32_t threads : {1u, 2u, 3u}) compare(threads, count, keys, memory, with_groups);
}

TEST(GroupStore, InMemory) { compare(20000, 9000, 64 << 20); }
TEST(GroupStore, Spilled) { compare(100000, 40000, 1 << 20); }
TEST(GroupStore, SplitTwice) { compare(60000, 50000, 32 << 10); }
TEST(GroupStore, OneHugeGroup) { compare(30000, 1, 256 << 10); }
TEST(GroupStore, OneHugeGroupOfLosers) { compare(30000, 1, 256 << 10, false); }
TEST(GroupStore, SpilledWithoutGroups) { compare(100000, 40000, 1 << 20, false); }
TEST(GroupStore, NoGroups) { compare(1000, 1ull << 60, 1 << 20); }

void compare_sightings(uint32_t threads, uint64_t count, uint64_t keys, uint64_t memory) {
  const Folder folder;
  std::mt19937_64 random(count + keys);
  SightingStore store(folder.path, memory);
  std::map<uint64_t, std::vector<uint64_t>> by_hash;
  std::string chunk;
  for (uint64_t i = 0; i < count; ++i) {
    const Sighting seen{(random() % keys) * 0x9E3779B97F4A7C15ull, i * 3};
    by_hash[seen.hash].push_back(seen.number);
    chunk.append(reinterpret_cast<const char*>(&seen), sizeof seen);
    if (chunk.size() < 5000 && i + 1 < count) continue;
    ASSERT_TRUE(store.add(chunk).ok());
    chunk.clear();
  }
  std::vector<uint64_t> expected;
  for (const auto& [hash, numbers] : by_hash) {
    if (numbers.size() > 1) expected.insert(expected.end(), numbers.begin(), numbers.end());
  }
  std::sort(expected.begin(), expected.end());
  SortedRuns repeated(folder.path, memory / 4);
  ASSERT_TRUE(store.resolve(repeated, threads).ok());
  ASSERT_TRUE(repeated.rewind().ok());
  for (const uint64_t number : expected) {
    ASSERT_FALSE(repeated.at_end());
    ASSERT_EQ(repeated.place(), number);
    ASSERT_TRUE(repeated.next().ok());
  }
  EXPECT_TRUE(repeated.at_end());
}

void compare_sightings(uint64_t count, uint64_t keys, uint64_t memory) {
  for (const uint32_t threads : {1u, 2u, 3u}) compare_sightings(threads, count, keys, memory);
}

TEST(SightingStore, InMemory) { compare_sightings(20000, 9000, 64 << 20); }
TEST(SightingStore, Spilled) { compare_sightings(200000, 90000, 1 << 20); }
TEST(SightingStore, ReadInParts) { compare_sightings(60000, 50000, 4 << 10); }
TEST(SightingStore, OneKey) { compare_sightings(30000, 1, 64 << 10); }
TEST(SightingStore, NoKeyTwice) { compare_sightings(1000, 1ull << 60, 1 << 20); }

void compare_rows(uint64_t count, uint64_t longest, uint64_t budget) {
  const Folder folder;
  std::mt19937_64 random(count + longest);
  std::map<uint64_t, std::string> expected;
  SortedRuns rows(folder.path, budget);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t place = random();
    const std::string bytes(random() % 7 == 0 ? random() % longest : random() % 20, static_cast<char>('a' + i % 26));
    if (!expected.emplace(place, bytes).second) continue;
    ASSERT_TRUE(rows.add(place, bytes).ok());
  }
  EXPECT_EQ(rows.count(), expected.size());
  ASSERT_TRUE(rows.rewind().ok());
  for (const auto& [place, bytes] : expected) {
    ASSERT_FALSE(rows.at_end());
    ASSERT_EQ(rows.place(), place);
    ASSERT_EQ(rows.bytes(), bytes);
    ASSERT_TRUE(rows.next().ok());
  }
  EXPECT_TRUE(rows.at_end());
}

TEST(SortedRuns, None) { compare_rows(0, 1, 1 << 20); }
TEST(SortedRuns, InMemory) { compare_rows(2000, 300, 4 << 20); }
TEST(SortedRuns, ManyRuns) { compare_rows(100000, 300, 16 << 10); }
TEST(SortedRuns, RowsLargerThanWindowsAndBudget) { compare_rows(3000, 9000, 8 << 10); }

TEST(OrderedBytes, SortAsValuesDo) {
  TypeTable types;
  std::mt19937_64 random(5);
  const auto bytes_of = [&](const Cell& cell, TypeId type) {
    std::string out;
    append_ordered(out, cell, type, types);
    return out;
  };
  std::vector<int64_t> numbers = {INT64_MIN, -1, 0, 1, INT64_MAX};
  for (int i = 0; i < 50; ++i) numbers.push_back(static_cast<int64_t>(random()));
  std::vector<std::string> texts = {"", "a", std::string("a\0", 2), std::string("a\0b", 3), "ab", "b", "\xc3\xa9"};
  for (const int64_t a : numbers) {
    for (const int64_t b : numbers) {
      Cell x{}, y{};
      x.state = y.state = Presence::kValue;
      x.integer = a;
      y.integer = b;
      EXPECT_EQ(bytes_of(x, types.of(Kind::kInt)) < bytes_of(y, types.of(Kind::kInt)), a < b);
      x.decimal = int128{a} * 1000;
      y.decimal = int128{b} * 1000;
      EXPECT_EQ(bytes_of(x, types.decimal(38, 2)) < bytes_of(y, types.decimal(38, 2)), a < b);
    }
  }
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      Cell x{}, y{};
      x.state = y.state = Presence::kValue;
      x.text = {a.data(), a.size()};
      y.text = {b.data(), b.size()};
      const std::string ordered = bytes_of(x, types.of(Kind::kString));
      EXPECT_EQ(ordered < bytes_of(y, types.of(Kind::kString)), a < b);
      std::string_view rest = ordered;
      std::string text;
      Cell back{};
      ASSERT_TRUE(read_ordered(rest, back, types.of(Kind::kString), types, text));
      EXPECT_EQ(text, a);
      EXPECT_TRUE(rest.empty());
    }
  }
}

TEST(MemberFrames, KeepsWhatFindsRoom) {
  TypeTable types;
  RecordLayout layout;
  layout.add("name", types.nullable(types.of(Kind::kString)), types, true);
  layout.finish();
  MemberFrames frames(layout, types, 64 << 10);
  const auto text_of = [](uint64_t number) { return "member " + std::to_string(number) + std::string(number % 50, '.'); };
  std::vector<Cell> memory(layout.stride / sizeof(Cell) + 1);
  auto* const frame = reinterpret_cast<uint8_t*>(memory.data());
  for (uint64_t number = 0; number < 10000; number += 3) {
    const std::string text = text_of(number);
    Cell cell{};
    cell.state = Presence::kValue;
    cell.text = {text.data(), text.size()};
    store_cell(frame, layout, 0, cell);
    frames.keep(number, frame);
  }
  EXPECT_EQ(frames.load(1), nullptr);
  EXPECT_EQ(frames.load(9999), nullptr);
  uint64_t kept = 0;
  for (uint64_t group = 0; group < 9990; group += 30) {
    frames.begin_group();
    std::vector<std::pair<uint64_t, uint8_t*>> loaded;
    for (uint64_t number = group; number < group + 30; number += 3) {
      if (uint8_t* const copy = frames.load(number)) loaded.emplace_back(number, copy);
    }
    for (const auto& [number, copy] : loaded) EXPECT_EQ(load_cell(copy, layout, 0).text.view(), text_of(number));
    kept += loaded.size();
  }
  EXPECT_GT(kept, 200u);
  EXPECT_LT(kept, 3000u);
  EXPECT_NE(frames.load(0), nullptr);
}

TEST(PackedFrame, SurvivesItsBatch) {
  TypeTable types;
  const TypeId text = types.of(Kind::kString), scalar = types.of(Kind::kScalar);
  RecordLayout layout;
  layout.add("name", types.nullable(text), types, true);
  layout.add("tags", types.nullable(types.list(types.nullable(text))), types, true);
  layout.add("more", types.nullable(types.map(text, types.nullable(scalar))), types, true);
  layout.finish();
  std::string packed;
  {
    std::vector<std::string> words = {"one", "two", "", "four"};
    std::vector<Cell> frame(layout.stride / sizeof(Cell) + 1);
    auto* const bytes = reinterpret_cast<uint8_t*>(frame.data());
    Cell name{}, tags{}, more{};
    name.state = tags.state = more.state = Presence::kValue;
    name.text = {words[0].data(), words[0].size()};
    std::vector<Cell> items(3);
    items[0] = name;
    items[1].state = Presence::kNull;
    items[2].state = Presence::kValue;
    items[2].text = {words[1].data(), words[1].size()};
    tags.list = {items.data(), items.size()};
    std::vector<MapEntry> pairs(2);
    pairs[0].key = items[2];
    pairs[0].value.state = Presence::kValue;
    pairs[0].value.kind = ScalarKind::kText;
    pairs[0].value.text = {words[3].data(), words[3].size()};
    pairs[1].key = name;
    pairs[1].value.state = Presence::kValue;
    pairs[1].value.kind = ScalarKind::kInt;
    pairs[1].value.integer = 42;
    more.map = {pairs.data(), pairs.size()};
    store_cell(bytes, layout, 0, name);
    store_cell(bytes, layout, 1, tags);
    store_cell(bytes, layout, 2, more);
    packed = "0123456789abcdef";
    PackedFrames(layout, types).pack(bytes, packed);
  }
  std::vector<Cell> room(packed.size() / sizeof(Cell) + 1);
  std::memcpy(room.data(), packed.data() + 16, packed.size() - 16);
  auto* const frame = reinterpret_cast<uint8_t*>(room.data());
  PackedFrames(layout, types).unpack(frame);
  EXPECT_EQ(load_cell(frame, layout, 0).text.view(), "one");
  const Cell tags = load_cell(frame, layout, 1);
  ASSERT_EQ(tags.list.count, 3u);
  EXPECT_EQ(tags.list.items[1].state, Presence::kNull);
  EXPECT_EQ(tags.list.items[2].text.view(), "two");
  const Cell more = load_cell(frame, layout, 2);
  ASSERT_EQ(more.map.count, 2u);
  EXPECT_EQ(more.map.entries[0].value.text.view(), "four");
  EXPECT_EQ(more.map.entries[1].value.integer, 42);
}

}  // namespace
}  // namespace mig::test
