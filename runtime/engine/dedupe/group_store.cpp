#include "runtime/engine/dedupe/group_store.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "runtime/base/page_memory.h"
#include "runtime/base/signals.h"
#include "runtime/engine/dedupe/part_threads.h"

namespace mig {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFFu;
constexpr uint64_t kBufferShare = 8;    // of the memory: entries that wait
constexpr uint64_t kEntriesShare = 16;  // of the memory: entries that are resolved together
constexpr uint64_t kLeastEntries = 16 << 10;
constexpr uint64_t kListShare = 64;  // of the memory of the run: each list, before it lies in a file
constexpr int kSplitBits = 4;
constexpr uint64_t kSplitBlock = 16 << 10;
constexpr int kMostBits = 26;  // entries that are together after so many bits of their hash are one group, or a few
constexpr uint64_t kReadBytes = 64 << 10;

KeyEntryHead head_at(std::string_view entries, uint64_t offset) {
  KeyEntryHead head;
  std::memcpy(&head, entries.data() + offset, sizeof head);
  return head;
}

uint64_t entry_size(const KeyEntryHead& head) { return sizeof head + head.order_size + head.source_key_size; }

std::string_view order_of(std::string_view entries, uint64_t offset, const KeyEntryHead& head) {
  return entries.substr(offset + sizeof head, head.order_size);
}

std::string_view source_key_of(std::string_view entries, uint64_t offset, const KeyEntryHead& head) {
  return entries.substr(offset + sizeof head + head.order_size, head.source_key_size);
}

void put_sized(std::string& out, std::string_view bytes) {
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  char text[4];
  std::memcpy(text, &size, 4);
  out.append(text, 4);
  out += bytes;
}

void put_number(std::string& out, uint64_t number) {
  char text[8];
  std::memcpy(text, &number, 8);
  out.append(text, 8);
}

void reserve(PageMemory& memory, uint64_t size) {
  if (size <= memory.size()) return;
  memory = PageMemory();
  memory = PageMemory(size + size / 4);
}

/// The entries of a part, one after the other.
class EntryReader {
 public:
  EntryReader(const SpilledParts& parts, size_t part) : parts_(parts), part_(part), end_(parts.size(part)) {}

  /// Shows every entry that is left to `visit(head, entry)`, which tells of success.
  template <class Visit>
  Result<void> each(const Visit& visit) {
    KeyEntryHead head;
    std::string_view entry;
    while (true) {
      auto more = next(head, entry);
      if (!more) return more.error();
      if (!*more) return {};
      if (auto done = visit(head, entry); !done) return done;
    }
  }

 private:
  /// False: no more. The bytes are valid until the next call.
  Result<bool> next(KeyEntryHead& head, std::string_view& entry) {
    if (at_ == end_ && begin_ == block_.size()) return false;
    if (auto filled = fill(sizeof head); !filled) return filled.error();
    head = head_at(block_, begin_);
    const uint64_t size = entry_size(head);
    if (auto filled = fill(size); !filled) return filled.error();
    entry = std::string_view(block_).substr(begin_, size);
    begin_ += size;
    return true;
  }

  Result<void> fill(uint64_t need) {
    if (block_.size() - begin_ >= need) return {};
    block_.erase(0, begin_);
    begin_ = 0;
    const uint64_t kept = block_.size(), n = std::min(std::max(need - kept, kReadBytes), end_ - at_);
    block_.resize(kept + n);
    if (auto read = parts_.read(part_, at_, block_.data() + kept, n); !read) return read;
    at_ += n;
    return block_.size() >= need ? Result<void>() : Error{ErrorKind::kCorrupt, "a temporary file of the dedupe is damaged", ""};
  }

  const SpilledParts& parts_;
  size_t part_;
  uint64_t at_ = 0, end_;
  std::string block_;
  uint64_t begin_ = 0;
};

/// Prefer values, then the source key, then the place in the sources.
bool is_better(std::string_view entries, uint64_t a, const KeyEntryHead& x, std::string_view others, uint64_t b, const KeyEntryHead& y) {
  if (const int order = order_of(entries, a, x).compare(order_of(others, b, y)); order != 0) return order < 0;
  if (const int key = source_key_of(entries, a, x).compare(source_key_of(others, b, y)); key != 0) return key < 0;
  return x.row < y.row;
}

/// What a loser's row says.
void put_loser(std::string& bytes, uint64_t winner, std::string_view loser_key, std::string_view winner_key) {
  bytes.clear();
  put_number(bytes, winner);
  put_sized(bytes, loser_key);
  put_sized(bytes, winner_key);
}

}  // namespace

