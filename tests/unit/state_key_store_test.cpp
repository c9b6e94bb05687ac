// The key store against a map in memory: same winners, same losers, same order, whether or not it spills.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "runtime/state/key_store.h"

namespace mig {
namespace {

struct Record {
  uint64_t key, sequence;
  std::string preference, member;
};

std::vector<Record> records(uint64_t count, uint64_t keys, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Record> out;
  for (uint64_t i = 0; i < count; ++i) {
    out.push_back({random() % keys, i, std::string(1 + random() % 3, static_cast<char>('a' + random() % 3)), "id" + std::to_string(random() % 1000) + "/" + std::to_string(i)});
  }
  return out;
}

KeyHash hash_of(uint64_t key) { return {key * 0x9E3779B97F4A7C15ull ^ (key << 56), key * 0xD1B54A32D192ED03ull}; }

std::vector<KeyGroup> expected_groups(const std::vector<Record>& all) {
  std::map<uint64_t, std::vector<Record>> by_key;
  for (const Record& r : all) by_key[r.key].push_back(r);
  std::vector<KeyGroup> groups;
  for (auto& [key, members] : by_key) {
    if (members.size() < 2) continue;
    const auto winner = std::min_element(members.begin(), members.end(), [](const Record& a, const Record& b) {
      return std::tie(a.preference, a.member) < std::tie(b.preference, b.member);
    });
    KeyGroup group{winner->sequence, {}};
    std::sort(members.begin(), members.end(), [](const Record& a, const Record& b) { return a.member < b.member; });
    for (const Record& r : members) {
      if (r.sequence != group.winner) group.losers.push_back(r.sequence);
    }
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(), [](const KeyGroup& a, const KeyGroup& b) { return a.winner < b.winner; });
  return groups;
}

void compare(uint64_t count, uint64_t keys, uint64_t memory, bool spills) {
  const std::vector<Record> all = records(count, keys, count + keys);
  KeyStore store(memory, std::filesystem::temp_directory_path().string());
  for (const Record& r : all) ASSERT_TRUE(store.add({hash_of(r.key), r.sequence, r.preference, r.member}).ok());
  EXPECT_EQ(store.spilled(), spills);
  ASSERT_TRUE(store.resolve(count).ok());
  const std::vector<KeyGroup> expected = expected_groups(all);
  for (int round = 0; round < 2; ++round) {
    KeyGroup group;
    size_t seen = 0;
    uint64_t losers = 0;
    for (;; ++seen) {
      auto more = store.next_group(group);
      ASSERT_TRUE(more.ok());
      if (!*more) break;
      ASSERT_LT(seen, expected.size());
      ASSERT_EQ(group.winner, expected[seen].winner);
      ASSERT_EQ(group.losers, expected[seen].losers);
      EXPECT_FALSE(store.is_loser(group.winner));
      for (const uint64_t loser : group.losers) EXPECT_TRUE(store.is_loser(loser));
      losers += group.losers.size();
    }
    EXPECT_EQ(seen, expected.size());
    EXPECT_EQ(losers, store.loser_count());
    store.rewind_groups();
  }
}

TEST(KeyStore, KeepsGroupsInMemory) { compare(20000, 9000, 64 << 20, false); }
TEST(KeyStore, SpillsBeyondItsBudget) { compare(100000, 40000, 1 << 20, true); }
TEST(KeyStore, SplitsAPartitionThatIsTooLarge) { compare(60000, 1, 1 << 20, true); }
TEST(KeyStore, HasNoGroupsWhenKeysDiffer) { compare(1000, 1ull << 60, 1 << 20, false); }

TEST(KeyStore, RefusesAnOverlongPreference) {
  KeyStore store(1 << 20, std::filesystem::temp_directory_path().string());
  const std::string text(70000, 'x');
  EXPECT_FALSE(store.add({hash_of(1), 0, text, "a"}).ok());
}

}  // namespace
}  // namespace mig
