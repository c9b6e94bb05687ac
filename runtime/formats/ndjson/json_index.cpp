#include "runtime/formats/ndjson/json_index.h"

#include <algorithm>
#include <bit>

#include "runtime/formats/scan/masks.h"

namespace mig {
namespace {

constexpr uint32_t kFirstWindow = 32 * 1024;
constexpr uint32_t kBatch = 32;  // blocks classified at a time

struct Filling {
  uint32_t* quotes;  // next free
  const uint32_t* first;
  JsonLine* lines;      // next free
  uint32_t offset = 0;  // of the block at hand
  uint64_t escape = 0;  // bit 0: the byte before the block is an escaping backslash
  uint8_t flags = 0;    // of the line at hand
};

/// Bits that a backslash escapes; `carry`: whether the block's first byte is one of them, then the next block's.
MIG_ALWAYS_INLINE uint64_t escaped_bits(uint64_t backslash, uint64_t& carry) {
  uint64_t escaped = carry;
  carry = 0;
  for (uint64_t rest = backslash & ~escaped; rest != 0;) {
    const uint64_t first = rest & -rest;
    const uint64_t next = first << 1;
    escaped |= next;
    carry = first >> 63;
    rest &= ~(first | next);
  }
  return escaped;
}

MIG_ALWAYS_INLINE void fill_blocks(Filling& f, const JsonMasks* masks, uint32_t blocks, uint64_t last_valid) {
  for (uint32_t b = 0; b < blocks; ++b) {
    JsonMasks m = masks[b];
    if (b + 1 == blocks && last_valid != ~0ull) {
      m.quote &= last_valid;
      m.backslash &= last_valid;
      m.newline &= last_valid;
      m.control &= last_valid;
    }
    uint64_t quote = m.quote & ~escaped_bits(m.backslash, f.escape);
    const auto flags =
        static_cast<uint8_t>((m.backslash != 0 ? kLineBackslash : 0) | (m.control != 0 ? kLineControl : 0) | (m.utf8 != 0 ? kLineUtf8 : 0));
    f.flags |= flags;
    uint64_t newline = m.newline;
    while (newline != 0) {
      const uint64_t below = newline ^ (newline - 1);
      f.lines->end = f.offset + static_cast<uint32_t>(std::countr_zero(newline));
      f.lines->quotes = static_cast<uint32_t>(f.quotes - f.first) + static_cast<uint32_t>(std::popcount(quote & below));
      f.lines->flags = f.flags;
      ++f.lines;
      f.flags = flags;
      newline &= newline - 1;
    }
    const auto count = static_cast<uint32_t>(std::popcount(quote));
    uint32_t* const out = f.quotes;
    auto emit = [&](uint32_t i) {
      out[i] = f.offset + static_cast<uint32_t>(std::countr_zero(quote | 1ull << 63));
      quote &= quote - 1;
    };
    for (uint32_t i = 0; i < 8; ++i) emit(i);
    if (count > 8) [[unlikely]] {
      for (uint32_t i = 8; i < 16; ++i) emit(i);
      if (count > 16) [[unlikely]] {
        for (uint32_t i = 16; i < count; ++i) emit(i);
      }
    }
    f.quotes += count;
    f.offset += kBlockBytes;
  }
}

void fill_blocks_base(Filling& f, const JsonMasks* masks, uint32_t blocks, uint64_t last_valid) {
  fill_blocks(f, masks, blocks, last_valid);
}
#if MIG_SIMD_X86
MIG_TARGET_AVX2 void fill_blocks_avx2(Filling& f, const JsonMasks* masks, uint32_t blocks, uint64_t last_valid) {
  fill_blocks(f, masks, blocks, last_valid);
}
#endif

}  // namespace

void JsonIndex::reserve(uint32_t window) {
  if (window_ >= window) return;
  quotes_ = std::make_unique_for_overwrite<uint32_t[]>(window + 2 * kBlockBytes);
  lines_ = std::make_unique_for_overwrite<JsonLine[]>(window + 2 * kBlockBytes);
  window_ = window;
}

bool JsonIndex::fill(uint32_t size, bool at_end) {
  Filling f{quotes_.get(), quotes_.get(), lines_.get()};
  JsonMasks masks[kBatch];
  const uint32_t blocks = (size + kBlockBytes - 1) / kBlockBytes;
  const uint32_t tail = size % kBlockBytes;
  const uint64_t tail_valid = tail == 0 ? ~0ull : (1ull << tail) - 1;
  for (uint32_t done = 0; done < blocks; done += kBatch) {
    const uint32_t count = std::min(kBatch, blocks - done);
    classify_json(simd_, base_ + static_cast<size_t>(done) * kBlockBytes, count, masks);
    const uint64_t valid = done + count == blocks ? tail_valid : ~0ull;
    for (uint32_t b = 0; b < count; ++b) {  // a carriage return before a line feed needs no look
      if (masks[b].control == 0) [[likely]]
        continue;
      for (uint64_t rest = masks[b].control; rest != 0; rest &= rest - 1) {
        const char* c = base_ + static_cast<size_t>(done + b) * kBlockBytes + std::countr_zero(rest);
        if (c[0] == '\r' && c[1] == '\n') masks[b].control &= ~(rest & -rest);
      }
    }
#if MIG_SIMD_X86
    if (simd_ == Simd::kAvx2) {
      fill_blocks_avx2(f, masks, count, valid);
      continue;
    }
#endif
    fill_blocks_base(f, masks, count, valid);
  }
  line_count_ = static_cast<uint32_t>(f.lines - lines_.get());
  const uint32_t behind = line_count_ == 0 ? 0 : lines_[line_count_ - 1].end + 1;
  if (at_end && behind < size) lines_[line_count_++] = {size, static_cast<uint32_t>(f.quotes - f.first), f.flags};
  return line_count_ != 0;
}

void JsonIndex::build(const char* p, const char* end) {
  base_ = p;
  const auto rest = static_cast<uint64_t>(end - p);
  for (uint64_t window = kFirstWindow;; window *= 2) {
    const auto size = static_cast<uint32_t>(std::min<uint64_t>(window, rest));
    reserve(std::max(size, kFirstWindow));
    if (fill(size, size == rest)) return;
  }
}

}  // namespace mig
