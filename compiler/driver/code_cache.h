// Compiled code of earlier runs, kept on disk: one file a program. A convenience only: whatever is wrong with it, code is compiled again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mig::driver {

/// Files <key>.code in a folder of the user alone: magic, key, size and SHA-256 of the object file, object file. Anything that another user
/// could have written, is cut short, or has another key or digest is refused. Processes may share the folder.
class CodeCache {
 public:
  static constexpr uint64_t kDefaultLimit = 64ull << 20;  // bytes of all entries; the least recently used ones go first

  /// A cache in `folder`, which need not exist; with "" there is none.
  explicit CodeCache(std::string folder, uint64_t limit = kDefaultLimit) : folder_(std::move(folder)), limit_(limit) {}
  /// $XDG_CACHE_HOME/migc/code, else ~/.cache/migc/code; "" when neither variable is set.
  static std::string default_folder();

  /// The name of an entry: SHA-256 of what the code depends on, in hex.
  static std::string key_of(const std::vector<std::string_view>& parts);

  enum class Answer : uint8_t { kMiss, kHit, kRefused };
  Answer find(const std::string& key, std::string& code) const;
  /// False when it could not be kept.
  bool store(const std::string& key, std::string_view code) const;

  struct Entry {
    std::string key;
    uint64_t bytes = 0;
    int64_t used = 0;   // seconds since 1970
    bool good = false;  // whole, and written by this user
  };
  /// Least recently used first.
  std::vector<Entry> list() const;
  /// Removes all entries and what was left unfinished; answers how many entries.
  uint64_t clear() const;

  const std::string& folder() const { return folder_; }
  uint64_t limit() const { return limit_; }

 private:
  bool private_folder() const;
  std::string path_of(const std::string& key) const { return folder_ + "/" + key + ".code"; }
  void evict(uint64_t room) const;

  std::string folder_;
  uint64_t limit_;
};

}  // namespace mig::driver
