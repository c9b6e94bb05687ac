#include <cstring>
#include <unordered_map>

#include "runtime/formats/ndjson/json_values.h"
#include "runtime/formats/values/text_value.h"

namespace mig {
namespace {

constexpr const char* kMalformed = nullptr;
constexpr size_t kSmallMap = 32;

/// One of 64 bits; equal texts have equal bits.
uint64_t filter_bit(std::string_view key) {
  if (key.empty()) return 1;
  const auto mix = key.size() * 5 + static_cast<uint8_t>(key.front()) + static_cast<uint8_t>(key.back()) * 3u +
                   static_cast<uint8_t>(key[key.size() / 2]) * 7u;
  return 1ull << (mix & 63);
}

}  // namespace

void JsonValues::unite_keys(const Shape& key_shape, size_t first) {
  MapEntry* const entries = entries_.data() + first;
  const size_t count = entries_.size() - first;
  size_t kept = 0;
  if (count <= kSmallMap) {
    for (size_t i = 0; i < count; ++i) {
      size_t k = 0;
      while (k < kept && !equal_values(key_shape, entries[k].key, entries[i].key)) ++k;
      if (k == kept) {
        entries[kept++] = entries[i];
      } else {
        entries[k].value = entries[i].value;
      }
    }
  } else {
    auto hash = [&](size_t i) { return static_cast<size_t>(hash_value(key_shape, entries[i].key)); };
    auto equal = [&](size_t a, size_t b) { return equal_values(key_shape, entries[a].key, entries[b].key); };
    std::unordered_map<size_t, size_t, decltype(hash), decltype(equal)> places(count, hash, equal);
    for (size_t i = 0; i < count; ++i) {
      entries[kept].key = entries[i].key;
      const auto [place, is_new] = places.try_emplace(kept, kept);
      entries[place->second].value = entries[i].value;
      kept += is_new;
    }
  }
  entries_.resize(first + kept);
}

const char* JsonValues::map(const char* p, const Shape& shape, void* slot) {
  if (depth_ >= max_depth_) return kMalformed;
  const size_t first = entries_.size();
  const Fault outside = fault;
  const bool text_keys = shape.key->op == ShapeOp::kText;
  uint64_t seen = 0;
  bool maybe_repeated = !text_keys;
  bool misfits = false;
  fault = {};
  ++depth_;
  p = skip_json_blanks(p + 1);
  if (*p != '}') {
    while (true) {
      MapEntry entry{};
      std::string_view name;
      const char* const name_at = p;
      p = member(p, name);
      if (p == nullptr) return kMalformed;
      if (text_keys) {
        entry.key.text = Text{name.data(), name.size()};
        const uint64_t bit = filter_bit(name);
        maybe_repeated |= (seen & bit) != 0;
        seen |= bit;
      }
      if (!text_keys || shape.key->bounded) {
        if (const char* why = cell_value(*shape.key, name, &entry.key, *context_)) note(why, name_at);
      }
      entry.key.state = Presence::kValue;
      Presence state = Presence::kValue;
      const char* const value_at = p;
      if (shape.element->op == ShapeOp::kScalar && *p == '"') {
        std::string_view inside;
        p = text(p, inside);
        entry.value.kind = ScalarKind::kText;
        entry.value.text = Text{inside.data(), inside.size()};
      } else {
        p = value(p, *shape.element, &entry.value, state);
      }
      entry.value.state = state;
      if (fault.cause != nullptr) [[unlikely]] {  // kept in the value, because a later key of the same name may put it right
        entry.value.text = Text{fault.cause, static_cast<uint64_t>((fault.at == nullptr ? value_at : fault.at) - base_)};
        entry.value.state = Presence::kUnavailable;
        fault = {};
        misfits = true;
      }
      if (p == nullptr) return kMalformed;
      if (entries_.size() == kMostEntries) [[unlikely]]
        too_many();
      entries_.push_back(entry);
      p = skip_json_blanks(p);
      if (*p != ',') break;
      p = skip_json_blanks(p + 1);
    }
    if (*p != '}') return kMalformed;
  }
  --depth_;
  if (maybe_repeated) unite_keys(*shape.key, first);
  const size_t count = entries_.size() - first;
  if (misfits) {
    for (size_t i = first; i < entries_.size(); ++i) {
      if (entries_[i].value.state == Presence::kUnavailable) note(entries_[i].value.text.data, base_ + entries_[i].value.text.size);
    }
  }
  if (outside.cause != nullptr) fault = outside;
  auto* entries = static_cast<MapEntry*>(arena_allocate(*context_, count * sizeof(MapEntry)));
  if (count != 0) std::memcpy(static_cast<void*>(entries), entries_.data() + first, count * sizeof(MapEntry));
  entries_.resize(first);
  const Map map{entries, count};
  std::memcpy(slot, &map, sizeof map);
  return p + 1;
}

}  // namespace mig
