// Members of groups read from the source a second time: for sources whose records lie in plain files where their origin says.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "runtime/engine/dedupe/source_files.h"
#include "runtime/engine/mapper.h"

namespace mig {

constexpr uint64_t kGroupMemory = 256ull << 20;  // bytes that the values of one group may take while it is merged

/// Of one map. Maps single records again; what comes out is compared with what the first pass encoded (by hash), so a wrong record is never
/// taken.
class MemberSource {
 public:
  static Result<std::unique_ptr<MemberSource>> make(const MapSetup& setup);

  /// Maps the record of `size` bytes at `begin`. False: it does not decode, or the map does not write it.
  Result<bool> map(uint32_t file, uint64_t begin, uint32_t size, uint64_t ordinal);
  /// Of the record mapped last; valid until the next call.
  const uint8_t* source_frame() { return input_.frame(0); }
  const uint8_t* target_frame() { return output_.frame(0); }
  Context& context() { return context_; }

  /// Forgets the frames of the last group.
  void begin_group();
  /// Until the next group the memory of a single record is the limit, as in the pass that maps.
  void limit_to_record() { arena_.set_limit(kRecordMemory); }
  /// Target frame of the record, valid until begin_group(). `ordinal`: of the record in the source.
  Result<uint8_t*> load(const SpoolRow& row, uint32_t file, uint64_t ordinal);
  /// The same without a proof that the record still says what it said, other than that it is written.
  Result<uint8_t*> load(uint32_t file, uint64_t begin, uint32_t size);

 private:
  explicit MemberSource(const MapSetup& setup);
  uint8_t* keep_frame();

  MapSetup setup_;
  const Kernel& kernel_;
  std::unique_ptr<ChunkDecoder> decoder_;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBatch input_, output_;
  TargetMask mask_;
  SourceFiles files_;
  std::vector<std::unique_ptr<Chunk>> chunks_;  // one a member of the group: frames point into them
  std::vector<std::unique_ptr<std::vector<Cell>>> frames_;
  size_t used_ = 0;
  std::string encoded_;
  Arena arena_;
  HitCollector collector_;
  Context context_ = {};
};

}  // namespace mig
