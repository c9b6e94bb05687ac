// The one scale of percentages.
#pragma once

#include <cstdint>

namespace mig {

/// Digits behind the point of the ratio that a `percent` is: 5% is 0.05000000, and 0.000001% is the smallest step.
constexpr uint8_t kPercentScale = 8;

}  // namespace mig
