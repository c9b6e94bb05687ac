// Parts of a store that are resolved by several threads, in any order.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/sorted_runs.h"

namespace mig {

/// How many threads resolve what `workers` collected: each needs memory of its own.
uint32_t resolving_threads(uint32_t workers);

/// Calls `work(part, thread)` for each part below `parts`; a thread takes the next part when it has done one. The caller's is thread 0.
/// Ends with the error of the first thread that failed, or of a signal.
Result<void> for_each_part(size_t parts, uint32_t threads, const std::function<Result<void>(size_t part, uint32_t thread)>& work);

/// Rows of several threads: reading brings them into their order anyway.
class SharedRuns {
 public:
  explicit SharedRuns(SortedRuns& runs) : runs_(runs) {}
  Result<void> add(uint64_t place, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    return runs_.add(place, bytes);
  }

 private:
  SortedRuns& runs_;
  std::mutex mutex_;
};

}  // namespace mig
