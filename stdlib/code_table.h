// A constant set of texts with the index of each: code tables, sets of texts, variants of an enum.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "runtime/types/value.h"

namespace mig::stdlib {

/// Immutable; shared by threads. Lookup compares length, first and last 8 bytes, and the middle of texts above 16 bytes.
class CodeTable {
 public:
  /// Index of the first of equal texts counts; `distinct` makes repeated texts an error.
  static std::shared_ptr<const CodeTable> build(std::vector<std::string> texts, bool distinct, std::string& error);

  /// Index of the text, or -1.
  int64_t find(const Text& text) const {
    const Key key = key_of(text.data, text.size);
    for (uint64_t slot = hash(key, seed_) >> shift_;; slot = (slot + 1) & mask_) {
      const Entry& entry = entries_[slot];
      if (entry.index < 0) return -1;
      if (entry.key.first == key.first && entry.key.last == key.last && entry.key.size == key.size &&
          (key.size <= 16 || std::memcmp(entry.data + 8, text.data + 8, key.size - 16) == 0)) {
        return entry.index;
      }
    }
  }
  uint64_t size() const { return texts_.size(); }
  const std::string& text(uint64_t index) const { return texts_[index]; }

 private:
  struct Key {
    uint64_t first, last, size;
  };
  struct Entry {
    Key key{};
    const char* data = nullptr;
    int64_t index = -1;
  };

  static Key key_of(const char* data, uint64_t size) {
    Key key{0, 0, size};
    if (size >= 8) {
      std::memcpy(&key.first, data, 8);
      std::memcpy(&key.last, data + size - 8, 8);
    } else if (size >= 4) {
      uint32_t low, high;
      std::memcpy(&low, data, 4);
      std::memcpy(&high, data + size - 4, 4);
      key.first = low | static_cast<uint64_t>(high) << 32;
    } else if (size != 0) {
      key.first = static_cast<unsigned char>(data[0]) | static_cast<uint64_t>(static_cast<unsigned char>(data[size / 2])) << 8 |
                  static_cast<uint64_t>(static_cast<unsigned char>(data[size - 1])) << 16;
    }
    return key;
  }
  static uint64_t hash(const Key& key, uint64_t seed) {
    return ((key.first ^ seed) * 0x9E3779B97F4A7C15u) ^ ((key.last + key.size) * (seed | 1) * 0xC2B2AE3D27D4EB4Fu);
  }
  uint64_t fill(uint64_t seed);

  std::vector<Entry> entries_;
  uint64_t seed_ = 0;
  uint64_t mask_ = 0;
  unsigned shift_ = 0;
  std::vector<std::string> texts_;
};

}  // namespace mig::stdlib
