#include "runtime/connectors/file/sink_stream.h"

#include <zlib.h>
#include <zstd.h>

namespace mig {
namespace {

constexpr uint64_t kWriteBackBytes = 8 << 20;
constexpr int kGzipWindow = 15 + 16;  // gzip header, largest window

Error compression_failed(const char* what) { return {ErrorKind::kInternal, std::string("compression failed: ") + what, ""}; }

Result<void> gzip_member(const char* bytes, uint64_t size, int level, std::string& out) {
  z_stream stream = {};
  if (deflateInit2(&stream, level == 0 ? Z_DEFAULT_COMPRESSION : level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return compression_failed("gzip");
  }
  out.resize(deflateBound(&stream, size) + 32);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes));
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) return compression_failed("gzip");
  return {};
}

Result<void> zstd_frame(const char* bytes, uint64_t size, int level, std::string& out) {
  out.resize(ZSTD_compressBound(size));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (context == nullptr) return compression_failed("zstd");
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level == 0 ? 3 : level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const size_t packed = ZSTD_compress2(context, out.data(), out.size(), bytes, size);
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(packed)) return compression_failed(ZSTD_getErrorName(packed));
  out.resize(packed);
  return {};
}

}  // namespace

Result<void> OutputStream::store(File& file, std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) feed_hash(piece.data(), piece.size());
  if (auto written = file.append(pieces); !written) return written;
  // The disk works while the next chunks are mapped, so that the sync at the end of the epoch has little left to wait for.
  if (begun_write_back_ > file.append_position()) begun_write_back_ = file.append_position();
  if (file.append_position() - begun_write_back_ >= kWriteBackBytes) {
    file.begin_write_back(begun_write_back_, file.append_position() - begun_write_back_);
    begun_write_back_ = file.append_position();
  }
  return {};
}

Result<void> OutputStream::end_member(File& file, const char* bytes, uint64_t size) {
  const auto packed =
      compression_ == Compression::kGzip ? gzip_member(bytes, size, level_, packed_) : zstd_frame(bytes, size, level_, packed_);
  if (!packed) return packed;
  const std::string_view member = packed_;
  return store(file, {&member, 1});
}

Result<void> OutputStream::write(File& file, std::span<const std::string_view> pieces) {
  if (compression_ == Compression::kNone) return store(file, pieces);
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, kMemberBytes - tail_.size());
      tail_.append(part);
      piece.remove_prefix(part.size());
      if (tail_.size() < kMemberBytes) continue;
      if (auto ended = end_member(file, tail_.data(), tail_.size()); !ended) return ended;
      tail_.clear();
    }
  }
  return {};
}

Result<void> OutputStream::finish(File& file) {
  if (compression_ == Compression::kNone) return {};
  if (tail_.empty() && file.append_position() > 0) return {};
  auto ended = end_member(file, tail_.data(), tail_.size());
  tail_.clear();
  return ended;
}

}  // namespace mig
