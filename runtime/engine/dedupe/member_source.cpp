#include "runtime/engine/dedupe/member_source.h"

#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kArenaBlock = 64 << 10;

}  // namespace

MemberSource::MemberSource(const MapSetup& setup)
    : setup_(setup),
      kernel_(setup.kernels->again(setup.plan->maps[setup.map].map)),
      input_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, 1),
      output_(setup.plan->targets[setup.plan->maps[setup.map].target].layout, 1),
      mask_(*setup.kernels, setup.plan->targets[setup.plan->maps[setup.map].target], 1),
      files_(*setup.files),
      arena_(kArenaBlock, kGroupMemory, true) {
  setup.prepare(context_, collector_, nullptr);
  arena_.reset(context_);
}

Result<std::unique_ptr<MemberSource>> MemberSource::make(const MapSetup& setup) {
  std::unique_ptr<MemberSource> members(new MemberSource(setup));
  auto decoder = setup.source->decoder();
  if (!decoder) return decoder.error();
  members->decoder_ = std::move(*decoder);
  auto encoder = setup.sink->encoder();
  if (!encoder) return encoder.error();
  members->encoder_ = std::move(*encoder);
  return members;
}

void MemberSource::begin_group() {
  used_ = 0;
  arena_.set_limit(kGroupMemory);
  arena_.reset(context_);
}

Result<bool> MemberSource::map(uint32_t number, uint64_t begin, uint32_t size, uint64_t ordinal) {
  auto file = files_.file(number);
  if (!file) return file.error();
  if (used_ == chunks_.size()) {
    chunks_.push_back(std::make_unique<Chunk>());
    frames_.push_back(std::make_unique<std::vector<Cell>>(output_.stride() / sizeof(Cell) + 1));
  }
  Chunk& chunk = *chunks_[used_];
  const uint64_t needed = uint64_t{size} + 1 + Chunk::kPadding;
  if (chunk.bytes.size() < needed) chunk.bytes.resize(needed);
  if (!(*file)->read_at(begin, chunk.bytes.data(), size)) return source_changed();
  chunk.bytes[size] = '\n';
  std::memset(chunk.bytes.data() + size + 1, 0, Chunk::kPadding);
  chunk.size = uint64_t{size} + 1;
  chunk.begin = begin;
  chunk.file = number;
  uint64_t cursor = 0;
  decoder_->decode(chunk, cursor, input_, context_);
  if (input_.count != 1 || !input_.failures.empty() || cursor != chunk.size) return false;
  Outcome outcome = Outcome::kWritten;
  output_.clear(0);
  collector_.hits.clear();
  context_.row_ordinal = ordinal;
  kernel_.run(context_, input_.frame(0), output_.frame(0), 1, &outcome);
  return outcome == Outcome::kWritten;
}

uint8_t* MemberSource::keep_frame() {
  auto* const frame = reinterpret_cast<uint8_t*>(frames_[used_++]->data());
  std::memcpy(frame, output_.frame(0), output_.stride());
  return frame;
}

Result<uint8_t*> MemberSource::load(const SpoolRow& row, uint32_t file, uint64_t ordinal) {
  auto mapped = map(file, row.begin, row.size, ordinal);
  if (!mapped) return mapped.error();
  if (!*mapped) return source_changed();
  encoded_.clear();
  encoder_->encode(mask_.apply(context_, output_.frame(0)), encoded_);
  if (encoded_.size() != row.encoded || row_check(encoded_) != row.check) return source_changed();
  return keep_frame();
}

Result<uint8_t*> MemberSource::load(uint32_t file, uint64_t begin, uint32_t size) {
  auto mapped = map(file, begin, size, 0);
  if (!mapped) return mapped.error();
  if (!*mapped) return source_changed();
  return keep_frame();
}

}  // namespace mig
