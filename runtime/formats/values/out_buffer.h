// Memory that encoders write a record into, and fast copies of texts into it.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/formats/scan/simd.h"
#include "runtime/types/read_behind.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {

/// A constant text that is copied often: whole vectors of it, so that no length has to be looked at closely.
class PaddedText {
 public:
  static constexpr uint64_t kPadding = 16;  // bytes that copying may write behind the text

  PaddedText() = default;
  explicit PaddedText(std::string_view text) : bytes_(text), size_(text.size()) { bytes_.append(kPadding + 1, '\0'); }
  uint64_t size() const { return size_; }
  std::string_view view() const { return {bytes_.data(), size_}; }
  void copy_to(char* out, uint32_t skipped) const {
    const char* const from = bytes_.data() + skipped;
    uint64_t i = 0;
    do {
      std::memcpy(out + i, from + i, 16);
      i += 16;
    } while (i < size_);
  }

 private:
  std::string bytes_;
  uint64_t size_ = 0;
};

/// Grows; never shrinks. Pointers into it are invalid after `need`.
class OutBuffer {
 public:
  static constexpr uint64_t kSlack = 16;  // bytes behind the room that was asked for that may be written too

  /// Room for `size` more bytes at `next`.
  void need(uint64_t size) {
    if (static_cast<uint64_t>(end_ - next) < size) [[unlikely]]
      grow(size);
  }
  void clear() { next = begin_.get(); }
  const char* data() const { return begin_.get(); }
  uint64_t size() const { return static_cast<uint64_t>(next - begin_.get()); }
  /// The following need room.
  void put(char c) { *next++ = c; }
  void put(const char* text, uint64_t count) {
    if (count == 0) return;
    std::memcpy(next, text, count);
    next += count;
  }

  /// Takes its own room.
  void put(const PaddedText& text) {
    need(text.size() + PaddedText::kPadding);
    text.copy_to(next, 0);
    next += text.size();
  }
  /// Without the first `skipped` bytes, 0 or 1.
  void put_behind(const PaddedText& text, uint32_t skipped) {
    need(text.size() + PaddedText::kPadding);
    text.copy_to(next, skipped);
    next += text.size() - skipped;
  }

  char* next = nullptr;

 private:
  void grow(uint64_t size);
  std::unique_ptr<char[]> begin_;
  char* end_ = nullptr;
};

/// Copies `size` bytes to `out` and tells whether one of them is special; `Special` has `bool operator()(char)` and, where there is SSE2,
/// `__m128i operator()(__m128i)`. Writes up to OutBuffer::kSlack bytes more. A short text is read as one vector, without a branch for each
/// length, where the vector cannot reach into another page of memory: what lies behind the text has no influence.
template <class Special>
MIG_READS_BEHIND MIG_ALWAYS_INLINE bool copy_and_look(char* out, const char* text, uint64_t size, const Special& special) {
#if MIG_SIMD_X86
  if (size >= 16) {
    __m128i found = _mm_setzero_si128();
    uint64_t i = 0;
    for (; i + 16 <= size; i += 16) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), v);
      found = _mm_or_si128(found, special(v));
    }
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + size - 16));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + size - 16), v);
    return _mm_movemask_epi8(_mm_or_si128(found, special(v))) != 0;
  }
  if (size != 0 && lie_in_one_page(text, 16)) [[likely]] {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), v);
    return (static_cast<uint32_t>(_mm_movemask_epi8(special(v))) & ((1u << size) - 1)) != 0;
  }
#endif
  bool found = false;
  for (uint64_t i = 0; i < size; ++i) {
    out[i] = text[i];
    found |= special(text[i]);
  }
  return found;
}

}  // namespace mig
