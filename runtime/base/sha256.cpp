#include "runtime/base/sha256.h"

// The interface that is not deprecated reads the library's configuration and looks the algorithm up: 5 M instructions of every start.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <new>

namespace mig {
namespace {

SHA256_CTX* as_state(unsigned char* bytes) { return std::launder(reinterpret_cast<SHA256_CTX*>(bytes)); }

}  // namespace

Sha256::Sha256() {
  static_assert(sizeof(SHA256_CTX) <= sizeof state_ && alignof(SHA256_CTX) <= 8);
  SHA256_Init(new (state_.data()) SHA256_CTX);
}

void Sha256::add(const void* bytes, size_t size) { SHA256_Update(as_state(state_.data()), bytes, size); }

Sha256Digest Sha256::digest() {
  Sha256Digest result;
  SHA256_Final(result.data(), as_state(state_.data()));
  return result;
}

Sha256Digest Sha256::of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.digest();
}

std::string hex_text(const Sha256Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace mig
