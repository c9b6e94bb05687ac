// Bytes of a file as UTF-8 text: decompressed, converted, with the end proven. Layers of one reader over the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.h"

namespace mig {

class ByteReader {
 public:
  virtual ~ByteReader() = default;
  /// 1..size bytes into `out`; 0 only at the proven end. `size` is at least 4.
  virtual Result<uint64_t> read(char* out, uint64_t size) = 0;
};

enum class Packing : uint8_t { kAuto, kNone, kGzip, kZstd };
enum class Encoding : uint8_t { kAuto, kUtf8, kUtf16Le, kUtf16Be, kCp1252, kLatin1 };

struct TextFileOptions {
  Packing packing = Packing::kAuto;     // kAuto: by the first bytes
  Encoding encoding = Encoding::kAuto;  // kAuto: UTF-16 by its byte order mark, else UTF-8
  bool skip_bom = true;                 // of UTF-8; UTF-16's always goes
};

/// What a file was when it was opened.
struct FileFacts {
  uint64_t size = 0;
  int64_t modified = 0;  // nanoseconds since 1970
};
Result<FileFacts> file_facts(const std::string& path);

/// Text of one file. Damaged or truncated compressed input is kCorrupt, a file that changed while it was read kSourceChanged, never an end.
/// Characters that the encoding does not have become bytes that are not UTF-8, so that the record around them is refused.
class TextFile final : public ByteReader {
 public:
  static Result<std::unique_ptr<TextFile>> open(const std::string& path, const TextFileOptions& options);
  /// Whether what read() gives are the bytes of the file, from the first one on.
  static Result<bool> is_plain(const std::string& path, const TextFileOptions& options);
  ~TextFile() override;
  Result<uint64_t> read(char* out, uint64_t size) override;
  const FileFacts& facts() const;
  uint64_t stored_bytes_read() const;  // of the file as it lies on the disk

 private:
  struct Layers;
  explicit TextFile(std::unique_ptr<Layers> layers);
  std::unique_ptr<Layers> layers_;
};

/// Layers; each owns what it reads from.
std::unique_ptr<ByteReader> make_gzip_reader(std::unique_ptr<ByteReader> from, std::string name);
std::unique_ptr<ByteReader> make_zstd_reader(std::unique_ptr<ByteReader> from, std::string name);
std::unique_ptr<ByteReader> make_utf16_reader(std::unique_ptr<ByteReader> from, bool big_endian);
/// `cp1252`: else Latin-1.
std::unique_ptr<ByteReader> make_single_byte_reader(std::unique_ptr<ByteReader> from, bool cp1252);

}  // namespace mig
