// XXH3 with 128 bits over a stream of bytes, with the widest vectors that the processor has; the value does not depend on them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mig {

class ContentHash {
 public:
  ContentHash();
  void reset();
  void update(const char* bytes, uint64_t size);
  /// Of all bytes since the reset: 32 hexadecimal digits, the high half first.
  std::string hex() const;

 private:
  struct FreeState {
    void operator()(void* state) const;
  };
  std::unique_ptr<void, FreeState> state_;
};

}  // namespace mig
