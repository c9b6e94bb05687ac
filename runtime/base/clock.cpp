#include "runtime/base/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>

namespace mig {
namespace {

int64_t nanos_of(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

constexpr int64_t kJustNow = 10'000;

/// What the thread learned last, and when by the steady clock; at 0: nothing yet.
thread_local struct {
  int64_t used = 0, at = 0;
} asked;

}  // namespace

int64_t wall_micros() { return nanos_of(CLOCK_REALTIME) / 1000; }
int64_t steady_nanos() { return nanos_of(CLOCK_MONOTONIC); }
double process_cpu_seconds() { return static_cast<double>(nanos_of(CLOCK_PROCESS_CPUTIME_ID)) * 1e-9; }

double process_age_seconds() {
  const int file = ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  char text[1024];
  const ssize_t size = ::read(file, text, sizeof text);
  ::close(file);
  if (size <= 0) return -1;
  std::string_view rest(text, static_cast<size_t>(size));
  // The second field, a name in parentheses, may hold anything; the start is field 22, in clock ticks since the machine started.
  rest.remove_prefix(std::min(rest.size(), rest.rfind(')') + 1));
  for (int field = 3; field <= 22; ++field) rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
  uint64_t ticks = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), ticks).ec != std::errc()) return -1;
  return static_cast<double>(nanos_of(CLOCK_BOOTTIME)) * 1e-9 - static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int64_t thread_cpu_nanos() {
  const int64_t used = nanos_of(CLOCK_THREAD_CPUTIME_ID);
  asked = {used, steady_nanos()};
  return used;
}

int64_t thread_cpu_nanos_again() {
  const int64_t since = steady_nanos() - asked.at;
  return asked.at != 0 && since < kJustNow ? asked.used + since : thread_cpu_nanos();
}

void StageLaps::start() {
  if (!StageClock::measures()) return;
  count_ = 0;
  begin_ = thread_cpu_nanos_again();
  last_ = steady_nanos();
}

void StageLaps::lap(int64_t& nanos) {
  const int64_t now = steady_nanos();
  int at = 0;
  while (at < count_ && stages_[at].nanos != &nanos) ++at;
  if (at == count_) {
    if (count_ == kStages) return;
    stages_[count_++] = {&nanos, 0};
  }
  stages_[at].laps += now - last_;
  last_ = now;
}

void StageLaps::finish() {
  if (!StageClock::measures() || count_ == 0) return;
  const auto used = static_cast<double>(thread_cpu_nanos() - begin_);
  int64_t all = 0;
  for (int i = 0; i < count_; ++i) all += stages_[i].laps;
  if (all <= 0) return;
  for (int i = 0; i < count_; ++i) {
    *stages_[i].nanos += static_cast<int64_t>(used * static_cast<double>(stages_[i].laps) / static_cast<double>(all));
  }
  count_ = 0;
}

}  // namespace mig
