#include "runtime/engine/dedupe/sighting_store.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace mig {
namespace {

constexpr uint64_t kBufferShare = 8;  // of the memory: sightings that wait
constexpr uint64_t kTableShare = 16;  // of the memory: the table, as long as a part is not read more often for it than kMostReads
constexpr uint64_t kMostReads = 8;
constexpr size_t kBlock = 4 << 10;  // sightings

}  // namespace

/// Open addressing; grows when it is three quarters full. Its memory is kept from part to part.
class SightingStore::Table {
 public:
  static uint64_t bytes_for(uint64_t sightings) { return slots_for(sightings) * sizeof(Slot); }

  void clear(uint64_t sightings) {
    const uint64_t slots = slots_for(sightings);
    if (slots * sizeof(Slot) > memory_.size()) {
      memory_ = PageMemory();
      memory_ = PageMemory(slots * sizeof(Slot));
    }
    use(slots);
  }

  Result<void> see(const Sighting& seen, SharedRuns& repeated) {
    Slot& slot = find(seen.hash);
    if (slot.number == kFree) {
      slot = {seen.hash, seen.number};
      if (++used_ > mask_ / 4 * 3) grow();
      return {};
    }
    if (slot.number != kGivenOut) {
      if (auto added = repeated.add(slot.number, {}); !added) return added;
      slot.number = kGivenOut;
    }
    return repeated.add(seen.number, {});
  }

 private:
  struct Slot {
    uint64_t hash, number;
  };
  static constexpr uint64_t kFree = ~uint64_t{0}, kGivenOut = kFree - 1;  // such a record would end behind the last byte that has a number
  static uint64_t slots_for(uint64_t sightings) {
    uint64_t slots = 64;
    while (slots < sightings * 2) slots *= 2;
    return slots;
  }
  void use(uint64_t slots) {
    slots_ = reinterpret_cast<Slot*>(memory_.data());
    std::memset(memory_.data(), 0xFF, slots * sizeof(Slot));
    mask_ = slots - 1;
    used_ = 0;
  }
  Slot& find(uint64_t hash) {
    uint64_t at = hash & mask_;
    while (slots_[at].number != kFree && slots_[at].hash != hash) at = (at + 1) & mask_;
    return slots_[at];
  }
  void grow() {
    const uint64_t slots = mask_ + 1, used = used_;
    PageMemory old(slots * 2 * sizeof(Slot));
    std::swap(old, memory_);
    use(slots * 2);
    const Slot* const from = reinterpret_cast<const Slot*>(old.data());
    for (uint64_t i = 0; i < slots; ++i) {
      if (from[i].number != kFree) find(from[i].hash) = from[i];
    }
    used_ = used;
  }

  PageMemory memory_;
  Slot* slots_ = nullptr;
  uint64_t mask_ = 0, used_ = 0;
};

SightingStore::SightingStore(const std::string& directory, uint64_t memory)
    : memory_(memory), parts_(SpilledParts::within(directory, memory / kBufferShare)) {}

Result<void> SightingStore::add(std::string_view sightings) {
  for (size_t at = 0; at < sightings.size(); at += sizeof(Sighting)) {
    Sighting seen;
    std::memcpy(&seen, sightings.data() + at, sizeof seen);
    if (auto added = parts_.append(seen.hash >> (64 - parts_.bits()), seen); !added) return added;
  }
  return {};
}

Result<void> SightingStore::resolve(SortedRuns& repeated, uint32_t threads) {
  SharedRuns shared(repeated);
  std::vector<Table> tables(threads);
  return for_each_part(parts_.count(), threads,
                       [&](size_t part, uint32_t thread) { return resolve_part(part, tables[thread], memory_ / threads, shared); });
}

Result<void> SightingStore::resolve_part(size_t part, Table& table, uint64_t memory, SharedRuns& repeated) const {
  const uint64_t count = parts_.size(part) / sizeof(Sighting);
  // A part that is too large is read several times, a share of its hashes each time; of one that is larger still the table may be, too.
  const uint64_t most = std::max(Table::bytes_for(0), std::clamp(Table::bytes_for(count) / kMostReads, memory / kTableShare, memory / 2));
  int bits = 0;
  while (bits < 20 && Table::bytes_for(count >> bits) > most) ++bits;
  std::array<Sighting, kBlock> block;
  for (uint64_t share = 0; share < uint64_t{1} << bits; ++share) {
    table.clear(count >> bits);
    for (uint64_t done = 0; done < count;) {
      const uint64_t n = std::min<uint64_t>(block.size(), count - done);
      if (auto read = parts_.read(part, done * sizeof(Sighting), block.data(), n * sizeof(Sighting)); !read) return read;
      done += n;
      for (size_t i = 0; i < n; ++i) {
        if (bits != 0 && (block[i].hash << parts_.bits()) >> (64 - bits) != share) continue;
        if (auto seen = table.see(block[i], repeated); !seen) return seen;
      }
    }
  }
  return {};
}

}  // namespace mig
