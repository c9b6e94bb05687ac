// Records by number: where each lies in the source files of all maps into a target. Ascending in the order of processing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/mapper.h"

namespace mig {

class RecordPlaces {
 public:
  struct Place {
    uint32_t map_place = 0, file = 0;
    uint64_t begin = 0;  // byte in the file
    uint32_t size = 0;   // bytes of the record without its end of line
  };
  /// Null when records cannot be read again alone, or when there are more bytes than a number can name.
  static Result<std::optional<RecordPlaces>> of(const std::vector<MapSetup>& setups, uint64_t max_record_bytes);

  uint64_t number(uint32_t map_place, uint32_t file, uint64_t begin, uint64_t size) const {
    return ((bases_[first_[map_place] + file].base + begin) << kSizeBits) | (size < kSizeMask ? size : kSizeMask);
  }
  Place place(uint64_t number) const;
  /// Greater than the number of every record of the map.
  uint64_t end_of_map(uint32_t map_place) const { return bases_[first_[map_place + 1]].base << kSizeBits; }

 private:
  static constexpr int kSizeBits = 25;
  static constexpr uint64_t kSizeMask = (uint64_t{1} << kSizeBits) - 1;
  struct Base {
    uint64_t base = 0;  // bytes of all files before this one
    uint32_t map_place = 0, file = 0;
  };
  std::vector<Base> bases_;    // one a file, in order, and one behind the last
  std::vector<size_t> first_;  // by map: index of its first file; and behind the last
};

}  // namespace mig
