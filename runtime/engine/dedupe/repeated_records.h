// Records whose key seems repeated, read and mapped alone between the passes of a dedupe: what decides their groups.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/dedupe/group_members.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/dedupe/member_batch.h"

namespace mig {

/// Of one thread.
class RepeatedRecords {
 public:
  static Result<std::unique_ptr<RepeatedRecords>> make(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places);

  /// Maps the records of these numbers, which ascend. `keep_frames`: what they become is kept, too.
  Result<void> map(std::span<const uint64_t> numbers, bool keep_frames);
  /// Of the records mapped last, in their order.
  const std::string& entries() const { return entries_; }
  void give_frames(PlacedMembers& members) const;
  /// Of all calls.
  StageNanos times;

 private:
  RepeatedRecords(const Plan& plan, const std::vector<MapSetup>& setups, const RecordPlaces& places);
  /// Those of one map and file, from `at` on, together. How many; 0: not together.
  Result<uint32_t> map_together(std::span<const uint64_t> numbers, size_t at, bool keep_frames);
  Result<void> map_alone(uint64_t number, bool keep_frame);
  void keep(uint64_t number, const uint8_t* target_frame);

  struct Frame {
    uint64_t number, end;  // end: in frame_bytes_
  };
  const RecordPlaces& places_;
  const Kernel& key_;
  RecordBatch key_frames_, key_frame_;
  std::vector<Outcome> key_outcomes_;
  PackedFrames packer_;
  std::vector<std::unique_ptr<MemberBatch>> batches_;   // by map
  std::vector<std::unique_ptr<MemberSource>> sources_;  // likewise
  std::vector<KeyEntryMaker> makers_;                   // likewise
  std::string entries_, frame_bytes_;
  std::vector<Frame> frames_;
  std::vector<RecordPlaces::Place> places_at_hand_;
};

}  // namespace mig
