#include "runtime/types/text_memo.h"

namespace mig {

void TextMemo::keep(uint32_t function, const char* data, uint64_t size, const Text& result) {
  if (used_ == kMostUsed || size > kMostText || result.size > kMostResult) return;
  if (slots_.empty()) {
    slots_.resize(kSlots);
    results_ = std::make_unique_for_overwrite<char[]>(kMostUsed * kMostResult);
  }
  char* const copy = results_.get() + used_ * kMostResult;
  if (result.size != 0) std::memcpy(copy, result.data, result.size);
  const Key key = key_of(function, data, size);
  uint64_t at = hash(key) >> kShift;
  while (slots_[at].key.tag != kFree) at = (at + 1) % kSlots;
  slots_[at] = {key, {copy, result.size}};
  ++used_;
}

}  // namespace mig
