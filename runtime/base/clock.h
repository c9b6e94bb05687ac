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
/// The same without asking the system, if the thread asked it a few microseconds ago.
int64_t thread_cpu_nanos_again();

/// Adds the processor time of the thread since the last call to one of several counters; one a thread. What else runs on the machine does
/// not count, nor does waiting for a disk. Each call asks the system, so it is for what happens once a chunk, and it stands still until
/// someone wants to know.
class StageClock {
 public:
  /// Call before there are threads that measure.
  static void measure(bool on) { on_ = on; }
  static bool measures() { return on_; }
  void start() {
    if (on_) last_ = thread_cpu_nanos_again();
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

/// The same for what happens many times a chunk and waits for nothing: laps are taken with the steady clock, which asks nobody, and the
/// processor time of the whole stretch is shared out in their proportion. One a thread; at most kStages counters a stretch.
class StageLaps {
 public:
  void start();
  void charge(int64_t& nanos) {
    if (StageClock::measures()) lap(nanos);
  }
  /// Ends the stretch that start() began.
  void finish();

 private:
  static constexpr int kStages = 8;
  struct Stage {
    int64_t* nanos;
    int64_t laps;
  };
  void lap(int64_t& nanos);

  Stage stages_[kStages] = {};
  int count_ = 0;
  int64_t begin_ = 0;  // processor time
  int64_t last_ = 0;   // steady time
};

}  // namespace mig
