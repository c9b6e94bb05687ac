#include "runtime/connectors/file/byte_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/base/file.h"

namespace mig {
namespace {

/// The bytes of a file as they are.
class StoredReader final : public ByteReader {
 public:
  StoredReader(File file, FileFacts facts) : file_(std::move(file)), facts_(facts) {}

  Result<uint64_t> read(char* out, uint64_t size) override {
    Result<uint64_t> got = file_.read_some(offset_, out, size);
    if (!got.ok()) return got;
    offset_ += *got;
    if (*got == 0) {
      Result<FileFacts> now = file_facts(file_.path());
      if (!now.ok()) return now.error();
      if (offset_ != facts_.size || now->size != facts_.size || now->modified != facts_.modified) return changed();
    }
    if (offset_ > facts_.size) return changed();
    return got;
  }
  uint64_t offset() const { return offset_; }

 private:
  Error changed() const {
    return Error{ErrorKind::kSourceChanged, file_.path() + " changed while it was read",
                 "run again when nothing writes to the file any more"};
  }
  File file_;
  FileFacts facts_;
  uint64_t offset_ = 0;
};

/// Bytes that were read ahead, then the rest.
class PrefixReader final : public ByteReader {
 public:
  PrefixReader(std::string prefix, std::unique_ptr<ByteReader> rest) : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  Result<uint64_t> read(char* out, uint64_t size) override {
    if (done_ == prefix_.size()) return rest_->read(out, size);
    const uint64_t count = std::min<uint64_t>(size, prefix_.size() - done_);
    std::memcpy(out, prefix_.data() + done_, count);
    done_ += count;
    return count;
  }

 private:
  std::string prefix_;
  uint64_t done_ = 0;
  std::unique_ptr<ByteReader> rest_;
};

Result<std::string> read_ahead(ByteReader& reader, uint64_t size) {
  std::string bytes(size, '\0');
  uint64_t have = 0;
  while (size - have >= 4) {
    Result<uint64_t> got = reader.read(bytes.data() + have, size - have);
    if (!got.ok()) return got.error();
    if (*got == 0) break;
    have += *got;
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace

Result<FileFacts> file_facts(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return system_error(errno, "read", path);
  return FileFacts{static_cast<uint64_t>(status.st_size), int64_t{1'000'000'000} * status.st_mtim.tv_sec + status.st_mtim.tv_nsec};
}

namespace {

constexpr size_t kMagicBytes = 4;

/// How a file that begins with these bytes is packed.
Packing packing_of(const std::string& path, const char* magic, uint64_t size) {
  // Too short to show its kind: the name tells, so that an archive of which nothing arrived is not taken for an empty file.
  if (size < kMagicBytes && path.ends_with(".gz")) return Packing::kGzip;
  if (size < kMagicBytes && path.ends_with(".zst")) return Packing::kZstd;
  return size >= 2 && std::memcmp(magic, "\x1F\x8B", 2) == 0                     ? Packing::kGzip
         : size >= kMagicBytes && std::memcmp(magic, "\x28\xB5\x2F\xFD", 4) == 0 ? Packing::kZstd
                                                                                 : Packing::kNone;
}

}  // namespace

struct TextFile::Layers {
  FileFacts facts;
  StoredReader* stored = nullptr;  // owned by the chain below `top`
  std::unique_ptr<ByteReader> top;
};

TextFile::TextFile(std::unique_ptr<Layers> layers) : layers_(std::move(layers)) {}
TextFile::~TextFile() = default;
Result<uint64_t> TextFile::read(char* out, uint64_t size) { return layers_->top->read(out, size); }
const FileFacts& TextFile::facts() const { return layers_->facts; }
uint64_t TextFile::stored_bytes_read() const { return layers_->stored->offset(); }

Result<std::unique_ptr<TextFile>> TextFile::open(const std::string& path, const TextFileOptions& options) {
  auto layers = std::make_unique<Layers>();
  Result<FileFacts> facts = file_facts(path);
  if (!facts.ok()) return facts.error();
  layers->facts = *facts;
  Result<File> file = File::open_read(path);
  if (!file.ok()) return file.error();

  char magic[kMagicBytes] = {};
  Result<uint64_t> got = file->read_some(0, magic, sizeof magic);
  if (!got.ok()) return got.error();
  const Packing packing = options.packing == Packing::kAuto ? packing_of(path, magic, *got) : options.packing;
  auto stored = std::make_unique<StoredReader>(std::move(*file), *facts);
  layers->stored = stored.get();
  layers->top = std::move(stored);
  switch (packing) {
    case Packing::kAuto:
    case Packing::kNone: break;
    case Packing::kGzip: layers->top = make_gzip_reader(std::move(layers->top), path); break;
    case Packing::kZstd: layers->top = make_zstd_reader(std::move(layers->top), path); break;
  }

  Encoding encoding = options.encoding;
  if (encoding != Encoding::kCp1252 && encoding != Encoding::kLatin1) {
    Result<std::string> head = read_ahead(*layers->top, 8);
    if (!head.ok()) return head.error();
    const bool little = head->starts_with("\xFF\xFE"), big = head->starts_with("\xFE\xFF");
    if (encoding == Encoding::kAuto) encoding = little ? Encoding::kUtf16Le : big ? Encoding::kUtf16Be : Encoding::kUtf8;
    if ((encoding == Encoding::kUtf16Le && little) || (encoding == Encoding::kUtf16Be && big)) head->erase(0, 2);
    if (encoding == Encoding::kUtf8 && options.skip_bom && head->starts_with("\xEF\xBB\xBF")) head->erase(0, 3);
    layers->top = std::make_unique<PrefixReader>(std::move(*head), std::move(layers->top));
  }
  switch (encoding) {
    case Encoding::kAuto:
    case Encoding::kUtf8: break;
    case Encoding::kUtf16Le: layers->top = make_utf16_reader(std::move(layers->top), false); break;
    case Encoding::kUtf16Be: layers->top = make_utf16_reader(std::move(layers->top), true); break;
    case Encoding::kCp1252: layers->top = make_single_byte_reader(std::move(layers->top), true); break;
    case Encoding::kLatin1: layers->top = make_single_byte_reader(std::move(layers->top), false); break;
  }
  return std::unique_ptr<TextFile>(new TextFile(std::move(layers)));
}

Result<bool> TextFile::is_plain(const std::string& path, const TextFileOptions& options) {
  if (options.encoding != Encoding::kAuto && options.encoding != Encoding::kUtf8) return false;
  Result<File> file = File::open_read(path);
  if (!file.ok()) return file.error();
  char magic[kMagicBytes] = {};
  Result<uint64_t> got = file->read_some(0, magic, sizeof magic);
  if (!got.ok()) return got.error();
  if ((options.packing == Packing::kAuto ? packing_of(path, magic, *got) : options.packing) != Packing::kNone) return false;
  const std::string_view head(magic, *got);
  return !head.starts_with("\xEF\xBB\xBF") && !head.starts_with("\xFF\xFE") && !head.starts_with("\xFE\xFF");
}

}  // namespace mig
