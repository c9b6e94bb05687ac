#include "runtime/base/clock.h"

#include <ctime>

namespace mig {
namespace {

int64_t nanos_of(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

int64_t wall_micros() { return nanos_of(CLOCK_REALTIME) / 1000; }
int64_t steady_nanos() { return nanos_of(CLOCK_MONOTONIC); }
double process_cpu_seconds() { return static_cast<double>(nanos_of(CLOCK_PROCESS_CPUTIME_ID)) * 1e-9; }
int64_t thread_cpu_nanos() { return nanos_of(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace mig
