#include "runtime/engine/dedupe/spilled_parts.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr int kMostBits = 9, kLeastBits = 4;
constexpr uint64_t kGoodBlock = 4 << 10, kLeastBlock = 512;

}  // namespace

SpilledParts::SpilledParts(std::string directory, int bits, uint64_t block)
    : directory_(std::move(directory)), bits_(bits), block_(block), parts_(size_t{1} << bits) {}

SpilledParts SpilledParts::within(std::string directory, uint64_t memory) {
  int bits = kLeastBits;
  while (bits < kMostBits && (memory >> (bits + 1)) >= kGoodBlock) ++bits;
  return SpilledParts(std::move(directory), bits, std::max<uint64_t>(memory >> bits, kLeastBlock));
}

Result<void> SpilledParts::append(size_t part, const void* bytes, uint64_t size) {
  if (buffers_.size() == 0) buffers_ = PageMemory(count() * block_);
  Part& to = parts_[part];
  const char* from = static_cast<const char*>(bytes);
  while (true) {
    const uint64_t n = std::min(size, block_ - to.waiting);
    std::memcpy(buffer_of(part) + to.waiting, from, n);
    to.waiting += static_cast<uint32_t>(n);
    size -= n;
    if (size == 0) return {};
    from += n;
    if (auto written = write(part); !written) return written;
  }
}

Result<void> SpilledParts::write(size_t part) {
  if (!file_.is_open()) {
    auto file = File::create_unnamed(directory_);
    if (!file) return file.error();
    file_ = std::move(*file);
  }
  const uint64_t number = file_.append_position() / block_;
  if (auto written = file_.append(buffer_of(part), block_); !written) return written;
  parts_[part].blocks.push_back(static_cast<uint32_t>(number));
  parts_[part].waiting = 0;
  return {};
}

Result<void> SpilledParts::read(size_t part, uint64_t offset, void* bytes, uint64_t size) const {
  const Part& from = parts_[part];
  char* to = static_cast<char*>(bytes);
  while (size > 0) {
    const uint64_t index = offset / block_, within = offset % block_;
    const uint64_t n = std::min(size, block_ - within);
    if (index == from.blocks.size()) {
      std::memcpy(to, buffer_of(part) + within, n);
    } else if (auto done = file_.read_at(from.blocks[index] * block_ + within, to, n); !done) {
      return done;
    }
    to += n;
    offset += n;
    size -= n;
  }
  return {};
}

}  // namespace mig
