#include "runtime/base/signals.h"

#include <csignal>
#include <unistd.h>

namespace mig {
namespace {

std::atomic<int> received{0};
struct sigaction previous_int, previous_term, previous_pipe;

constexpr int kResumableExit = 4;

void on_signal(int number) {
  int expected = 0;
  if (received.compare_exchange_strong(expected, number)) return;
  constexpr char kText[] = "\nmigc: ended at once by a second signal\n  run again: the run continues behind what was committed\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
  _exit(kResumableExit);
}

}  // namespace

StopSignals::StopSignals() {
  received = 0;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_int);
  sigaction(SIGTERM, &action, &previous_term);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &previous_pipe);
}

StopSignals::~StopSignals() {
  sigaction(SIGINT, &previous_int, nullptr);
  sigaction(SIGTERM, &previous_term, nullptr);
  sigaction(SIGPIPE, &previous_pipe, nullptr);
}

const std::atomic<int>& StopSignals::flag() const { return received; }

bool stop_requested() { return received.load(std::memory_order_relaxed) != 0; }

Error stopped_by_signal() { return {ErrorKind::kCancelled, "stopped by a signal", "run again: the run continues where it stopped"}; }

}  // namespace mig
