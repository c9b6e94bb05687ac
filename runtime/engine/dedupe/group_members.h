// Where the members of a group come from when they are merged: the spool, or the source files again.
#pragma once

#include <memory>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/dedupe/member_frames.h"
#include "runtime/engine/dedupe/member_source.h"
#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/dedupe/record_places.h"
#include "runtime/engine/dedupe/spool.h"

namespace mig {

class GroupMembers {
 public:
  virtual ~GroupMembers() = default;
  /// Forgets the frames of the last group.
  virtual void begin_group() = 0;
  /// Target frame of a record, valid until begin_group().
  virtual Result<uint8_t*> load(uint64_t number) = 0;
};

/// Numbers are rows of the spool. Frames come from it where it keeps them, else from the source.
class SpooledMembers final : public GroupMembers {
 public:
  static Result<std::unique_ptr<GroupMembers>> make(const std::vector<MapSetup>& setups, Spool& spool);
  void begin_group() override;
  Result<uint8_t*> load(uint64_t number) override;

 private:
  SpooledMembers(const std::vector<MapSetup>& setups, Spool& spool);

  Spool& spool_;
  PackedFrames frames_;
  std::vector<std::unique_ptr<MemberSource>> sources_;  // by map; null where the spool keeps frames
  std::vector<std::vector<Cell>> loaded_;
  size_t used_ = 0;
};

/// Numbers are those of RecordPlaces. Frames that were kept are taken as they are; records of others are read and mapped again.
class PlacedMembers final : public GroupMembers {
 public:
  static Result<std::unique_ptr<PlacedMembers>> make(const std::vector<MapSetup>& setups, const RecordPlaces& places);
  void begin_group() override;
  Result<uint8_t*> load(uint64_t number) override;
  MemberSource& source(uint32_t map_place) { return *sources_[map_place]; }
  bool keeps_frames() const { return kept_ != nullptr; }
  /// From now on frames may be kept in `memory` bytes.
  void keep_frames(uint64_t memory);
  /// Keeps the packed target frame of a record, if there is room; numbers ascending.
  void keep(uint64_t number, std::string_view packed) {
    if (kept_ != nullptr) kept_->keep_packed(number, packed);
  }

 private:
  PlacedMembers(const std::vector<MapSetup>& setups, const RecordPlaces& places) : setup_(setups.front()), places_(places) {}

  const MapSetup& setup_;  // any: their target is the same
  const RecordPlaces& places_;
  std::unique_ptr<MemberFrames> kept_;
  std::vector<std::unique_ptr<MemberSource>> sources_;  // by map
};

}  // namespace mig
