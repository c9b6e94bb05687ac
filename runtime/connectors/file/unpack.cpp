// Streaming gzip and zstd: every member's or frame's end is checked, and so is that nothing but members follows.
#include <zlib.h>
#include <zstd.h>

#include <cstring>

#include "runtime/connectors/file/byte_reader.h"

namespace mig {
namespace {

constexpr uint64_t kInputBytes = 256 * 1024;

/// `at`: bytes of the compressed file before the fault.
Error damaged(const std::string& name, uint64_t at, const std::string& why) {
  return Error{ErrorKind::kCorrupt, "'" + name + "' is damaged at byte " + std::to_string(at) + ": " + why,
               "fetch the file again from where it was made, then run with --new"};
}
constexpr char kTruncated[] = "the compressed data ends too early";

class GzipReader final : public ByteReader {
 public:
  GzipReader(std::unique_ptr<ByteReader> from, std::string name)
      : from_(std::move(from)), name_(std::move(name)), input_(new char[kInputBytes]) {
    std::memset(&stream_, 0, sizeof stream_);
    ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
  }
  ~GzipReader() override { inflateEnd(&stream_); }

  Result<uint64_t> read(char* out, uint64_t size) override {
    if (!ready_) return Error{ErrorKind::kInternal, "zlib cannot be set up", ""};
    const auto room = static_cast<uInt>(std::min<uint64_t>(size, 1u << 30));
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = room;
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0) {
        Result<uint64_t> got = from_->read(input_.get(), kInputBytes);
        if (!got.ok()) return got;
        if (*got == 0) {
          if (in_member_) return damaged(name_, fetched_, kTruncated);
          return uint64_t{0};
        }
        fetched_ += *got;
        stream_.next_in = reinterpret_cast<Bytef*>(input_.get());
        stream_.avail_in = static_cast<uInt>(*got);
      }
      in_member_ = true;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        in_member_ = false;
        if (inflateReset(&stream_) != Z_OK) return Error{ErrorKind::kInternal, "zlib cannot be reset", ""};
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return damaged(name_, fetched_ - stream_.avail_in, stream_.msg == nullptr ? "the gzip data is not valid" : stream_.msg);
      }
    }
    return uint64_t{room - stream_.avail_out};
  }

 private:
  std::unique_ptr<ByteReader> from_;
  std::string name_;
  uint64_t fetched_ = 0;  // compressed bytes
  std::unique_ptr<char[]> input_;
  z_stream stream_;
  bool ready_ = false;
  bool in_member_ = true;  // an empty file is no gzip file
};

class ZstdReader final : public ByteReader {
 public:
  ZstdReader(std::unique_ptr<ByteReader> from, std::string name)
      : from_(std::move(from)), name_(std::move(name)), input_(new char[kInputBytes]), stream_(ZSTD_createDStream()) {}
  ~ZstdReader() override { ZSTD_freeDStream(stream_); }

  Result<uint64_t> read(char* out, uint64_t size) override {
    if (stream_ == nullptr) return Error{ErrorKind::kInternal, "zstd cannot be set up", ""};
    ZSTD_outBuffer target{out, size, 0};
    while (target.pos == 0) {
      if (source_.pos == source_.size && !may_hold_more_) {
        Result<uint64_t> got = from_->read(input_.get(), kInputBytes);
        if (!got.ok()) return got;
        if (*got == 0) {
          if (in_frame_) return damaged(name_, fetched_, kTruncated);
          return uint64_t{0};
        }
        fetched_ += *got;
        source_ = {input_.get(), *got, 0};
      }
      const size_t status = ZSTD_decompressStream(stream_, &target, &source_);
      if (ZSTD_isError(status) != 0) return damaged(name_, fetched_ - (source_.size - source_.pos), ZSTD_getErrorName(status));
      in_frame_ = status != 0;
      may_hold_more_ = target.pos == target.size && in_frame_;
    }
    return uint64_t{target.pos};
  }

 private:
  std::unique_ptr<ByteReader> from_;
  std::string name_;
  uint64_t fetched_ = 0;  // compressed bytes
  std::unique_ptr<char[]> input_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer source_{nullptr, 0, 0};
  bool in_frame_ = true;        // an empty file is no zstd file
  bool may_hold_more_ = false;  // output was full: the stream may give more without input
};

}  // namespace

std::unique_ptr<ByteReader> make_gzip_reader(std::unique_ptr<ByteReader> from, std::string name) {
  return std::make_unique<GzipReader>(std::move(from), std::move(name));
}
std::unique_ptr<ByteReader> make_zstd_reader(std::unique_ptr<ByteReader> from, std::string name) {
  return std::make_unique<ZstdReader>(std::move(from), std::move(name));
}

}  // namespace mig
