// Results of functions of one short text, kept for the next time that the same text comes: keys of maps and code words repeat from record
// to record.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "runtime/types/value.h"

namespace mig {

/// Fills up and then stays as it is, so a result that was given out is valid as long as the object. Turns itself off where hardly anything
/// repeats. About 90 kB once used; single-threaded.
class TextMemo {
 public:
  static constexpr uint64_t kMostText = 16, kMostResult = 48;  // bytes

  /// The result kept for this function and text of at most kMostText bytes.
  bool find(uint32_t function, const char* data, uint64_t size, Text& result) {
    if (slots_.empty()) return false;
    const Key key = key_of(function, data, size);
    for (uint64_t at = hash(key) >> kShift;; at = (at + 1) % kSlots) {
      const Slot& slot = slots_[at];
      if (slot.key.tag == kFree) break;
      if (slot.key.tag != key.tag || slot.key.first != key.first || slot.key.last != key.last) continue;
      result = slot.result;
      credit_ += credit_ < kMostCredit ? kHit : 0;
      return true;
    }
    --credit_;
    return false;
  }
  /// Keeps a copy, while there is room. Call when find() has found nothing.
  void keep(uint32_t function, const char* data, uint64_t size, const Text& result);
  bool is_off() const { return credit_ < 0; }

 private:
  static constexpr uint64_t kSlots = 1024, kMostUsed = 512, kFree = ~uint64_t{0};
  static constexpr unsigned kShift = 54;
  static constexpr int32_t kHit = 3, kFirstCredit = 4096, kMostCredit = 1 << 20;

  struct Key {
    uint64_t first = 0, last = 0;  // all bytes of the text
    uint64_t tag = kFree;          // size and function
  };
  struct Slot {
    Key key;
    Text result{nullptr, 0};
  };

  static Key key_of(uint32_t function, const char* data, uint64_t size) {
    Key key{0, 0, uint64_t{function} << 8 | size};
    if (size >= 8) {
      std::memcpy(&key.first, data, 8);
      std::memcpy(&key.last, data + size - 8, 8);
    } else if (size >= 4) {
      uint32_t low, high;
      std::memcpy(&low, data, 4);
      std::memcpy(&high, data + size - 4, 4);
      key.first = low | static_cast<uint64_t>(high) << 32;
    } else {
      for (uint64_t i = 0; i < size; ++i) key.first |= static_cast<uint64_t>(static_cast<unsigned char>(data[i])) << (8 * i);
    }
    return key;
  }
  static uint64_t hash(const Key& key) { return (key.first ^ key.tag) * 0x9E3779B97F4A7C15u ^ (key.last + key.tag) * 0xC2B2AE3D27D4EB4Fu; }

  std::vector<Slot> slots_;
  std::unique_ptr<char[]> results_;
  uint64_t used_ = 0;
  int32_t credit_ = kFirstCredit;
};

}  // namespace mig
