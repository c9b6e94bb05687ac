// One implementation of ContentHash for each instruction set, compiled from one text. For the two sources that define and call them.
#pragma once

#include <cstdint>

namespace mig::content_hash {

struct Digest {
  uint64_t high, low;
};

struct Functions {
  void* (*create)();
  void (*destroy)(void* state);
  void (*reset)(void* state);
  void (*update)(void* state, const char* bytes, uint64_t size);
  Digest (*digest)(const void* state);
};

extern const Functions kBase;
#if defined(__x86_64__)
extern const Functions kAvx2;
#endif

}  // namespace mig::content_hash
