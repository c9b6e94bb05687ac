// Members of groups read from the source a second time: for sources whose records lie in plain files where their origin says.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/engine/mapper.h"

namespace mig {

constexpr uint64_t kGroupMemory = 256ull << 20;  // bytes that the values of one group may take while it is merged

/// Of one map. Maps single records again; what comes out is compared with what the first pass encoded (by hash), so a wrong record is never taken.
class MemberSource {
 public:
  static Result<std::unique_ptr<MemberSource>> make(const MapSetup& setup);
  /// Tries it on records of the first chunk. False: compressed, converted, or not a file; members must then be kept by the first pass.
  static Result<bool> is_usable(const MapSetup& setup);

  /// Forgets the frames of the last group.
  void begin_group();
  /// Target frame of the record, valid until begin_group(). `ordinal`: of the record in the source.
  Result<uint8_t*> load(const SpoolRow& row, uint32_t file, uint64_t ordinal);

 private:
  explicit MemberSource(const MapSetup& setup);
  Result<const File*> file_of(uint32_t file);

  MapSetup setup_;
  const Kernel& kernel_;
  std::unique_ptr<ChunkDecoder> decoder_;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBatch input_, output_;
  std::map<uint32_t, File> open_;
  std::vector<std::unique_ptr<Chunk>> chunks_;             // one a member of the group: frames point into them
  std::vector<std::unique_ptr<std::vector<Cell>>> frames_;
  size_t used_ = 0;
  std::string encoded_;
  Arena arena_;
  HitCollector collector_;
  Context context_ = {};
};

}  // namespace mig
