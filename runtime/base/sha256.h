// SHA-256 over a stream of bytes: for identities that nobody may be able to imitate. Contents alone are told apart by ContentHash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mig {

using Sha256Digest = std::array<unsigned char, 32>;

class Sha256 {
 public:
  Sha256();
  void add(const void* bytes, size_t size);
  /// Of all that was added. Call once.
  Sha256Digest digest();

  static Sha256Digest of(std::string_view bytes);

 private:
  alignas(8) std::array<unsigned char, 112> state_;  // of the library
};

/// Lower-case, two digits a byte.
std::string hex_text(const Sha256Digest& digest);

}  // namespace mig
