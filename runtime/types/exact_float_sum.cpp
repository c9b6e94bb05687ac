#include "runtime/types/exact_float_sum.h"

#include <cmath>
#include <limits>
#include <utility>

namespace mig {
namespace {

constexpr double kLarge = 0x1p900, kHalfOfRange = 0x1p923;  // the second: 2^1023, divided
constexpr int kShift = 100;

/// Adds without rounding: each step splits a sum into what fits a double and what is left.
void grow(std::vector<double>& parts, double value) {
  size_t kept = 0;
  for (double part : parts) {
    if (std::fabs(value) < std::fabs(part)) std::swap(value, part);
    const double high = value + part;
    const double low = part - (high - value);
    if (low != 0) parts[kept++] = low;
    value = high;
  }
  parts.resize(kept);
  if (value != 0) parts.push_back(value);
}

double rounded(const std::vector<double>& parts) {
  size_t left = parts.size();
  if (left == 0) return 0;
  double high = parts[--left], low = 0;
  while (left > 0 && low == 0) {
    const double before = high, part = parts[--left];
    high = before + part;
    low = part - (high - before);
  }
  // A tie was rounded to even, but what comes behind it leans to one side.
  if (left > 0 && ((low < 0 && parts[left - 1] < 0) || (low > 0 && parts[left - 1] > 0))) {
    const double twice = low + low, moved = high + twice;
    if (twice == moved - high) high = moved;
  }
  return high;
}

}  // namespace

void ExactFloatSum::add(double value) {
  if (std::fabs(value) < kLarge)
    grow(parts_, value);
  else
    grow(large_, std::ldexp(value, -kShift));
}

bool ExactFloatSum::total(double& result) const {
  if (large_.empty()) {
    result = rounded(parts_);
    return true;
  }
  if (std::fabs(large_.back()) < kHalfOfRange) {
    std::vector<double> all = parts_;
    for (const double part : large_) grow(all, std::ldexp(part, kShift));
    result = rounded(all);
    return true;
  }
  // The total is far above the others: of them, what is lost below the least normal number only decides between ties.
  std::vector<double> all = large_;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    const double scaled = std::ldexp(*part, -kShift);
    const bool tiny = std::fabs(*part) < 0x1p-900;
    grow(all, tiny ? std::copysign(std::numeric_limits<double>::denorm_min(), *part) : scaled);
    if (tiny) break;
  }
  result = std::ldexp(rounded(all), kShift);
  return std::isfinite(result);
}

}  // namespace mig
