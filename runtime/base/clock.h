// Clocks: the wall for what people read, steady time for durations and for the cost of stages.
#pragma once

#include <cstdint>
#include <string>

namespace mig {

int64_t wall_micros();          // since 1970 UTC
int64_t steady_nanos();
double process_cpu_seconds();   // user and system, all threads

/// Adds the time since the last call to one of several counters; one a thread.
class StageClock {
 public:
  void start() { last_ = steady_nanos(); }
  void charge(int64_t& nanos) {
    const int64_t now = steady_nanos();
    nanos += now - last_;
    last_ = now;
  }

 private:
  int64_t last_ = 0;
};

}  // namespace mig
