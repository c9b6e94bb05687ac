// Clocks: the wall for what people read, steady time for durations, the processor's time for the cost of stages.
#pragma once

#include <cstdint>
#include <string>

namespace mig {

int64_t wall_micros();  // since 1970 UTC
int64_t steady_nanos();
double process_cpu_seconds();  // user and system, all threads
int64_t thread_cpu_nanos();    // user and system, of the calling thread

/// Adds the processor time of the thread since the last call to one of several counters; one a thread. What else runs on the machine does
/// not count, nor does waiting for a disk.
class StageClock {
 public:
  void start() { last_ = thread_cpu_nanos(); }
  void charge(int64_t& nanos) {
    const int64_t now = thread_cpu_nanos();
    nanos += now - last_;
    last_ = now;
  }

 private:
  int64_t last_ = 0;
};

}  // namespace mig
