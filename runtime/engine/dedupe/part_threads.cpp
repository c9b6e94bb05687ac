#include "runtime/engine/dedupe/part_threads.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

#include "runtime/base/signals.h"

namespace mig {
namespace {

constexpr uint32_t kMostThreads = 4;

}  // namespace

uint32_t resolving_threads(uint32_t workers) { return std::clamp(workers, 1u, kMostThreads); }

Result<void> for_each_part(size_t parts, uint32_t threads, const std::function<Result<void>(size_t part, uint32_t thread)>& work) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto take = [&](uint32_t thread) -> Result<void> {
    while (!failed.load(std::memory_order_relaxed)) {
      const size_t part = next.fetch_add(1, std::memory_order_relaxed);
      if (part >= parts) break;
      Result<void> done = stop_requested() ? Result<void>(stopped_by_signal()) : work(part, thread);
      if (done) continue;
      failed = true;
      return done;
    }
    return {};
  };
  std::vector<std::future<Result<void>>> others;
  for (uint32_t thread = 1; thread < threads; ++thread) others.push_back(std::async(std::launch::async, take, thread));
  Result<void> done = take(0);
  for (auto& other : others) {
    if (auto taken = other.get(); !taken && done) done = taken;
  }
  return done;
}

}  // namespace mig
