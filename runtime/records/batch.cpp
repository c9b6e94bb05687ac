#include "runtime/records/batch.h"

#include <algorithm>
#include <new>

namespace mig {

namespace {
constexpr std::align_val_t kFrameAlignment{64};
}

RecordBatch::RecordBatch(const RecordLayout& layout, uint32_t capacity)
    : origins(capacity),
      stride_(layout.stride),
      presence_bytes_(std::min(layout.stride, (static_cast<uint32_t>(layout.fields.size()) + 15) / 16 * 16)),
      capacity_(capacity) {
  const size_t bytes = static_cast<size_t>(stride_) * capacity;
  frames_.reset(new (kFrameAlignment) uint8_t[bytes == 0 ? 1 : bytes]());
}

void RecordBatch::Free::operator()(uint8_t* p) const { ::operator delete[](p, kFrameAlignment); }

}  // namespace mig
