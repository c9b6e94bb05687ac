// Chunks through several workers: read one at a time, mapped in parallel, committed in source order by whichever worker is due.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/chunk_worker.h"
#include "runtime/engine/work_item.h"

namespace mig {

/// How reading ended; `error` of a Result: commit or source failed. Everything before was committed in order.
enum class PipelineEnd : uint8_t { kSourceEnd, kStopped };

class Pipeline {
 public:
  /// `workers.size()` threads work, the caller's among them: one worker needs no other thread. `stop` may be null.
  Pipeline(ChunkReader& reader, std::vector<std::unique_ptr<ChunkWorker>>& workers, const std::atomic<int>* stop);
  ~Pipeline();
  /// `commit` is called for one item at a time, in order, from any of the threads. `first_ordinal` is asked for before a chunk is mapped
  /// when there is one worker.
  Result<PipelineEnd> run(const std::function<Result<void>(WorkItem&)>& commit, const std::function<uint64_t()>& first_ordinal);
  /// Reading and waiting; the rest stands in the workers and with the commits.
  StageNanos times() const;

 private:
  struct Ring;
  Result<PipelineEnd> run_alone(const std::function<Result<void>(WorkItem&)>& commit, const std::function<uint64_t()>& first_ordinal);
  bool stopped() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed) != 0; }

  ChunkReader& reader_;
  std::vector<std::unique_ptr<ChunkWorker>>& workers_;
  const std::atomic<int>* stop_;
  StageNanos times_;
};

}  // namespace mig
