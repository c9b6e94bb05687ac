#include "runtime/engine/dedupe/group_store.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/signals.h"

namespace mig {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFFu;
constexpr int kSplitBits = 4;
constexpr uint64_t kBufferShare = 4;
constexpr uint64_t kLeastBuffer = 4 << 10;
constexpr int kMostBits = 26;  // entries that are together after so many bits of their hash are one group

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

}  // namespace

GroupStore::GroupStore(std::string directory, uint64_t memory, bool with_groups)
    : directory_(std::move(directory)),
      memory_(memory),
      limit_(std::max<uint64_t>(memory / kBufferShare / kPartitions, kLeastBuffer)),
      with_groups_(with_groups) {}

Result<void> GroupStore::add(std::string_view entries, uint64_t first_row) {
  for (uint64_t offset = 0; offset < entries.size();) {
    KeyEntryHead head = head_at(entries, offset);
    const uint64_t size = entry_size(head);
    head.row += first_row;
    Partition& partition = partitions_[head.hash_high >> (64 - kPartitionBits)];
    std::string& buffer = partition.buffer;
    if (buffer.size() + size > limit_) {
      if (auto spilled = spill(partition); !spilled) return spilled;
    }
    if (buffer.capacity() < limit_) buffer.reserve(limit_);  // never doubled: that would take twice the limit
    buffer.append(reinterpret_cast<const char*>(&head), sizeof head);
    buffer.append(entries, offset + sizeof head, size - sizeof head);
    offset += size;
  }
  return {};
}

Result<void> GroupStore::spill(Partition& partition) {
  if (partition.buffer.empty()) return {};
  if (!partition.file.is_open()) {
    auto file = File::create_unnamed(directory_);
    if (!file) return file.error();
    partition.file = std::move(*file);
  }
  if (auto written = partition.file.append(partition.buffer.data(), partition.buffer.size()); !written) return written;
  partition.buffer.clear();
  return {};
}

size_t GroupStore::map_of(uint64_t row) const {
  return static_cast<size_t>(std::upper_bound(map_ends_.begin(), map_ends_.end(), row) - map_ends_.begin());
}

Result<void> GroupStore::resolve(DedupeResult& result) {
  const bool spilled =
      std::any_of(partitions_.begin(), partitions_.end(), [](const Partition& partition) { return partition.file.is_open(); });
  for (Partition& partition : partitions_) {
    if (!spilled) break;
    if (auto done = spill(partition); !done) return done;
    partition.buffer = {};
  }
  for (Partition& partition : partitions_) {
    if (stop_requested()) return stopped_by_signal();
    auto done = partition.file.is_open() ? resolve_file(partition.file, kPartitionBits, result) : resolve_entries(partition.buffer, result);
    if (!done) return done;
    partition.file.close();
    partition.buffer = {};
  }
  return {};
}

Result<void> GroupStore::resolve_file(const File& file, int used_bits, DedupeResult& result) {
  const uint64_t size = file.append_position();
  if (size <= memory_ / 2 || used_bits + kSplitBits > kMostBits) {
    std::string entries(size, '\0');
    if (auto read = file.read_at(0, entries.data(), size); !read) return read;
    return resolve_entries(entries, result);
  }
  std::array<Partition, size_t{1} << kSplitBits> parts;
  for (Partition& part : parts) {
    auto made = File::create_unnamed(directory_);
    if (!made) return made.error();
    part.file = std::move(*made);
  }
  const uint64_t block_size = std::max<uint64_t>(memory_ / 8, 64 << 10);
  std::string block;
  for (uint64_t done = 0; done < size || !block.empty();) {
    if (stop_requested()) return stopped_by_signal();
    const size_t kept = block.size();
    const uint64_t n = std::min(block_size, size - done);
    block.resize(kept + n);
    if (auto read = file.read_at(done, block.data() + kept, n); !read) return read;
    done += n;
    uint64_t offset = 0;
    while (block.size() - offset >= sizeof(KeyEntryHead)) {
      const KeyEntryHead head = head_at(block, offset);
      const uint64_t entry = entry_size(head);
      if (block.size() - offset < entry) break;
      parts[(head.hash_high << used_bits) >> (64 - kSplitBits)].buffer.append(block, offset, entry);
      offset += entry;
    }
    block.erase(0, offset);
    for (Partition& part : parts) {
      if (auto written = part.file.append(part.buffer.data(), part.buffer.size()); !written) return written;
      part.buffer.clear();
    }
    if (n == 0 && !block.empty()) return Error{ErrorKind::kCorrupt, "a temporary file of the dedupe is damaged", ""};
  }
  for (Partition& part : parts) {
    if (auto resolved = resolve_file(part.file, used_bits + kSplitBits, result); !resolved) return resolved;
    part.file.close();
  }
  return {};
}

Result<void> GroupStore::resolve_entries(std::string_view entries, DedupeResult& result) {
  std::vector<uint64_t> offsets;
  for (uint64_t offset = 0; offset < entries.size(); offset += entry_size(head_at(entries, offset))) offsets.push_back(offset);
  size_t slots = 16;
  while (slots < offsets.size() * 2) slots *= 2;
  std::vector<uint32_t> first(slots, kNone), next(offsets.size(), kNone);
  std::vector<uint32_t> repeated;  // slots whose group has more than one member
  for (uint32_t i = 0; i < offsets.size(); ++i) {
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
    decide(entries, members, result);
  }
  if (auto ended = result.losers.end_run(); !ended) return ended;
  return result.groups.end_run();
}

void GroupStore::decide(std::string_view entries, std::vector<uint64_t>& members, DedupeResult& result) {
  // Prefer values, then the source key, then the place in the sources.
  const auto better = [&](uint64_t a, uint64_t b) {
    const KeyEntryHead x = head_at(entries, a), y = head_at(entries, b);
    if (const int order = order_of(entries, a, x).compare(order_of(entries, b, y)); order != 0) return order < 0;
    if (const int key = source_key_of(entries, a, x).compare(source_key_of(entries, b, y)); key != 0) return key < 0;
    return x.row < y.row;
  };
  std::iter_swap(members.begin(), std::min_element(members.begin(), members.end(), better));
  const KeyEntryHead winner = head_at(entries, members[0]);
  const std::string_view winner_key = source_key_of(entries, members[0], winner);
  std::string bytes;
  for (size_t i = 1; i < members.size(); ++i) {
    const KeyEntryHead loser = head_at(entries, members[i]);
    bytes.clear();
    put_number(bytes, winner.row);
    put_sized(bytes, source_key_of(entries, members[i], loser));
    put_sized(bytes, winner_key);
    result.losers.add(loser.row, bytes);
  }
  if (!with_groups_) return;
  std::sort(members.begin() + 1, members.end(), [&](uint64_t a, uint64_t b) {
    const KeyEntryHead x = head_at(entries, a), y = head_at(entries, b);
    if (const size_t p = map_of(x.row), q = map_of(y.row); p != q) return p < q;
    if (const int key = source_key_of(entries, a, x).compare(source_key_of(entries, b, y)); key != 0) return key < 0;
    return x.row < y.row;
  });
  bytes.clear();
  for (const uint64_t member : members) put_number(bytes, head_at(entries, member).row);
  result.groups.add(winner.row, bytes);
}

}  // namespace mig
