#include "runtime/engine/measure/relation_scan.h"

#include <algorithm>

#include "runtime/base/signals.h"
#include "runtime/connectors/source.h"
#include "runtime/engine/mapper.h"

namespace mig {
namespace {

constexpr uint32_t kBatch = 256;

Result<void> visit_batch(const RecordBatch& batch, const std::function<Result<void>(const uint8_t*)>& visit) {
  size_t failure = 0;
  for (uint32_t i = 0; i < batch.count; ++i) {
    const bool failed = failure < batch.failures.size() && batch.failures[failure].record == i;
    failure += failed ? 1 : 0;
    if (auto done = visit(failed ? nullptr : batch.frame(i)); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> scan_relation(const Plan& plan, const SourcePlan& rows, uint64_t chunk_bytes, uint64_t max_record_bytes,
                           const std::atomic<int>* stop, const std::function<Result<void>(const uint8_t*)>& visit) {
  auto source = open_source(rows, plan.types, plan.enums, chunk_bytes, max_record_bytes);
  if (!source) return source.error();
  auto reader = (*source)->reader(nullptr);
  if (!reader) return reader.error();
  auto decoder = (*source)->decoder();
  if (!decoder) return decoder.error();
  RecordBatch many(rows.layout, kBatch), one(rows.layout, 1);
  Arena arena(256 << 10, kRecordMemory, true);
  HitCollector collector;
  Context context = {};
  context.issues = &collector;
  Chunk chunk;
  for (uint64_t index = 0;; ++index) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed) != 0) return stopped_by_signal();
    auto more = (*reader)->next(chunk);
    if (!more) return more.error();
    if (!*more) return {};
    chunk.index = index;
    uint64_t cursor = 0;
    uint32_t alone = 0;  // records that are still to go one by one: together they needed too much memory
    while (cursor < chunk.size) {
      const uint64_t before = cursor;
      RecordBatch& batch = alone > 0 ? one : many;
      arena.reset(context);
      try {
        (*decoder)->decode(chunk, cursor, batch, context);
      } catch (const ArenaExhausted&) {
        if (alone == 0) {
          alone = kBatch;
          cursor = before;
          continue;
        }
        batch.count = 1;
        batch.failures.assign(1, DecodeFailure{0, -1, kTooMuchMemory, 0});
      }
      alone -= alone > 0 ? 1 : 0;
      if (batch.count == 0 && cursor == before) break;
      if (auto done = visit_batch(batch, visit); !done) return done;
    }
  }
}

}  // namespace mig
