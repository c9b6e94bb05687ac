#include "compiler/driver/code_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "runtime/base/file.h"
#include "runtime/base/sha256.h"

namespace mig::driver {
namespace {

constexpr uint64_t kMaxCode = 256ull << 20;
constexpr time_t kStale = 3600;  // seconds after which an unfinished file is nobody's

struct Header {
  char magic[8];
  Sha256Digest key;
  uint64_t size;
  Sha256Digest digest;
};
constexpr char kMagic[8] = {'M', 'I', 'G', 'C', 'O', 'D', 'E', '1'};

bool is_own(const struct stat& facts) { return facts.st_uid == ::geteuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0; }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

bool read_all(int descriptor, char* out, size_t size) {
  while (size != 0) {
    const ssize_t got = ::read(descriptor, out, size);
    if (got <= 0) return false;
    out += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool write_all(int descriptor, const char* from, size_t size) {
  while (size != 0) {
    const ssize_t put = ::write(descriptor, from, size);
    if (put <= 0) return false;
    from += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

/// The code in a file, when everything about it is right.
bool read_entry(int descriptor, const std::string& key, std::string& code) {
  struct stat facts{};
  Header header{};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) || !is_own(facts)) return false;
  if (!read_all(descriptor, reinterpret_cast<char*>(&header), sizeof header)) return false;
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || hex_text(header.key) != key) return false;
  if (header.size == 0 || header.size > kMaxCode || static_cast<uint64_t>(facts.st_size) != sizeof header + header.size) return false;
  code.resize(header.size);
  if (!read_all(descriptor, code.data(), code.size())) return false;
  return Sha256::of(code) == header.digest;
}

}  // namespace

std::string CodeCache::default_folder() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return std::string(cache) + "/migc/code";
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.cache/migc/code" : std::string();
}

std::string CodeCache::key_of(const std::vector<std::string_view>& parts) {
  Sha256 all;
  for (const std::string_view part : parts) {
    const uint64_t size = part.size();
    all.add(&size, sizeof size);
    all.add(part.data(), part.size());
  }
  return hex_text(all.digest());
}

bool CodeCache::private_folder() const {
  struct stat facts{};
  return !folder_.empty() && ::lstat(folder_.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && is_own(facts);
}

CodeCache::Answer CodeCache::find(const std::string& key, std::string& code) const {
  if (folder_.empty()) return Answer::kMiss;
  const Descriptor file(::open(path_of(key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return errno == ENOENT || errno == ENOTDIR ? Answer::kMiss : Answer::kRefused;
  if (!private_folder() || !read_entry(file.number(), key, code)) {
    code.clear();
    return Answer::kRefused;
  }
  ::futimens(file.number(), nullptr);
  return Answer::kHit;
}

bool CodeCache::store(const std::string& key, std::string_view code) const {
  const uint64_t whole = sizeof(Header) + code.size();
  if (folder_.empty() || code.empty() || code.size() > kMaxCode || whole > limit_) return false;
  if (!make_directories(folder_, true) || !private_folder()) return false;
  evict(whole);
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  for (size_t i = 0; i < header.key.size(); ++i) header.key[i] = static_cast<unsigned char>(std::stoul(key.substr(2 * i, 2), nullptr, 16));
  header.size = code.size();
  header.digest = Sha256::of(code);
  const std::string unfinished = fmt::format("{}/{}.{}.new", folder_, key, ::getpid());
  bool good = false;
  {
    const Descriptor file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    good = file && write_all(file.number(), reinterpret_cast<const char*>(&header), sizeof header) &&
           write_all(file.number(), code.data(), code.size());
  }
  good = good && ::rename(unfinished.c_str(), path_of(key).c_str()) == 0;
  if (!good) ::unlink(unfinished.c_str());
  return good;
}

std::vector<CodeCache::Entry> CodeCache::list() const {
  std::vector<Entry> entries;
  for (const std::string& name : names_in(folder_)) {
    if (!name.ends_with(".code")) continue;
    Entry entry;
    entry.key = name.substr(0, name.size() - 5);
    const Descriptor file(::open((folder_ + "/" + name).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat facts{};
    if (file && ::fstat(file.number(), &facts) == 0) {
      entry.bytes = static_cast<uint64_t>(facts.st_size);
      entry.used = facts.st_mtime;
      std::string code;
      entry.good = private_folder() && read_entry(file.number(), entry.key, code);
    }
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.used, a.key) < std::tie(b.used, b.key); });
  return entries;
}

void CodeCache::evict(uint64_t room) const {
  struct Candidate {
    time_t used;
    std::string path;
    uint64_t bytes;
  };
  std::vector<Candidate> candidates;
  uint64_t all = room;
  for (const std::string& name : names_in(folder_)) {
    const std::string path = folder_ + "/" + name;
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    if (name.ends_with(".new") && std::time(nullptr) - facts.st_mtime > kStale) ::unlink(path.c_str());
    if (!name.ends_with(".code")) continue;
    candidates.push_back({facts.st_mtime, path, static_cast<uint64_t>(facts.st_size)});
    all += candidates.back().bytes;
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return std::tie(a.used, a.path) < std::tie(b.used, b.path); });
  for (size_t i = 0; i < candidates.size() && all > limit_; ++i) {
    ::unlink(candidates[i].path.c_str());
    all -= candidates[i].bytes;
  }
}

uint64_t CodeCache::clear() const {
  uint64_t removed = 0;
  for (const std::string& name : names_in(folder_)) {
    const bool entry = name.ends_with(".code");
    if (!entry && !name.ends_with(".new")) continue;
    if (::unlink((folder_ + "/" + name).c_str()) == 0 && entry) ++removed;
  }
  return removed;
}

}  // namespace mig::driver
