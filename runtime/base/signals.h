// SIGINT and SIGTERM as a flag: the first asks for an orderly stop, the second ends the process at once.
#pragma once

#include <atomic>

#include "runtime/base/result.h"

namespace mig {

/// Installs the handlers for its lifetime (one object a process) and ignores SIGPIPE. The flag holds the signal's number, 0 before.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  const std::atomic<int>& flag() const;
};

/// Asked by work that takes long between two looks at the flag. False without a StopSignals.
bool stop_requested();
/// kCancelled.
Error stopped_by_signal();

}  // namespace mig
