#include "runtime/base/content_hash.h"

#include <fmt/format.h>

#include "runtime/base/content_hash_functions.h"

namespace mig {
namespace {

const content_hash::Functions& functions() {
#if defined(__x86_64__)
  static const content_hash::Functions& best = __builtin_cpu_supports("avx2") ? content_hash::kAvx2 : content_hash::kBase;
  return best;
#else
  return content_hash::kBase;
#endif
}

}  // namespace

void ContentHash::FreeState::operator()(void* state) const { functions().destroy(state); }
ContentHash::ContentHash() : state_(functions().create()) { reset(); }
void ContentHash::reset() { functions().reset(state_.get()); }
void ContentHash::update(const char* bytes, uint64_t size) { functions().update(state_.get(), bytes, size); }

std::string ContentHash::hex() const {
  const content_hash::Digest value = functions().digest(state_.get());
  return fmt::format("{:016x}{:016x}", value.high, value.low);
}

}  // namespace mig