DedupeResult DedupeResult::within(const std::string& directory, uint64_t memory) {
  return {SortedRuns(directory, memory / kListShare), SortedRuns(directory, memory / kListShare)};
}

GroupStore::GroupStore(const std::string& directory, uint64_t memory, bool with_groups)
    : directory_(directory), memory_(memory), with_groups_(with_groups), parts_(SpilledParts::within(directory, memory / kBufferShare)) {}

Result<void> GroupStore::add(std::string_view entries, uint64_t first_row) {
  for (uint64_t offset = 0; offset < entries.size();) {
    KeyEntryHead head = head_at(entries, offset);
    const uint64_t size = entry_size(head);
    head.row += first_row;
    const size_t part = head.hash_high >> (64 - parts_.bits());
    if (auto added = parts_.append(part, head); !added) return added;
    if (auto added = parts_.append(part, entries.data() + offset + sizeof head, size - sizeof head); !added) return added;
    offset += size;
  }
  return {};
}

size_t GroupStore::map_of(uint64_t row) const {
  return static_cast<size_t>(std::upper_bound(map_ends_.begin(), map_ends_.end(), row) - map_ends_.begin());
}

/// Decides the groups of parts, in memory of its own.
class GroupStore::Resolver {
 public:
  Resolver(const GroupStore& store, uint64_t memory, SharedRuns& losers, SharedRuns& groups)
      : store_(store), memory_(memory), losers_(losers), groups_(groups) {}

  /// `used_bits`: of the hash, by which entries came into the part.
  Result<void> resolve_part(const SpilledParts& parts, size_t part, int used_bits);

 private:
  Result<void> split(const SpilledParts& parts, size_t part, int used_bits);
  /// For a part that is one group, or a few: of each only the winner so far is in memory.
  Result<void> resolve_large_groups(const SpilledParts& parts, size_t part);
  Result<void> resolve_entries(std::string_view entries);
  Result<void> decide(std::string_view entries, std::vector<uint64_t>& members);

  const GroupStore& store_;
  uint64_t memory_;
  SharedRuns &losers_, &groups_;
  PageMemory entries_, index_;  // of the part at hand
};

Result<void> GroupStore::resolve(DedupeResult& result, uint32_t threads) {
  SharedRuns losers(result.losers), groups(result.groups);
  std::vector<Resolver> resolvers;
  for (uint32_t i = 0; i < threads; ++i) resolvers.emplace_back(*this, memory_ / threads, losers, groups);
  return for_each_part(parts_.count(), threads,
                       [&](size_t part, uint32_t thread) { return resolvers[thread].resolve_part(parts_, part, parts_.bits()); });
}

Result<void> GroupStore::Resolver::resolve_part(const SpilledParts& parts, size_t part, int used_bits) {
  const uint64_t size = parts.size(part);
  const bool large = size > std::max(memory_ / kEntriesShare, kLeastEntries);
  if (large && used_bits + kSplitBits <= kMostBits) return split(parts, part, used_bits);
  if (large && !store_.with_groups_) return resolve_large_groups(parts, part);
  if (size == 0) return {};
  reserve(entries_, size);
  if (auto read = parts.read(part, 0, entries_.data(), size); !read) return read;
  return resolve_entries({entries_.data(), size});
}

Result<void> GroupStore::Resolver::split(const SpilledParts& parts, size_t part, int used_bits) {
  SpilledParts smaller(store_.directory_, kSplitBits, std::min(kSplitBlock, memory_ / kBufferShare));
  auto moved = EntryReader(parts, part).each([&](const KeyEntryHead& head, std::string_view entry) {
    return smaller.append((head.hash_high << used_bits) >> (64 - kSplitBits), entry.data(), entry.size());
  });
  if (!moved) return moved;
  for (size_t i = 0; i < smaller.count(); ++i) {
    if (stop_requested()) return stopped_by_signal();
    if (auto done = resolve_part(smaller, i, used_bits + kSplitBits); !done) return done;
  }
  return {};
}

