#include "runtime/engine/dedupe/member_batch.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kArenaBlock = 64 << 10, kBatchMemory = 24 << 20;
constexpr uint64_t kGathered = 256 << 10;  // bytes of a batch; a single record may be longer
// A call of the system for one record costs about as much as copying this many bytes between records.
constexpr uint64_t kWorthACall = 6 << 10;
constexpr uint64_t kWindow = 64 << 10;

}  // namespace

MemberBatch::MemberBatch(const MapSetup& setup)
    : setup_(setup),
      kernel_(setup.kernels->again(setup.plan->maps[setup.map].map)),
      input_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, setup.batch_records),
      output_(setup.plan->targets[setup.plan->maps[setup.map].target].layout, setup.batch_records),
      outcomes_(setup.batch_records),
      files_(*setup.files),
      arena_(kArenaBlock, kBatchMemory, true) {
  setup.prepare(context_, collector_, &memo_);
}

Result<std::unique_ptr<MemberBatch>> MemberBatch::make(const MapSetup& setup) {
  std::unique_ptr<MemberBatch> batch(new MemberBatch(setup));
  auto decoder = setup.source->decoder();
  if (!decoder) return decoder.error();
  batch->decoder_ = std::move(*decoder);
  return batch;
}

Result<uint32_t> MemberBatch::read_window(const File& file, std::span<const RecordPlaces::Place> places) {
  const uint64_t begin = places[0].begin;
  uint32_t count = 0;
  uint64_t size = 0;
  while (count < places.size() && places[count].begin + places[count].size <= begin + kWindow) {
    size = places[count].begin + places[count].size - begin;
    ++count;
  }
  if (count < 2 || size > count * kWorthACall) return 0u;
  window_.resize(kWindow);
  if (!file.read_at(begin, window_.data(), size)) return source_changed();
  return count;
}

Result<uint32_t> MemberBatch::gather(std::span<const RecordPlaces::Place> places) {
  auto file = files_.file(places[0].file);
  if (!file) return file.error();
  begins_.clear();
  uint64_t at = 0;
  uint32_t windowed = 0;  // records that lie in the window from this one on
  uint64_t window_begin = 0;
  const uint32_t most = static_cast<uint32_t>(std::min<size_t>(places.size(), input_.capacity()));
  for (uint32_t i = 0; i < most; ++i) {
    const RecordPlaces::Place& place = places[i];
    if (place.file != places[0].file || (i > 0 && at + place.size + 1 > kGathered)) break;
    if (windowed == 0) {
      auto read = read_window(**file, places.subspan(i, most - i));
      if (!read) return read.error();
      windowed = *read;
      window_begin = place.begin;
    }
    if (chunk_.bytes.size() < at + place.size + 1 + Chunk::kPadding)
      chunk_.bytes.resize(std::max(at + place.size + 1, kGathered) + Chunk::kPadding);
    if (windowed > 0) {
      std::memcpy(chunk_.bytes.data() + at, window_.data() + (place.begin - window_begin), place.size);
      --windowed;
    } else if (!(*file)->read_at(place.begin, chunk_.bytes.data() + at, place.size)) {
      return source_changed();
    }
    begins_.push_back(at);
    at += place.size;
    chunk_.bytes[at++] = '\n';
  }
  std::memset(chunk_.bytes.data() + at, 0, Chunk::kPadding);
  chunk_.size = at;
  chunk_.begin = 0;
  chunk_.file = places[0].file;
  return static_cast<uint32_t>(begins_.size());
}

bool MemberBatch::decode(uint32_t count) {
  uint64_t cursor = 0;
  decoder_->decode(chunk_, cursor, input_, context_);
  if (input_.count != count || cursor != chunk_.size) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (input_.origins[i].begin != begins_[i]) return false;
  }
  return true;
}

Result<uint32_t> MemberBatch::map(std::span<const RecordPlaces::Place> places) {
  auto gathered = gather(places);
  if (!gathered) return gathered.error();
  const uint32_t count = *gathered;
  arena_.reset(context_);
  collector_.hits.clear();
  try {
    if (!decode(count)) return 0u;
    std::fill_n(outcomes_.begin(), count, Outcome::kWritten);
    for (const DecodeFailure& failure : input_.failures) outcomes_[failure.record] = Outcome::kRejected;
    output_.clear_first(count);
    context_.row_ordinal = 0;
    kernel_.run(context_, input_.frame(0), output_.frame(0), count, outcomes_.data());
  } catch (const ArenaExhausted&) {
    return 0u;
  }
  return count;
}

}  // namespace mig
