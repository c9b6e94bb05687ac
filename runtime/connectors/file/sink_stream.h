// Bytes on their way into a file: compressed in members cut every 4 MiB of text, so that the output never depends on epochs; hashed as
// stored.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/content_hash.h"
#include "runtime/base/file.h"
#include "runtime/base/result.h"

namespace mig {

enum class Compression : uint8_t { kNone, kGzip, kZstd };

class OutputStream {
 public:
  static constexpr uint64_t kMemberBytes = 4 << 20;

  void configure(Compression compression, int level) {
    compression_ = compression;
    level_ = level;
  }
  /// The pieces one behind the other. `file` is not owned and outlives the writing.
  Result<void> write(File& file, std::span<const std::string_view> pieces);
  /// Ends the last member.
  Result<void> finish(File& file);
  /// Text that is not in the file yet; empty without compression.
  const std::string& tail() const { return tail_; }
  void set_tail(std::string tail) { tail_ = std::move(tail); }
  /// Of everything in the file.
  std::string hash() const { return hash_.hex(); }
  void feed_hash(const char* bytes, uint64_t size) { hash_.update(bytes, size); }
  void reset_hash() { hash_.reset(); }

 private:
  Result<void> store(File& file, std::span<const std::string_view> pieces);
  Result<void> end_member(File& file, const char* bytes, uint64_t size);

  Compression compression_ = Compression::kNone;
  int level_ = 0;
  std::string tail_;
  std::string packed_;
  uint64_t begun_write_back_ = 0;
  ContentHash hash_;
};

}  // namespace mig
