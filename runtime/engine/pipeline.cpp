#include "runtime/engine/pipeline.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "runtime/base/clock.h"

namespace mig {
namespace {

Error thrown_error() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {ErrorKind::kUnavailable, "out of memory", "give the run more memory, or fewer workers"};
  } catch (const std::exception& exception) {
    return {ErrorKind::kInternal, std::string("unexpected failure in a worker: ") + exception.what(), ""};
  }
}

}  // namespace

Pipeline::Pipeline(ChunkReader& reader, std::vector<std::unique_ptr<ChunkWorker>>& workers, const std::atomic<int>* stop)
    : reader_(reader), workers_(workers), stop_(stop) {}
Pipeline::~Pipeline() = default;

StageNanos Pipeline::times() const { return times_; }

Result<PipelineEnd> Pipeline::run_alone(const std::function<Result<void>(WorkItem&)>& commit,
                                        const std::function<uint64_t()>& first_ordinal) {
  WorkItem item;
  StageClock clock;
  clock.start();
  for (uint64_t index = 0;; ++index) {
    if (stopped()) return PipelineEnd::kStopped;
    Result<bool> more = reader_.next(item.chunk);
    clock.charge(times_.read);
    if (!more) return more.error();
    if (!*more) return PipelineEnd::kSourceEnd;
    item.chunk.index = index;
    item.read_bytes = reader_.read_bytes();
    workers_[0]->map(item, first_ordinal());
    if (auto committed = commit(item); !committed) return committed.error();
    clock.start();
  }
}

/// Slots by chunk index; a slot is filled by one worker and emptied by the one that commits.
struct Pipeline::Ring {
  struct Slot {
    WorkItem item;
    bool mapped = false;
  };
  explicit Ring(size_t size) : slots(size) {}

  std::vector<Slot> slots;
  std::mutex reading;  // held while the next chunk is read
  std::mutex mutex;    // everything below
  std::condition_variable room;
  uint64_t next_read = 0;  // guarded by `reading`
  uint64_t next_commit = 0;
  bool ended = false;  // no more chunks: source end, stop or error
  bool committing = false;
  bool was_stopped = false;
  std::optional<Error> read_error;  // after everything read before was committed
  std::optional<Error> commit_error;
};

Result<PipelineEnd> Pipeline::run(const std::function<Result<void>(WorkItem&)>& commit, const std::function<uint64_t()>& first_ordinal) {
  if (workers_.size() == 1) {
    try {
      return run_alone(commit, first_ordinal);
    } catch (...) {
      return thrown_error();
    }
  }
  Ring ring(workers_.size() + 2);
  std::vector<StageNanos> times(workers_.size());

  const auto work = [&](size_t worker) {
    StageNanos& mine = times[worker];
    StageClock clock;
    while (true) {
      Ring::Slot* slot = nullptr;
      const int64_t waiting_since = steady_nanos();
      {
        const std::lock_guard reading(ring.reading);
        {
          std::unique_lock lock(ring.mutex);
          ring.room.wait(lock, [&] { return ring.ended || ring.next_read - ring.next_commit < ring.slots.size(); });
          mine.idle += steady_nanos() - waiting_since;
          if (ring.ended) return;
          if (stopped()) {
            ring.ended = ring.was_stopped = true;
            ring.room.notify_all();
            return;
          }
        }
        slot = &ring.slots[ring.next_read % ring.slots.size()];
        clock.start();
        Result<bool> more = reader_.next(slot->item.chunk);
        clock.charge(mine.read);
        if (!more || !*more) {
          const std::lock_guard lock(ring.mutex);
          ring.ended = true;
          if (!more) ring.read_error = more.error();
          ring.room.notify_all();
          return;
        }
        slot->item.chunk.index = ring.next_read++;
        slot->item.read_bytes = reader_.read_bytes();
      }
      workers_[worker]->map(slot->item, 0);
      std::unique_lock lock(ring.mutex);
      slot->mapped = true;
      if (ring.committing) continue;
      ring.committing = true;
      while (true) {
        Ring::Slot& due = ring.slots[ring.next_commit % ring.slots.size()];
        if (!due.mapped || ring.commit_error.has_value()) break;
        lock.unlock();
        Result<void> committed = commit(due.item);
        lock.lock();
        due.mapped = false;
        ++ring.next_commit;
        if (!committed) {
          ring.commit_error = committed.error();
          ring.ended = true;
        }
        ring.room.notify_all();
      }
      ring.committing = false;
    }
  };
  const auto guarded = [&](size_t worker) {
    try {
      work(worker);
    } catch (...) {
      const std::lock_guard lock(ring.mutex);
      ring.ended = true;
      if (!ring.commit_error) ring.commit_error = thrown_error();
      ring.room.notify_all();
    }
  };
  std::vector<std::thread> threads;
  for (size_t worker = 1; worker < workers_.size(); ++worker) threads.emplace_back(guarded, worker);
  guarded(0);
  for (std::thread& thread : threads) thread.join();
  for (const StageNanos& mine : times) times_.add(mine);
  if (ring.commit_error) return *ring.commit_error;
  if (ring.read_error) return *ring.read_error;
  return ring.was_stopped ? PipelineEnd::kStopped : PipelineEnd::kSourceEnd;
}

}  // namespace mig
