#include "runtime/engine/dedupe/sighting_store.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kLeastBlock = 64 << 10;
constexpr uint64_t kBufferShare = 4;
constexpr uint64_t kLeastBuffer = 4 << 10;

}  // namespace

/// Open addressing; grows. A number whose top bit is set was given out as repeated already.
class SightingStore::Table {
 public:
  explicit Table(uint64_t expected) {
    size_t size = 64;
    while (size < expected * 2) size *= 2;
    slots_.resize(size);
  }

  void see(const Sighting& seen, SortedRuns& repeated) {
    if (used_ * 2 >= slots_.size()) grow();
    Slot& slot = find(slots_, seen.hash);
    if (!slot.used) {
      slot = {seen.hash, seen.number, true, false};
      ++used_;
      return;
    }
    if (!slot.reported) repeated.add(slot.number, {});
    slot.reported = true;
    repeated.add(seen.number, {});
  }

 private:
  struct Slot {
    uint64_t hash = 0, number = 0;
    bool used = false, reported = false;
  };
  static Slot& find(std::vector<Slot>& slots, uint64_t hash) {
    size_t at = hash & (slots.size() - 1);
    while (slots[at].used && slots[at].hash != hash) at = (at + 1) & (slots.size() - 1);
    return slots[at];
  }
  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_) {
      if (slot.used) find(larger, slot.hash) = slot;
    }
    slots_.swap(larger);
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

SightingStore::SightingStore(std::string directory, uint64_t memory)
    : directory_(std::move(directory)),
      memory_(memory),
      limit_(std::max<uint64_t>(memory / kBufferShare / kPartitions, kLeastBuffer) / sizeof(Sighting)) {}

Result<void> SightingStore::add(std::string_view sightings) {
  for (size_t at = 0; at < sightings.size(); at += sizeof(Sighting)) {
    Sighting seen;
    std::memcpy(&seen, sightings.data() + at, sizeof seen);
    Partition& partition = partitions_[seen.hash >> (64 - kPartitionBits)];
    if (partition.buffer.size() == limit_) {
      if (auto spilled = spill(partition); !spilled) return spilled;
    }
    if (partition.buffer.capacity() == 0) partition.buffer.reserve(limit_);  // never doubled: that would take twice the limit
    partition.buffer.push_back(seen);
  }
  return {};
}

Result<void> SightingStore::spill(Partition& partition) {
  if (partition.buffer.empty()) return {};
  if (!partition.file.is_open()) {
    auto file = File::create_unnamed(directory_);
    if (!file) return file.error();
    partition.file = std::move(*file);
  }
  const auto* const bytes = reinterpret_cast<const char*>(partition.buffer.data());
  if (auto written = partition.file.append(bytes, partition.buffer.size() * sizeof(Sighting)); !written) return written;
  partition.buffer.clear();
  return {};
}

Result<void> SightingStore::resolve(SortedRuns& repeated) {
  const bool spilled =
      std::any_of(partitions_.begin(), partitions_.end(), [](const Partition& partition) { return partition.file.is_open(); });
  for (Partition& partition : partitions_) {
    if (!spilled) break;
    if (auto done = spill(partition); !done) return done;
    partition.buffer = {};
  }
  for (Partition& partition : partitions_) {
    if (partition.file.is_open()) {
      if (auto done = resolve_file(partition.file, repeated); !done) return done;
    } else {
      Table table(partition.buffer.size());
      for (const Sighting& seen : partition.buffer) table.see(seen, repeated);
      if (auto ended = repeated.end_run(); !ended) return ended;
    }
    partition.file.close();
    partition.buffer = {};
  }
  return {};
}

Result<void> SightingStore::resolve_file(const File& file, SortedRuns& repeated) const {
  // A table takes about four times its sightings; a partition that is too large is read several times, a part of the hashes each time.
  const uint64_t size = file.append_position();
  int bits = 0;
  while (bits < 20 && (size >> bits) * 4 > memory_ / 2) ++bits;
  std::vector<Sighting> block(std::max<uint64_t>(memory_ / 16, kLeastBlock) / sizeof(Sighting));
  for (uint64_t part = 0; part < uint64_t{1} << bits; ++part) {
    Table table((size >> bits) / sizeof(Sighting));
    for (uint64_t done = 0; done < size;) {
      const uint64_t n = std::min<uint64_t>(block.size() * sizeof(Sighting), size - done);
      if (auto read = file.read_at(done, reinterpret_cast<char*>(block.data()), n); !read) return read;
      done += n;
      for (size_t i = 0; i < n / sizeof(Sighting); ++i) {
        if (bits == 0 || (block[i].hash << kPartitionBits) >> (64 - bits) == part) table.see(block[i], repeated);
      }
    }
    if (auto ended = repeated.end_run(); !ended) return ended;
  }
  return {};
}

}  // namespace mig