Result<void> GroupStore::Resolver::resolve_large_groups(const SpilledParts& parts, size_t part) {
  std::map<std::pair<uint64_t, uint64_t>, std::string> winners;
  std::string bytes;
  for (const bool deciding : {true, false}) {
    auto done = EntryReader(parts, part).each([&](const KeyEntryHead& head, std::string_view entry) -> Result<void> {
      std::string& winner = winners[{head.hash_high, head.hash_low}];
      if (deciding) {
        if (winner.empty() || is_better(entry, 0, head, winner, 0, head_at(winner, 0))) winner = entry;
        return {};
      }
      const KeyEntryHead best = head_at(winner, 0);
      if (best.row == head.row) return {};
      put_loser(bytes, best.row, source_key_of(entry, 0, head), source_key_of(winner, 0, best));
      return losers_.add(head.row, bytes);
    });
    if (!done) return done;
  }
  return {};
}

Result<void> GroupStore::Resolver::resolve_entries(std::string_view entries) {
  uint32_t count = 0;
  for (uint64_t offset = 0; offset < entries.size(); offset += entry_size(head_at(entries, offset))) ++count;
  size_t slots = 16;
  while (slots < size_t{count} * 2) slots *= 2;
  reserve(index_, count * (sizeof(uint64_t) + sizeof(uint32_t)) + slots * sizeof(uint32_t));
  uint64_t* const offsets = reinterpret_cast<uint64_t*>(index_.data());
  uint32_t* const next = reinterpret_cast<uint32_t*>(offsets + count);
  uint32_t* const first = next + count;  // by slot
  std::fill_n(next, count + slots, kNone);
  uint64_t at = 0;
  for (uint32_t i = 0; i < count; ++i) {
    offsets[i] = at;
    at += entry_size(head_at(entries, at));
  }
  std::vector<uint32_t> repeated;  // slots whose group has more than one member
  for (uint32_t i = 0; i < count; ++i) {
    const KeyEntryHead head = head_at(entries, offsets[i]);
    size_t slot = head.hash_low & (slots - 1);
    while (first[slot] != kNone) {
      const KeyEntryHead other = head_at(entries, offsets[first[slot]]);
      if (other.hash_low == head.hash_low && other.hash_high == head.hash_high) break;
      slot = (slot + 1) & (slots - 1);
    }
    if (first[slot] == kNone) {
      first[slot] = i;
      continue;
    }
    if (next[first[slot]] == kNone) repeated.push_back(static_cast<uint32_t>(slot));
    next[i] = next[first[slot]];
    next[first[slot]] = i;
  }
  std::vector<uint64_t> members;
  for (const uint32_t slot : repeated) {
    members.clear();
    for (uint32_t i = first[slot]; i != kNone; i = next[i]) members.push_back(offsets[i]);
    if (auto decided = decide(entries, members); !decided) return decided;
  }
  return {};
}

Result<void> GroupStore::Resolver::decide(std::string_view entries, std::vector<uint64_t>& members) {
  const auto better = [&](uint64_t a, uint64_t b) { return is_better(entries, a, head_at(entries, a), entries, b, head_at(entries, b)); };
  std::iter_swap(members.begin(), std::min_element(members.begin(), members.end(), better));
  const KeyEntryHead winner = head_at(entries, members[0]);
  const std::string_view winner_key = source_key_of(entries, members[0], winner);
  std::string bytes;
  for (size_t i = 1; i < members.size(); ++i) {
    const KeyEntryHead loser = head_at(entries, members[i]);
    put_loser(bytes, winner.row, source_key_of(entries, members[i], loser), winner_key);
    if (auto added = losers_.add(loser.row, bytes); !added) return added;
  }
  if (!store_.with_groups_) return {};
  std::sort(members.begin() + 1, members.end(), [&](uint64_t a, uint64_t b) {
    const KeyEntryHead x = head_at(entries, a), y = head_at(entries, b);
    if (const size_t p = store_.map_of(x.row), q = store_.map_of(y.row); p != q) return p < q;
    if (const int key = source_key_of(entries, a, x).compare(source_key_of(entries, b, y)); key != 0) return key < 0;
    return x.row < y.row;
  });
  bytes.clear();
  for (const uint64_t member : members) put_number(bytes, head_at(entries, member).row);
  return groups_.add(winner.row, bytes);
}

}  // namespace mig
