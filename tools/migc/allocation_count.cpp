#include "tools/migc/allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCounts = false;
#else
constexpr bool kCounts = true;
#endif

// One counter for few threads, each in a cache line of its own.
constexpr unsigned kCounters = 16;
struct alignas(64) Counter {
  std::atomic<uint64_t> number{0};
};
constinit Counter counters[kCounters];
constinit std::atomic<unsigned> threads{0};
constinit thread_local unsigned mine = kCounters;  // kCounters: not chosen yet

[[maybe_unused]] void* counted(std::size_t size, std::size_t alignment) noexcept {
  if (mine == kCounters) mine = threads.fetch_add(1, std::memory_order_relaxed) % kCounters;
  counters[mine].number.fetch_add(1, std::memory_order_relaxed);
  if (size == 0) size = 1;
  while (true) {
    void* const memory = alignment <= alignof(std::max_align_t)
                             ? std::malloc(size)
                             : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory != nullptr) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) return nullptr;
    handler();
  }
}

[[maybe_unused]] void* counted_or_thrown(std::size_t size, std::size_t alignment) {
  void* const memory = counted(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) { return counted_or_thrown(size, 0); }
void* operator new[](std::size_t size) { return counted_or_thrown(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted_or_thrown(size, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return counted_or_thrown(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace mig::cli {

uint64_t allocation_count() {
  uint64_t sum = 0;
  for (const Counter& counter : counters) sum += counter.number.load(std::memory_order_relaxed);
  return kCounts ? sum : 0;
}

}  // namespace mig::cli
