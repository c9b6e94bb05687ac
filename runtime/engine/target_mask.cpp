#include "runtime/engine/target_mask.h"

#include <algorithm>
#include <cstring>

namespace mig {

TargetMask::TargetMask(const KernelSet& kernels, const TargetPlan& target, uint32_t records) {
  if (target.mask_map == 0xFFFFFFFFu) return;
  kernel_ = &kernels.kernel(target.mask_map);
  masked_ = std::make_unique<RecordBatch>(target.layout, records);
  outcomes_.resize(records);
}

const uint8_t* TargetMask::apply(Context& context, const uint8_t* frames, uint32_t count, const Outcome* outcomes) {
  if (kernel_ == nullptr) return frames;
  for (uint32_t i = 0; i < count; ++i) outcomes_[i] = outcomes[i] == Outcome::kWritten ? Outcome::kWritten : Outcome::kRejected;
  std::memcpy(masked_->frame(0), frames, static_cast<size_t>(masked_->stride()) * count);
  kernel_->run(context, frames, masked_->frame(0), count, outcomes_.data());
  return masked_->frame(0);
}

const uint8_t* TargetMask::apply(Context& context, const uint8_t* frame) {
  const Outcome written = Outcome::kWritten;
  return apply(context, frame, 1, &written);
}

}  // namespace mig
