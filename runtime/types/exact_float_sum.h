// Sums of doubles that do not depend on the order of what is added.
#pragma once

#include <vector>

namespace mig {

/// Holds the sum without any rounding, as a few doubles that do not overlap. Rounds once, when the total is asked for.
class ExactFloatSum {
 public:
  /// `value` must be finite.
  void add(double value);
  /// The double nearest to the exact sum, ties to even; +0 of nothing. False: it is larger than any double.
  bool total(double& result) const;

 private:
  std::vector<double> parts_;  // of values below 2^900, ascending
  std::vector<double> large_;  // of the others, divided by 2^100: their sums do not overflow on the way
};

}  // namespace mig
