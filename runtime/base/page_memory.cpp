#include "runtime/base/page_memory.h"

#include <sys/mman.h>

#include <new>

namespace mig {
namespace {

constexpr uint64_t kHuge = 4 << 20;  // bytes from which huge pages are asked for

}  // namespace

PageMemory::PageMemory(uint64_t size, Use use) {
  if (size == 0) return;
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (use == Use::kInNoOrder && size >= kHuge) (void)::madvise(memory, size, MADV_HUGEPAGE);
  data_ = static_cast<char*>(memory);
  size_ = size;
}

PageMemory::~PageMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace mig
