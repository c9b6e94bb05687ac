#include "runtime/engine/dedupe/record_places.h"

#include <algorithm>

#include "runtime/base/file.h"

namespace mig {

Result<std::optional<RecordPlaces>> RecordPlaces::of(const std::vector<MapSetup>& setups, uint64_t max_record_bytes) {
  RecordPlaces places;
  if (max_record_bytes >= kSizeMask) return std::optional<RecordPlaces>();
  uint64_t base = 0;
  for (uint32_t place = 0; place < setups.size(); ++place) {
    const MapSetup& setup = setups[place];
    auto lies = setup.source->lies_as_read();
    if (!lies) return lies.error();
    if (!*lies || !setup.source->traits().repeatable) return std::optional<RecordPlaces>();
    places.first_.push_back(places.bases_.size());
    for (uint32_t file = 0; file < setup.files->size(); ++file) {
      places.bases_.push_back({base, place, file});
      auto opened = File::open_read((*setup.files)[file]);
      if (!opened) return opened.error();
      auto size = opened->size();
      if (!size) return size.error();
      base += *size + 1;
    }
  }
  places.first_.push_back(places.bases_.size());
  places.bases_.push_back({base, 0, 0});
  if (base >> (64 - kSizeBits) != 0) return std::optional<RecordPlaces>();
  return std::optional<RecordPlaces>(std::move(places));
}

RecordPlaces::Place RecordPlaces::place(uint64_t number) const {
  const uint64_t at = number >> kSizeBits;
  const auto after = std::upper_bound(bases_.begin(), bases_.end(), at, [](uint64_t value, const Base& base) { return value < base.base; });
  const Base& base = *(after - 1);
  return {base.map_place, base.file, at - base.base, static_cast<uint32_t>(number & kSizeMask)};
}

}  // namespace mig
