// Reads all records of a source, or of a target as it stands now, one after the other.
#pragma once

#include <atomic>
#include <functional>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"

namespace mig {

/// Calls `visit` with the frame of each record, in order; null for one that does not decode. `stop`: not 0 ends it with kCancelled; may be
/// null. The fields that `rows` calls needed are filled.
Result<void> scan_relation(const Plan& plan, const SourcePlan& rows, uint64_t chunk_bytes, uint64_t max_record_bytes,
                           const std::atomic<int>* stop, const std::function<Result<void>(const uint8_t*)>& visit);

}  // namespace mig
