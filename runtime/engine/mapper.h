// Decode, map, encode: what one worker does with one chunk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connectors/sink.h"
#include "runtime/connectors/source.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/chunk_worker.h"
#include "runtime/engine/target_mask.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/records/arena.h"
#include "runtime/records/batch.h"
#include "runtime/rejects/entry.h"
#include "runtime/types/text_memo.h"

namespace mig {

class PackedFrames;
class RecordFilter;

/// Watches what a map makes of records in place of writing it. Batches come in source order, from one worker.
class MapObserver {
 public:
  struct Batch {
    const RecordBatch* input = nullptr;
    const RecordBatch* output = nullptr;
    const uint8_t* written = nullptr;                // frames of the output as the target gets them, at its stride
    const std::vector<Outcome>* outcomes = nullptr;  // by record of the batch
    const std::vector<uint8_t>* ignored = nullptr;   // by record: not 0: it is none of the run's
    const std::vector<IssueHit>* hits = nullptr;
    uint64_t ordinal = 0;  // of the first record in the source, from 0
  };
  virtual ~MapObserver() = default;
  virtual void observe(const Batch& batch) = 0;
};

/// Facts that all workers of one map share. Everything is borrowed and outlives the mappers.
struct MapSetup {
  const Plan* plan = nullptr;
  const KernelSet* kernels = nullptr;
  const Environment* environment = nullptr;
  uint32_t map = 0;  // index in Plan::maps
  Source* source = nullptr;
  const Sink* sink = nullptr;
  const std::vector<std::string>* files = nullptr;
  std::string run_id;
  uint32_t batch_records = 0;
  bool keep_original = false;
  const DedupePlan* dedupe = nullptr;    // null: none, or its keys are known already
  bool keep_origins = false;             // fills WorkItem::spool_rows
  bool keep_frames = false;              // behind a dedupe with `merge` whose members cannot be read from the source again
  bool keep_checks = false;              // behind a dedupe with `merge` whose members are
  bool keep_keys = false;                // behind a dedupe into a target that refuses rows
  const RecordFilter* filter = nullptr;  // null: every record
  MapObserver* observer = nullptr;       // not null: nothing is encoded or logged
  bool early = false;                    // runs MapPlan::early_map

  /// What a kernel of the run needs besides its records; `memo` may be null. All of it stays with the caller.
  void prepare(Context& context, IssueSink& issues, TextMemo* memo) const;
};

/// Collects the issues of a batch.
class HitCollector : public IssueSink {
 public:
  HitCollector() { add = &HitCollector::collect; }
  std::vector<IssueHit> hits;

 private:
  static void collect(IssueSink* self, const IssueHit& hit) { static_cast<HitCollector*>(self)->hits.push_back(hit); }
};

/// One a worker; single-threaded.
class Mapper final : public ChunkWorker {
 public:
  static Result<std::unique_ptr<Mapper>> make(const MapSetup& setup);
  ~Mapper() override;

  void map(WorkItem& item, uint64_t first_ordinal) override;

 private:
  explicit Mapper(const MapSetup& setup);
  /// Logs, encodes and keys what the kernel made of the batch.
  void finish_batch(WorkItem& item, RecordBatch& batch);
  /// False: a batch of several needs more memory than it may use, and nothing of it counts. One record that does is rejected.
  bool decode_and_map(WorkItem& item, RecordBatch& batch, uint64_t& cursor, uint64_t first_ordinal);
  /// The map, and the dedupe key of what it wrote. Throws ArenaExhausted.
  void run_kernel(const RecordBatch& batch, uint64_t ordinal);
  void encode_batch(WorkItem& item, const RecordBatch& batch);
  /// Of a map that emits: every element of the one list is a row.
  void encode_emitted(WorkItem& item, const RecordBatch& batch, uint32_t first_record);
  void log_batch(WorkItem& item, const RecordBatch& batch, uint32_t first_record);
  void add_issues(WorkItem& item, const RecordBatch& batch, uint32_t first_record, uint32_t record, const IssueHit* hits, size_t count);
  void key_batch(WorkItem& item, const RecordBatch& batch);
  void keep_rows(WorkItem& item, const RecordBatch& batch, uint32_t first_record);

  MapSetup setup_;
  const Plan& plan_;
  const MapPlan& map_;
  const TargetPlan& target_;
  const Kernel& kernel_;
  std::unique_ptr<ChunkDecoder> decoder_;
  std::unique_ptr<RecordEncoder> encoder_;
  std::unique_ptr<EntryWriter> writer_;
  std::unique_ptr<KeyEntryMaker> keys_;
  std::unique_ptr<PackedFrames> frames_;
  RecordBatch input_;
  RecordBatch single_;  // for records that need more memory than a batch may use
  RecordBatch output_;
  TargetMask mask_;
  const uint8_t* written_ = nullptr;  // output_ as the target gets it
  std::unique_ptr<RecordBatch> key_frames_;
  std::unique_ptr<RecordBatch> emitted_;  // one target frame; of a map that emits only
  std::vector<Outcome> outcomes_, key_outcomes_;
  Arena arena_;
  HitCollector collector_;
  TextMemo memo_;
  Context context_ = {};
  StageLaps laps_;                // of a chunk
  std::vector<uint8_t> ignored_;  // by record of the batch: not among those that the filter names
  uint64_t first_ordinal_ = 0;    // of the chunk
  size_t first_row_ = 0;          // of the batch in item.row_sizes
  size_t first_row_at_ = 0;       // of the batch in item.rows
};

/// Log entries for records that are found out late: reads a chunk again and describes some of its records.
class Scribe {
 public:
  struct Wanted {
    uint32_t record = 0;  // in the chunk, ascending
    uint32_t site = 0;
    bool warning = false;
    std::string message;
  };
  static Result<std::unique_ptr<Scribe>> make(const MapSetup& setup);
  void describe(const Chunk& chunk, const std::vector<Wanted>& wanted, LogEntries& log);

 private:
  explicit Scribe(const MapSetup& setup);
  const Plan& plan_;
  std::unique_ptr<ChunkDecoder> decoder_;
  EntryWriter writer_;
  RecordBatch input_, single_;
  Arena arena_;
  HitCollector collector_;
  Context context_ = {};
};

/// SpoolRow::check of an encoded row.
uint64_t row_check(std::string_view encoded);
/// Records of a batch that fit the caches next to their output.
uint32_t default_batch_records(const RecordLayout& input, const RecordLayout& output);

}  // namespace mig
