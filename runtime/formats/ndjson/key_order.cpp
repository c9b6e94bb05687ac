#include "runtime/formats/ndjson/key_order.h"

#include <algorithm>

namespace mig {
namespace {
constexpr uint16_t kStart = 0;
constexpr uint16_t kUnknown = 1;
constexpr size_t kMostLearnt = 1024;    // unknown names that are remembered
constexpr size_t kMostNameBytes = 256;  // of such a name
constexpr size_t kMostEntries = 60000;
}  // namespace

KeyOrder::KeyOrder() {
  entries_.resize(2);
  entries_[kStart].next = kUnknown;
  entries_[kUnknown].next = kUnknown;
}

uint16_t KeyOrder::insert(std::string_view name, int32_t field, uint16_t rank) {
  std::string& pattern = patterns_.emplace_back();
  pattern.reserve(name.size() + 3);
  pattern += '"';
  pattern += name;
  pattern += "\":";
  KeyEntry entry;
  const size_t head = std::min<size_t>(pattern.size(), sizeof entry.pattern);
  std::memcpy(entry.pattern, pattern.data(), head);
  entry.mask = head == 32 ? 0xFFFFFFFFu : (1u << head) - 1;
  entry.size = static_cast<uint32_t>(pattern.size());
  entry.field = field;
  entry.rank = rank;
  entry.next = kUnknown;
  entry.tail = pattern.data() + head;
  // A name with these characters never stands in the text as it is, but escaped.
  if (std::any_of(name.begin(), name.end(), [](char c) { return c == '"' || c == '\\' || static_cast<uint8_t>(c) < 0x20; })) entry.size = 0;
  entries_.push_back(entry);
  const auto index = static_cast<uint16_t>(entries_.size() - 1);
  by_name_.emplace(std::string_view(pattern).substr(1, name.size()), index);
  return index;
}

void KeyOrder::add(std::string_view name, int32_t field, uint16_t rank) {
  if (entries_.size() >= kMostEntries || by_name_.contains(name)) return;
  const auto last = static_cast<uint16_t>(entries_.size() == 2 ? kStart : entries_.size() - 1);
  const uint16_t index = insert(name, field, rank);
  entries_[last].next = index;
}

const KeyEntry& KeyOrder::find(std::string_view name, const KeyEntry& before) {
  const auto previous = static_cast<size_t>(&before - entries_.data());
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    if (previous != kUnknown) entries_[previous].next = found->second;
    return entries_[found->second];
  }
  if (learnt_ >= kMostLearnt || entries_.size() >= kMostEntries || name.size() > kMostNameBytes) return entries_[kUnknown];
  ++learnt_;
  const uint16_t next = entries_[previous].next;
  const uint16_t index = insert(name, -1, 0);
  entries_[index].next = next;
  if (previous != kUnknown) entries_[previous].next = index;
  return entries_[index];
}

}  // namespace mig
