#include <algorithm>
#include <unordered_set>

#include "stdlib/code_table.h"

namespace mig::stdlib {

// Enters all texts, the first of equal ones in front of the others; returns how many stand away from their slot.
uint64_t CodeTable::fill(uint64_t seed) {
  std::fill(entries_.begin(), entries_.end(), Entry());
  uint64_t moved = 0;
  for (size_t i = 0; i < texts_.size(); ++i) {
    const Text text{texts_[i].data(), texts_[i].size()};
    const Key key = key_of(text.data, text.size);
    uint64_t slot = hash(key, seed) >> shift_;
    for (; entries_[slot].index >= 0; slot = (slot + 1) & mask_) ++moved;
    entries_[slot] = {key, text.data, static_cast<int64_t>(i)};
  }
  return moved;
}

std::shared_ptr<const CodeTable> CodeTable::build(std::vector<std::string> texts, bool distinct, std::string& error) {
  auto table = std::make_shared<CodeTable>();
  std::unordered_set<std::string_view> seen;
  for (const std::string& text : texts) {
    if (!seen.insert(text).second && distinct) return error = "the key \"" + text + "\" stands twice", nullptr;
  }
  table->texts_ = std::move(texts);
  unsigned bits = 2;
  while ((uint64_t{1} << bits) < table->texts_.size() * 2 + 1) ++bits;
  table->entries_.resize(uint64_t{1} << bits);
  table->mask_ = (uint64_t{1} << bits) - 1;
  table->shift_ = 64 - bits;
  uint64_t best_seed = 0, best_moved = ~uint64_t{0};
  const int tries = table->texts_.size() <= 4096 ? 64 : 1;
  for (int i = 0; i < tries && best_moved != 0; ++i) {
    const uint64_t seed = static_cast<uint64_t>(i) * 0xA0761D6478BD642Fu + 0xE7037ED1A0B428DBu;
    const uint64_t moved = table->fill(seed);
    if (moved < best_moved) {
      best_moved = moved;
      best_seed = seed;
    }
  }
  table->seed_ = best_seed;
  table->fill(best_seed);
  return table;
}

}  // namespace mig::stdlib
