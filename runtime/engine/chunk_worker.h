// What the workers of a pipeline have in common: they fill a work item from its chunk.
#pragma once

#include <cstdint>

#include "runtime/engine/work_item.h"

namespace mig {

/// Nanoseconds by stage.
struct StageNanos {
  int64_t read = 0, decode = 0, map = 0, encode = 0, dedupe = 0, write = 0, sync = 0, idle = 0;
  void add(const StageNanos& other);
};

/// Single-threaded; one a worker.
class ChunkWorker {
 public:
  virtual ~ChunkWorker() = default;
  /// Fills `item` from item.chunk. `first_ordinal`: of the chunk's first record in the source, or 0 when it is not known yet.
  virtual void map(WorkItem& item, uint64_t first_ordinal) = 0;
  StageNanos times;
};

}  // namespace mig
