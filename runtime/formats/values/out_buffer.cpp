#include "runtime/formats/values/out_buffer.h"

#include <algorithm>

namespace mig {

void OutBuffer::grow(uint64_t size) {
  const uint64_t used = this->size();
  const uint64_t room = std::max<uint64_t>(used + size, 2 * static_cast<uint64_t>(end_ - begin_.get()) + 4096);
  auto bigger = std::make_unique_for_overwrite<char[]>(room + kSlack);
  if (used != 0) std::memcpy(bigger.get(), begin_.get(), used);
  begin_ = std::move(bigger);
  next = begin_.get() + used;
  end_ = begin_.get() + room;
}

}  // namespace mig
