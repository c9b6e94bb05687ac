// Exact sums of doubles: in any order the same, and against sums known otherwise. Exit 1 when one is wrong.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

#include "runtime/types/exact_float_sum.h"
#include "runtime/types/value.h"

namespace {

using mig::ExactFloatSum;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("FAIL %s\n", what);
  ++failures;
}

double total_of(const std::vector<double>& values, bool& fits) {
  ExactFloatSum sum;
  for (const double value : values) sum.add(value);
  double total = 0;
  fits = sum.total(total);
  return total;
}

void is(std::vector<double> values, double wanted, const char* what) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    bool fits = false;
    const double total = total_of(values, fits);
    expect(fits && std::bit_cast<uint64_t>(total) == std::bit_cast<uint64_t>(wanted), what);
    std::shuffle(values.begin(), values.end(), random);
  }
}

/// Whole numbers on a grid of powers of two that 128 bits hold: their sum is known without floats.
void against_integers() {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> values;
    mig::int128 exact = 0;
    const size_t count = 1 + random() % 60;
    for (size_t i = 0; i < count; ++i) {
      const int shift = static_cast<int>(random() % 60);
      const auto mantissa = static_cast<int64_t>(random() >> 12) * (random() % 2 == 0 ? 1 : -1);
      values.push_back(std::ldexp(static_cast<double>(mantissa), shift));
      exact += static_cast<mig::int128>(mantissa) << shift;
    }
    bool fits = false;
    const double total = total_of(values, fits);
    // The conversion of a whole number to a double rounds to nearest, ties to even.
    expect(fits && total == static_cast<double>(exact), "a sum of whole numbers");
  }
}

}  // namespace

int main() {
  const double largest = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  is({}, 0.0, "nothing");
  is({0.1, 0.2, 0.3}, 0.6, "0.1 + 0.2 + 0.3");
  is(std::vector<double>(10, 0.1), 1.0, "ten times 0.1");
  is({1e16, 1.0, -1e16}, 1.0, "what a plain sum loses");
  is({1.0, 0x1p-53, least}, 1.0 + 0x1p-52, "a tie that leans up");
  is({1.0, 0x1p-53, -least}, 1.0, "a tie that leans down");
  is({1.0, 0x1p-53}, 1.0, "a tie, to even");
  is({1e308, 1e308, -1e308}, 1e308, "too large on the way only");
  is({largest, largest, -largest, -largest, 0.5}, 0.5, "large ones that cancel");
  is({largest, least}, largest, "the largest and the least");
  is({0x1p900, -0x1p900, least, least}, 2 * least, "nothing is lost beside large ones");
  is({0x1p1023, 0x1p970, least}, 0x1p1023 + 0x1p971, "a tie of large ones that leans up");
  is({0x1p1023, 0x1p970, -least}, 0x1p1023, "a tie of large ones that leans down");
  bool fits = true;
  (void)total_of({largest, largest}, fits);
  expect(!fits, "larger than any double");
  (void)total_of({-largest, -0x1p970}, fits);
  expect(!fits, "rounded to more than any double");
  against_integers();
  std::puts(failures == 0 ? "ok" : "FAIL");
  return failures == 0 ? 0 : 1;
}
