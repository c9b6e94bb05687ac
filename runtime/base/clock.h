// Clocks: the wall for what people read, steady time for durations, the processor's time for the cost of stages.
#pragma once

#include <cstdint>
#include <string>

namespace mig {

int64_t wall_micros();  // since 1970 UTC
int64_t steady_nanos();
double process_cpu_seconds();  // user and system, all threads
/// Wall time since the process was started, to a hundredth of a second; < 0: unknown.
double process_age_seconds();
int64_t thread_cpu_nanos();  // user and system, of the calling thread

/// Adds the processor time of the thread since the last call to one of several counters; one a thread. What else runs on the machine does
/// not count, nor does waiting for a disk. Asking the system for that time costs about 2 % of a fast run, so it stands still until someone
/// wants to know.
class StageClock {
 public:
  /// Call before there are threads that measure.
  static void measure(bool on) { on_ = on; }
  void start() {
    if (on_) last_ = thread_cpu_nanos();
  }
  void charge(int64_t& nanos) {
    if (!on_) return;
    const int64_t now = thread_cpu_nanos();
    nanos += now - last_;
    last_ = now;
  }

 private:
  static inline bool on_ = false;
  int64_t last_ = 0;
};

}  // namespace mig
