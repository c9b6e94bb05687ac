#include "compiler/driver/code_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <filesystem>
#include <fstream>

#include "compiler/driver/build_id.h"

namespace mig::driver {
namespace {

class CodeCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "migc-code-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root = name;
  }
  void TearDown() override { std::filesystem::remove_all(root); }

  std::string folder() const { return (root / "cache").string(); }
  std::filesystem::path file(const std::string& key) const { return root / "cache" / (key + ".code"); }
  static std::string key(char letter) { return CodeCache::key_of({std::string(1, letter)}); }
  void set_age(const std::string& name, time_t seconds) const {
    const utimbuf times{1'000'000'000 - seconds, 1'000'000'000 - seconds};
    ASSERT_EQ(::utime(file(name).c_str(), &times), 0);
  }
  static CodeCache::Answer find(const CodeCache& cache, const std::string& name) {
    std::string code;
    return cache.find(name, code);
  }

  std::filesystem::path root;
};

TEST_F(CodeCacheTest, KeepsWhatItWasGivenByKey) {
  const CodeCache cache(folder());
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kMiss);
  const std::string code("\0code\xFF", 6);
  ASSERT_TRUE(cache.store(key('a'), code));
  std::string back;
  EXPECT_EQ(cache.find(key('a'), back), CodeCache::Answer::kHit);
  EXPECT_EQ(back, code);
  EXPECT_EQ(find(cache, key('b')), CodeCache::Answer::kMiss);
  ASSERT_TRUE(cache.store(key('a'), "newer"));
  EXPECT_EQ(cache.find(key('a'), back), CodeCache::Answer::kHit);
  EXPECT_EQ(back, "newer");
}

TEST_F(CodeCacheTest, KeysTellPartsApart) {
  EXPECT_NE(CodeCache::key_of({"ab", "c"}), CodeCache::key_of({"a", "bc"}));
  EXPECT_NE(CodeCache::key_of({"a", ""}), CodeCache::key_of({"a"}));
  EXPECT_EQ(CodeCache::key_of({"a", "b"}).size(), 64u);
}

TEST_F(CodeCacheTest, RefusesEveryCutAndEveryFlippedByte) {
  const CodeCache cache(folder());
  ASSERT_TRUE(cache.store(key('a'), "some code"));
  std::ifstream in(file(key('a')), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto write = [&](const std::string& bytes) { std::ofstream(file(key('a')), std::ios::binary | std::ios::trunc) << bytes; };
  for (size_t size = 0; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused) << size;
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write(bytes);
    EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused) << at;
  }
  write(whole + "x");
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused);
  write(whole);
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kHit);
}

TEST_F(CodeCacheTest, RefusesWhatOthersCouldHaveWritten) {
  const CodeCache cache(folder());
  ASSERT_TRUE(cache.store(key('a'), "code"));
  ::chmod(file(key('a')).c_str(), 0620);
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused);
  ::chmod(file(key('a')).c_str(), 0600);
  ::chmod(folder().c_str(), 0777);
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused);
  EXPECT_FALSE(cache.store(key('b'), "code"));
  ::chmod(folder().c_str(), 0700);
  std::filesystem::rename(file(key('a')), root / "real");
  std::filesystem::create_symlink(root / "real", file(key('a')));
  EXPECT_EQ(find(cache, key('a')), CodeCache::Answer::kRefused);
}

TEST_F(CodeCacheTest, TheCodeUsedLongestAgoGoesFirst) {
  const std::string code(1000, 'x');
  const CodeCache cache(folder(), 3500);  // room for three entries with their headers
  for (const char letter : {'a', 'b', 'c'}) ASSERT_TRUE(cache.store(key(letter), code));
  set_age(key('a'), 100);
  set_age(key('b'), 300);
  set_age(key('c'), 200);
  EXPECT_EQ(find(cache, key('b')), CodeCache::Answer::kHit);  // b is now the newest
  ASSERT_TRUE(cache.store(key('d'), code));
  EXPECT_EQ(find(cache, key('c')), CodeCache::Answer::kMiss);
  for (const char letter : {'a', 'b', 'd'}) EXPECT_EQ(find(cache, key(letter)), CodeCache::Answer::kHit) << letter;
  EXPECT_FALSE(cache.store(key('e'), std::string(4000, 'x')));  // alone above the limit
  EXPECT_EQ(cache.list().size(), 3u);
}

TEST_F(CodeCacheTest, ListsAndClears) {
  const CodeCache cache(folder());
  EXPECT_TRUE(cache.list().empty());
  EXPECT_EQ(cache.clear(), 0u);
  ASSERT_TRUE(cache.store(key('a'), "code"));
  ASSERT_TRUE(cache.store(key('b'), "more code"));
  set_age(key('b'), 10);
  std::ofstream(file(key('a'))) << "damaged";
  std::ofstream(root / "cache" / "left.1.new") << "unfinished";
  std::ofstream(root / "cache" / "notes.txt") << "not ours";
  const std::vector<CodeCache::Entry> entries = cache.list();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].key, key('b'));
  EXPECT_TRUE(entries[0].good);
  EXPECT_FALSE(entries[1].good);
  EXPECT_EQ(cache.clear(), 2u);
  EXPECT_TRUE(std::filesystem::exists(root / "cache" / "notes.txt"));
  EXPECT_FALSE(std::filesystem::exists(root / "cache" / "left.1.new"));
}

TEST_F(CodeCacheTest, WithoutAFolderThereIsNone) {
  const CodeCache none("");
  EXPECT_FALSE(none.store(key('a'), "code"));
  EXPECT_EQ(find(none, key('a')), CodeCache::Answer::kMiss);
  std::ofstream(root / "file") << "no folder";
  const CodeCache blocked((root / "file" / "cache").string());
  EXPECT_FALSE(blocked.store(key('a'), "code"));
  EXPECT_EQ(find(blocked, key('a')), CodeCache::Answer::kMiss);
}

TEST(BuildId, IsThatOfTheObjectWithTheAddress) {
  static const char kHere = 0;
  EXPECT_EQ(build_id_of(&kHere).size(), 20u);
  EXPECT_NE(build_id_of(&kHere), build_id_of(reinterpret_cast<const void*>(&::mkdtemp)));
  EXPECT_EQ(build_id_of(nullptr), "");
}

}  // namespace
}  // namespace mig::driver
