#include "runtime/state/key_store.h"

#include <algorithm>
#include <cstring>

#include "runtime/types/value.h"

namespace mig {

namespace {

constexpr uint32_t kPartitions = 256;
constexpr uint32_t kBuckets = 256;
constexpr uint32_t kMaxDepth = 6;  // splits of an overfull partition; past it the entries are many of one key and stay together

// An entry as it lies in a partition: hash, sequence, two lengths, then preference and member.
struct Header {
  KeyHash key;
  uint64_t sequence;
  uint16_t preference, member;
};
constexpr uint64_t kHeader = 28;

Header header_of(const char* entry) {
  Header h;
  std::memcpy(&h.key.high, entry, 8);
  std::memcpy(&h.key.low, entry + 8, 8);
  std::memcpy(&h.sequence, entry + 16, 8);
  std::memcpy(&h.preference, entry + 24, 2);
  std::memcpy(&h.member, entry + 26, 2);
  return h;
}
uint64_t size_of(const Header& h) { return kHeader + h.preference + h.member; }
std::string_view preference_of(const char* entry) { return {entry + kHeader, header_of(entry).preference}; }
std::string_view member_of(const char* entry) {
  const Header h = header_of(entry);
  return {entry + kHeader + h.preference, h.member};
}

// Each depth looks at other bits of the hash; the table within a partition uses the low word.
uint32_t part_of(const KeyHash& key, uint32_t depth) { return static_cast<uint32_t>(key.high >> (56 - 8 * depth)) & 255u; }

}  // namespace

struct KeyStore::Partition {
  std::string bytes;
  File file;
};

struct KeyStore::Bucket {
  std::vector<uint64_t> words;
  File file;
};

KeyStore::KeyStore(uint64_t memory_bytes, std::string directory)
    : directory_(std::move(directory)), memory_(std::max<uint64_t>(memory_bytes, 1 << 20)), partitions_(kPartitions) {}
KeyStore::~KeyStore() = default;
KeyStore::KeyStore(KeyStore&&) noexcept = default;
KeyStore& KeyStore::operator=(KeyStore&&) noexcept = default;

uint64_t KeyStore::entries() const { return entries_; }
bool KeyStore::spilled() const {
  return std::any_of(partitions_.begin(), partitions_.end(), [](const Partition& p) { return p.file.is_open(); });
}

Result<void> KeyStore::add(const KeyEntry& entry) {
  if (entry.preference.size() > UINT16_MAX || entry.member.size() > UINT16_MAX) {
    return Error{ErrorKind::kConfig, "a record's key or preference is longer than 65 535 bytes", "dedupe by a shorter field"};
  }
  char head[kHeader];
  const auto preference = static_cast<uint16_t>(entry.preference.size());
  const auto member = static_cast<uint16_t>(entry.member.size());
  std::memcpy(head, &entry.key.high, 8);
  std::memcpy(head + 8, &entry.key.low, 8);
  std::memcpy(head + 16, &entry.sequence, 8);
  std::memcpy(head + 24, &preference, 2);
  std::memcpy(head + 26, &member, 2);
  std::string& bytes = partitions_[part_of(entry.key, 0)].bytes;
  bytes.append(head, kHeader).append(entry.preference).append(entry.member);
  ++entries_;
  in_memory_ += kHeader + preference + member;
  // Half of the budget is for entries; the other half is what a loaded partition and growing buffers may take.
  return in_memory_ > memory_ / 2 ? spill() : Result<void>();
}

Result<void> KeyStore::spill() {
  for (Partition& p : partitions_) {
    if (p.bytes.empty()) continue;
    if (!p.file.is_open()) {
      auto file = File::create_unnamed(directory_);
      if (!file) return file.error();
      p.file = std::move(*file);
    }
    if (auto done = p.file.append(p.bytes.data(), p.bytes.size()); !done) return done;
    std::string().swap(p.bytes);
  }
  in_memory_ = 0;
  return {};
}

Result<void> KeyStore::resolve(uint64_t records) {
  records_ = records;
  losers_.assign((records + 63) / 64, 0);
  buckets_.clear();
  buckets_.resize(kBuckets);
  if (spilled()) {
    if (auto done = spill(); !done) return done;
  }
  for (Partition& p : partitions_) {
    if (p.file.is_open()) {
      p.bytes.resize(p.file.append_position());
      if (auto read = p.file.read_at(0, p.bytes.data(), p.bytes.size()); !read) return read;
      p.file.close();
    }
    if (auto done = resolve_partition(p.bytes.data(), p.bytes.size(), 1); !done) return done;
    std::string().swap(p.bytes);
  }
  rewind_groups();
  return {};
}

Result<void> KeyStore::resolve_partition(const char* bytes, uint64_t size, uint32_t depth) {
  if (size > memory_ / 2 && depth < kMaxDepth) {  // too many entries for one table: split by further bits of the hash
    std::vector<std::string> parts(kPartitions);
    for (const char *p = bytes, *end = bytes + size; p < end;) {
      const Header h = header_of(p);
      parts[part_of(h.key, depth)].append(p, size_of(h));
      p += size_of(h);
    }
    for (std::string& part : parts) {
      if (auto done = resolve_partition(part.data(), part.size(), depth + 1); !done) return done;
      std::string().swap(part);
    }
    return {};
  }
  std::vector<uint64_t> at;  // where entries begin
  at.reserve(size / (kHeader + 8) + 1);
  for (uint64_t offset = 0; offset < size; offset += size_of(header_of(bytes + offset))) at.push_back(offset);
  if (at.size() < 2) return {};

  // Open addressing over first entries of groups; `next` chains the entries of one group.
  uint64_t slots = 16;
  while (slots < at.size() * 2) slots *= 2;
  constexpr uint32_t kEmpty = UINT32_MAX;
  std::vector<uint32_t> table(slots, kEmpty), next(at.size(), kEmpty), last(at.size(), kEmpty);
  std::vector<uint32_t> repeated;  // first entries of groups with more than one
  for (uint32_t i = 0; i < at.size(); ++i) {
    const Header mine = header_of(bytes + at[i]);
    for (uint64_t slot = mine.key.low & (slots - 1);; slot = (slot + 1) & (slots - 1)) {
      const uint32_t first = table[slot];
      if (first == kEmpty) {
        table[slot] = i;
        break;
      }
      if (header_of(bytes + at[first]).key == mine.key) {
        if (last[first] == kEmpty) repeated.push_back(first);
        next[last[first] == kEmpty ? first : last[first]] = i;
        last[first] = i;
        break;
      }
    }
  }
  std::vector<const char*> members;
  for (const uint32_t first : repeated) {
    members.clear();
    for (uint32_t i = first; i != kEmpty; i = next[i]) members.push_back(bytes + at[i]);
    if (auto done = keep_group(members); !done) return done;
  }
  return {};
}

Result<void> KeyStore::keep_group(const std::vector<const char*>& members) {
  const auto least = std::min_element(members.begin(), members.end(), [](const char* a, const char* b) {
    const int order = preference_of(a).compare(preference_of(b));
    return order != 0 ? order < 0 : member_of(a) < member_of(b);
  });
  const char* winner = *least;
  std::vector<const char*> others;
  for (const char* m : members) {
    if (m != winner) others.push_back(m);
  }
  std::sort(others.begin(), others.end(), [](const char* a, const char* b) {
    const int order = member_of(a).compare(member_of(b));
    return order != 0 ? order < 0 : header_of(a).sequence < header_of(b).sequence;
  });
  const uint64_t sequence = header_of(winner).sequence;
  Bucket& bucket = buckets_[records_ == 0 ? 0 : static_cast<uint64_t>(static_cast<uint128>(sequence) * kBuckets / records_)];
  bucket.words.push_back(sequence);
  bucket.words.push_back(others.size());
  for (const char* m : others) {
    const uint64_t loser = header_of(m).sequence;
    losers_[loser >> 6] |= uint64_t{1} << (loser & 63);
    bucket.words.push_back(loser);
  }
  loser_count_ += others.size();
  group_bytes_ += (2 + others.size()) * 8;
  if (group_bytes_ <= memory_ / 4) return {};
  for (Bucket& b : buckets_) {
    if (b.words.empty()) continue;
    if (!b.file.is_open()) {
      auto file = File::create_unnamed(directory_);
      if (!file) return file.error();
      b.file = std::move(*file);
    }
    if (auto done = b.file.append(reinterpret_cast<const char*>(b.words.data()), b.words.size() * 8); !done) return done;
    std::vector<uint64_t>().swap(b.words);
  }
  group_bytes_ = 0;
  return {};
}

void KeyStore::rewind_groups() {
  bucket_ = at_ = 0;
  loaded_.clear();
  order_.clear();
}

Result<void> KeyStore::load_bucket() {
  Bucket& bucket = buckets_[bucket_];
  loaded_.clear();
  order_.clear();
  at_ = 0;
  if (bucket.file.is_open()) {
    loaded_.resize(bucket.file.append_position() / 8);
    if (auto read = bucket.file.read_at(0, reinterpret_cast<char*>(loaded_.data()), loaded_.size() * 8); !read) return read;
  }
  loaded_.insert(loaded_.end(), bucket.words.begin(), bucket.words.end());
  for (size_t i = 0; i < loaded_.size(); i += 2 + loaded_[i + 1]) order_.push_back(i);
  std::sort(order_.begin(), order_.end(), [this](size_t a, size_t b) { return loaded_[a] < loaded_[b]; });
  return {};
}

Result<bool> KeyStore::next_group(KeyGroup& group) {
  while (at_ == order_.size()) {
    if (bucket_ == buckets_.size()) return false;
    if (auto done = load_bucket(); !done) return done.error();
    ++bucket_;
  }
  const size_t i = order_[at_++];
  group.winner = loaded_[i];
  group.losers.assign(loaded_.begin() + static_cast<std::ptrdiff_t>(i + 2),
                      loaded_.begin() + static_cast<std::ptrdiff_t>(i + 2 + loaded_[i + 1]));
  return true;
}

}  // namespace mig
