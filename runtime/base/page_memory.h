// A large buffer straight from the system: its pages become resident when they are touched, and are given back at once.
#pragma once

#include <cstdint>
#include <utility>

namespace mig {

/// Movable; readable and writable; zero at first. The allocator would keep the memory of large buffers for later ones of other sizes.
class PageMemory {
 public:
  PageMemory() = default;
  enum class Use : uint8_t { kInNoOrder, kFromItsEnds };
  /// Large ones that are used in no order ask for huge pages; of others only what is touched shall become resident. Throws std::bad_alloc
  /// when the system refuses.
  explicit PageMemory(uint64_t size, Use use = Use::kInNoOrder);
  PageMemory(PageMemory&& other) noexcept { swap(other); }
  PageMemory& operator=(PageMemory&& other) noexcept {
    PageMemory old(std::move(other));
    swap(old);
    return *this;
  }
  ~PageMemory();

  char* data() const { return data_; }
  uint64_t size() const { return size_; }  // bytes; 0: none

 private:
  void swap(PageMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  char* data_ = nullptr;
  uint64_t size_ = 0;
};

}  // namespace mig
