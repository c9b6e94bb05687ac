#include "runtime/engine/dedupe/key_scanner.h"

#include <algorithm>
#include <cstring>

#include "runtime/engine/dedupe/sighting_store.h"

namespace mig {
namespace {

constexpr uint64_t kArenaBlock = 256 << 10, kBatchMemory = 24 << 20;

}  // namespace

KeyScanner::KeyScanner(const MapSetup& setup, uint32_t map_place, const RecordPlaces& places, bool exact)
    : setup_(setup),
      map_place_(map_place),
      exact_(exact),
      places_(places),
      slice_(setup.kernels->kernel(setup.plan->maps[setup.map].key_slice)),
      key_(setup.kernels->kernel(setup.dedupe->key_map)),
      keys_(*setup.dedupe, setup.plan->sources[setup.plan->maps[setup.map].source], setup.plan->types),
      input_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, setup.batch_records),
      single_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, 1),
      output_(setup.plan->targets[setup.dedupe->target].layout, setup.batch_records),
      key_frames_(setup.dedupe->key_layout, setup.batch_records),
      outcomes_(setup.batch_records),
      arena_(kArenaBlock, kBatchMemory, true) {
  setup.prepare(context_, collector_, &memo_);
}

Result<std::unique_ptr<ChunkWorker>> KeyScanner::make(const MapSetup& setup, uint32_t map_place, const RecordPlaces& places, bool exact) {
  std::unique_ptr<KeyScanner> scanner(new KeyScanner(setup, map_place, places, exact));
  auto decoder = exact ? setup.source->decoder() : setup.source->narrow_decoder(setup.plan->maps[setup.map].key_fields);
  if (!decoder) return decoder.error();
  scanner->decoder_ = std::move(*decoder);
  return std::unique_ptr<ChunkWorker>(std::move(scanner));
}

void KeyScanner::map(WorkItem& item, uint64_t) {
  item.clear();
  laps_.start();
  uint64_t cursor = 0;
  uint32_t alone = 0;  // records that are still to go one by one
  while (cursor < item.chunk.size) {
    const uint64_t before = cursor;
    RecordBatch* batch = &input_;
    if (alone > 0 || !scan(item, *batch, cursor)) {
      // Together the records need more than a batch may use. One that needs too much alone is refused by the map too.
      if (alone == 0) alone = setup_.batch_records;
      --alone;
      cursor = before;
      batch = &single_;
      (void)scan(item, *batch, cursor);
    }
    if (batch->count == 0 && cursor == before) break;
  }
  laps_.finish();
}

bool KeyScanner::scan(WorkItem& item, RecordBatch& batch, uint64_t& cursor) {
  arena_.set_limit(batch.capacity() == 1 ? kRecordMemory : kBatchMemory);
  arena_.reset(context_);
  try {
    decoder_->decode(item.chunk, cursor, batch, context_);
    laps_.charge(times.decode);
    find_keys(batch);
  } catch (const ArenaExhausted&) {
    laps_.charge(times.dedupe);
    return false;
  }
  keep_keys(item, batch);
  laps_.charge(times.dedupe);
  return true;
}

void KeyScanner::find_keys(const RecordBatch& batch) {
  std::fill_n(outcomes_.begin(), batch.count, Outcome::kWritten);
  for (const DecodeFailure& failure : batch.failures) outcomes_[failure.record] = Outcome::kRejected;
  output_.clear_first(batch.count);
  key_frames_.clear_first(batch.count);
  collector_.hits.clear();
  slice_.run(context_, batch.frame(0), output_.frame(0), batch.count, outcomes_.data());
  for (uint32_t i = 0; i < batch.count; ++i) outcomes_[i] = outcomes_[i] == Outcome::kWritten ? Outcome::kWritten : Outcome::kRejected;
  key_.run(context_, output_.frame(0), key_frames_.frame(0), batch.count, outcomes_.data());
}

void KeyScanner::keep_keys(WorkItem& item, const RecordBatch& batch) {
  const size_t before = item.dedupe_keys.size();
  size_t seen_bytes = 0;
  if (!exact_) item.dedupe_keys.resize(before + batch.count * sizeof(Sighting));
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (outcomes_[i] != Outcome::kWritten) continue;
    const Origin& origin = batch.origins[i];
    const uint64_t number = places_.number(map_place_, origin.file, origin.begin, origin.size);
    if (exact_) {
      keys_.append(key_frames_.frame(i), batch.frame(i), number, item.dedupe_keys);
      continue;
    }
    Sighting seen{0, number};
    if (!keys_.hash(key_frames_.frame(i), seen.hash)) continue;
    std::memcpy(item.dedupe_keys.data() + before + seen_bytes, &seen, sizeof seen);
    seen_bytes += sizeof seen;
  }
  if (!exact_) item.dedupe_keys.resize(before + seen_bytes);
}

}  // namespace mig
