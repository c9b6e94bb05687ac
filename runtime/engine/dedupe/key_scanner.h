// The first of two passes over a source: of every record only the key, and no more of the record than the key needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/chunk_worker.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/dedupe/record_places.h"
#include "runtime/engine/mapper.h"

namespace mig {

class KeyScanner final : public ChunkWorker {
 public:
  /// `places` stays with the caller. The map has a key slice. `exact`: the slice is, and the result are entries of a GroupStore for the
  /// records that will be written; else Sightings of records that may be written.
  static Result<std::unique_ptr<ChunkWorker>> make(const MapSetup& setup, uint32_t map_place, const RecordPlaces& places, bool exact);

  /// Fills item.dedupe_keys, and nothing else.
  void map(WorkItem& item, uint64_t first_ordinal) override;

 private:
  KeyScanner(const MapSetup& setup, uint32_t map_place, const RecordPlaces& places, bool exact);
  /// False: the records need more memory than the batch may use, and nothing of them counts; the cursor stands anywhere.
  bool scan(WorkItem& item, RecordBatch& batch, uint64_t& cursor);
  void find_keys(const RecordBatch& batch);
  void keep_keys(WorkItem& item, const RecordBatch& batch);

  MapSetup setup_;
  uint32_t map_place_;
  bool exact_;
  const RecordPlaces& places_;
  const Kernel& slice_;
  const Kernel& key_;
  std::unique_ptr<ChunkDecoder> decoder_;
  KeyEntryMaker keys_;
  RecordBatch input_, single_, output_, key_frames_;
  std::vector<Outcome> outcomes_;
  Arena arena_;
  HitCollector collector_;
  TextMemo memo_;
  Context context_ = {};
  StageLaps laps_;  // of a chunk
};

}  // namespace mig
