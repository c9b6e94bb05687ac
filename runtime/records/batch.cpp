#include "runtime/records/batch.h"

#include <algorithm>

namespace mig {

RecordBatch::RecordBatch(const RecordLayout& layout, uint32_t capacity)
    : origins(capacity),
      memory_(std::max<uint64_t>(1, uint64_t{layout.stride} * capacity)),
      stride_(layout.stride),
      presence_bytes_(std::min(layout.stride, (static_cast<uint32_t>(layout.fields.size()) + 15) / 16 * 16)),
      capacity_(capacity) {}

}  // namespace mig
