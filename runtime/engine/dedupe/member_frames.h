// Target frames of records whose key is repeated, kept from when their groups are decided until the groups are merged.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/records/batch.h"

namespace mig {

/// A share of memory, filled first come first served: what finds no room is mapped again instead.
class MemberFrames {
 public:
  /// `memory`: bytes.
  MemberFrames(const RecordLayout& layout, const TypeTable& types, uint64_t memory) : frames_(layout, types), memory_(memory) {}

  /// Keeps a copy. Numbers of records must ascend from call to call.
  void keep(uint64_t number, const uint8_t* frame);
  /// The same of a frame that was packed elsewhere.
  void keep_packed(uint64_t number, std::string_view packed);
  /// A copy of the frame that lives until begin_group(), or null when it was not kept.
  uint8_t* load(uint64_t number);
  void begin_group() { used_ = 0; }

 private:
  struct Kept {
    uint64_t number;
    uint32_t block, at, size;
  };
  PackedFrames frames_;
  uint64_t memory_;
  uint64_t taken_ = 0;
  std::vector<std::string> blocks_;
  std::vector<Kept> kept_;  // ascending by number
  std::string packed_;
  std::vector<std::vector<Cell>> loaded_;  // of the group at hand
  size_t used_ = 0;
};

}  // namespace mig
