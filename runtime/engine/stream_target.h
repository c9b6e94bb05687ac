// The straight path: a chunk's rows are written as soon as it is its turn.
#pragma once

#include <memory>
#include <vector>

#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/mapper.h"

namespace mig {

/// Commits the chunks of one map. Single-threaded.
class StreamTarget {
 public:
  StreamTarget(const MapSetup& setup, Sink& sink, Bookkeeper& books) : setup_(setup), sink_(sink), books_(books) {}
  Result<void> commit(WorkItem& item);
  StageNanos times;

 private:
  /// Turns rows that the target refused into rejects, and those over existing keys into warnings.
  Result<void> find_scribe();
  Result<void> describe_refusals(WorkItem& item);
  Result<void> describe_emitted(WorkItem& item);
  Result<void> stop_at_budget(WorkItem& item, uint32_t taken, const LogEntries* extra);

  const MapSetup& setup_;
  Sink& sink_;
  Bookkeeper& books_;
  std::unique_ptr<Scribe> scribe_;  // made when first needed
  WriteResult written_;
  LogEntries late_;
};

}  // namespace mig
