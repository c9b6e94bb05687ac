// Records that lie scattered in a file, gathered and mapped together.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/dedupe/record_places.h"
#include "runtime/engine/dedupe/source_files.h"
#include "runtime/engine/mapper.h"

namespace mig {

/// Of one map; for records that each decode alone. What cannot be done together is left to MemberSource.
class MemberBatch {
 public:
  static Result<std::unique_ptr<MemberBatch>> make(const MapSetup& setup);

  uint32_t capacity() const { return input_.capacity(); }
  /// Reads and maps records from the first on, as many as lie in its file and one batch takes. How many; 0 when together they need more
  /// memory than a batch may use, or do not decode into one record each. kSourceChanged when the file is too short.
  Result<uint32_t> map(std::span<const RecordPlaces::Place> places);

  /// Of what was mapped last, valid until the next call.
  RecordBatch& source_frames() { return input_; }
  RecordBatch& target_frames() { return output_; }
  /// Anything but kWritten: the record did not decode, or the map does not write it.
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  Context& context() { return context_; }

 private:
  explicit MemberBatch(const MapSetup& setup);
  /// Copies the records one behind the other into the chunk, each with its end of line.
  Result<uint32_t> gather(std::span<const RecordPlaces::Place> places);
  /// How many of the records, which are near to one another, were read at once into `window_`; 0: the first lies alone.
  Result<uint32_t> read_window(const File& file, std::span<const RecordPlaces::Place> places);
  /// False: not as many records as were gathered, each where it begins.
  bool decode(uint32_t count);

  MapSetup setup_;
  const Kernel& kernel_;
  std::unique_ptr<ChunkDecoder> decoder_;
  RecordBatch input_, output_;
  std::vector<Outcome> outcomes_;
  SourceFiles files_;
  Chunk chunk_;
  std::vector<uint64_t> begins_;  // of the gathered records in the chunk
  std::string window_;
  Arena arena_;
  HitCollector collector_;
  TextMemo memo_;
  Context context_ = {};
};

}  // namespace mig
