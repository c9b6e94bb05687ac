// The keys of a record in the order in which they usually come: most are recognised by one comparison with the expected one.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/formats/scan/simd.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {

/// A key as it stands in the text: `"name":`. 64 bytes, so that one cache line holds what a comparison needs.
struct alignas(64) KeyEntry {
  char pattern[32] = {};       // the first bytes
  uint32_t mask = 0;           // bit i: pattern byte i counts
  uint32_t size = 0;           // bytes of the whole pattern; 0 matches nothing
  int32_t field = -1;          // index in the layout, -1: not read
  uint16_t rank = 0;           // place among the field's wire names
  uint16_t next = 0;           // the entry expected behind this one
  const char* tail = nullptr;  // pattern bytes behind the first 32

  /// 32 bytes at `p` are readable.
  bool matches(const char* p) const {
#if MIG_SIMD_X86
    const __m128i low =
        _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), _mm_load_si128(reinterpret_cast<const __m128i*>(pattern)));
    const __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16)),
                                        _mm_load_si128(reinterpret_cast<const __m128i*>(pattern + 16)));
    const uint32_t same = static_cast<uint32_t>(_mm_movemask_epi8(low)) | static_cast<uint32_t>(_mm_movemask_epi8(high)) << 16;
    if ((same & mask) != mask || size == 0) return false;
#else
    if (size == 0 || std::memcmp(p, pattern, size < 32 ? size : 32) != 0) return false;
#endif
    return size <= 32 || std::memcmp(p + 32, tail, size - 32) == 0;
  }
};

/// Learns the order of keys from the records that pass. One a decoder.
class KeyOrder {
 public:
  KeyOrder();
  /// Adds a name of the layout; the order of calls is the order first expected.
  void add(std::string_view name, int32_t field, uint16_t rank);
  const KeyEntry& start() const { return entries_[0]; }  // stands before the first key
  const KeyEntry& after(const KeyEntry& entry) const { return entries_[entry.next]; }
  /// The entry of a name that did not come as expected behind `before`; remembers the new order. Unknown names are learnt up to a number.
  const KeyEntry& find(std::string_view name, const KeyEntry& before);

 private:
  uint16_t insert(std::string_view name, int32_t field, uint16_t rank);
  std::vector<KeyEntry> entries_;     // 0: before the first key; 1: any key that is neither known nor learnt; last `next` leads to 1
  std::deque<std::string> patterns_;  // whole
  std::unordered_map<std::string_view, uint16_t> by_name_;
  uint32_t learnt_ = 0;
};

}  // namespace mig
