#include "runtime/connectors/file/chunk_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/base/file.h"
#include "runtime/base/signals.h"

namespace mig {
namespace {

constexpr uint64_t kPadding = Chunk::kPadding;
constexpr uint64_t kRehashBytes = 1 << 20;

Error changed(const std::string& name) {
  return Error{ErrorKind::kSourceChanged, name + " is not what it was: the part that the run has already read differs",
               "restore the file, or begin a new run"};
}

}  // namespace

FileChunkReader::FileChunkReader(std::vector<std::string> files, const TextFileOptions& options, std::unique_ptr<BoundaryScanner> scanner,
                                 std::shared_ptr<ChunkCuts> cuts, uint64_t chunk_bytes, uint64_t max_record_bytes)
    : files_(std::move(files)),
      options_(options),
      scanner_(std::move(scanner)),
      cuts_(std::move(cuts)),
      chunk_bytes_(std::max<uint64_t>(chunk_bytes, 16)),
      max_record_bytes_(max_record_bytes) {
  for (const std::string& file : files_) {
    if (const Result<FileFacts> facts = file_facts(file); facts.ok()) total_bytes_ += facts->size;
  }
}

void FileChunkReader::hash(const char* bytes, uint64_t size) {
  if (positions_) hash_.update(bytes, size);
}

Position FileChunkReader::position() const {
  const FileFacts& facts = file_->facts();
  return {"file1:" + std::to_string(index_) + ":" + std::to_string(offset_) + ":" + hash_.hex() + ":" + std::to_string(facts.size) + ":" +
          std::to_string(facts.modified)};
}

Result<void> FileChunkReader::open_file() {
  Result<std::unique_ptr<TextFile>> file = TextFile::open(files_[index_], options_);
  if (!file.ok()) return file.error();
  file_ = std::move(*file);
  ended_ = false;
  offset_ = 0;
  tail_.clear();
  const std::string name = name_of(files_[index_]);
  hash(name.c_str(), name.size() + 1);
  return {};
}

void FileChunkReader::close_file() {
  done_bytes_ += file_->facts().size;
  file_.reset();
  ++index_;
}

Result<void> FileChunkReader::resume(const Position& from) {
  // file1:<file>:<offset>:<hash>:<size>:<modified>
  const Error unreadable{ErrorKind::kCorrupt, "the saved position \"" + from.text + "\" cannot be read", "begin a new run"};
  std::vector<std::string_view> parts;
  for (std::string_view rest = from.text;;) {
    const size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  uint64_t index = 0, offset = 0;
  auto number = [](std::string_view text, uint64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (parts.size() != 6 || parts[0] != "file1" || !number(parts[1], index) || !number(parts[2], offset)) return unreadable;
  if (index >= files_.size())
    return Error{ErrorKind::kSourceChanged, "the source has fewer files than when the run began", "restore the files, or begin a new run"};
  std::string buffer(kRehashBytes, '\0');
  while (true) {
    if (Result<void> opened = open_file(); !opened.ok()) return opened;
    const bool last = index_ == index;
    while (!last || offset_ < offset) {
      if (stop_requested()) return stopped_by_signal();
      const uint64_t want = last ? std::min<uint64_t>(kRehashBytes, std::max<uint64_t>(offset - offset_, 4)) : kRehashBytes;
      Result<uint64_t> got = file_->read(buffer.data(), want);
      if (!got.ok()) return got.error();
      if (*got == 0) break;
      uint64_t used = *got;
      if (last && used > offset - offset_) {
        used = offset - offset_;
        tail_.assign(buffer.data() + used, *got - used);
      }
      hash(buffer.data(), used);
      offset_ += used;
    }
    if (!last) {
      close_file();
      continue;
    }
    if (offset_ != offset || hash_.hex() != parts[3]) return changed(files_[index_]);
    return {};
  }
}

/// Reads until there are `want` bytes or the file has ended. False: nothing came any more.
Result<bool> FileChunkReader::fill(Chunk& chunk, uint64_t& have, uint64_t want) {
  if (chunk.bytes.size() < want + kPadding) chunk.bytes.resize(want + kPadding);
  const uint64_t before = have;
  while (!ended_ && want - have >= 4) {
    Result<uint64_t> got = file_->read(chunk.bytes.data() + have, want - have);
    if (!got.ok()) return got.error();
    ended_ = *got == 0;
    have += *got;
  }
  return have != before;
}

uint64_t FileChunkReader::boundary(Chunk& chunk, uint64_t have) const {
  if (scanner_ != nullptr) {
    const uint64_t known = cuts_->size_at(index_, file_->facts(), offset_);
    if (known != 0 && known <= have) return known;
    // A pass that nobody resumes is one that glances at records, for which it helps to know where they end; others read their cells.
    chunk.found.want = positions_ ? RecordEnds::Want::kBlocks : RecordEnds::Want::kEnds;
    const uint64_t found = scanner_->last_boundary(chunk.bytes.data(), have, chunk.found);
    if (found != 0) cuts_->note(index_, file_->facts(), offset_, found);
    return found;
  }
  const void* feed = ::memrchr(chunk.bytes.data(), '\n', have);
  return feed == nullptr ? 0 : static_cast<uint64_t>(static_cast<const char*>(feed) - chunk.bytes.data()) + 1;
}

/// The record at hand is too long: keeps the head of it, a record that the decoder refuses, and drops the rest of its line.
Result<void> FileChunkReader::skip_line(Chunk& chunk, uint64_t have) {
  const uint64_t kept = max_record_bytes_ + 1;
  hash(chunk.bytes.data(), have);
  offset_ += have;
  bool fed = false;
  std::string buffer(kRehashBytes, '\0');
  while (!ended_ && !fed) {
    if (stop_requested()) return stopped_by_signal();
    Result<uint64_t> got = file_->read(buffer.data(), buffer.size());
    if (!got.ok()) return got.error();
    ended_ = *got == 0;
    const auto* feed = static_cast<const char*>(std::memchr(buffer.data(), '\n', *got));
    fed = feed != nullptr;
    const uint64_t used = fed ? static_cast<uint64_t>(feed - buffer.data()) + 1 : *got;
    hash(buffer.data(), used);
    offset_ += used;
    tail_.assign(buffer.data() + used, *got - used);
  }
  chunk.size = kept;
  if (fed) chunk.bytes[chunk.size++] = '\n';
  return {};
}

void FileChunkReader::hand_out(Chunk& chunk, uint64_t size, uint64_t have) {
  tail_.assign(chunk.bytes.data() + size, have - size);
  hash(chunk.bytes.data(), size);
  offset_ += size;
  chunk.size = size;
}

Result<bool> FileChunkReader::next(Chunk& chunk) {
  while (true) {
    if (file_ == nullptr) {
      if (index_ == files_.size()) return false;
      if (Result<void> opened = open_file(); !opened.ok()) return opened.error();
    }
    chunk.begin = offset_;
    chunk.file = index_;
    chunk.first_of_file = offset_ == 0;
    uint64_t have = tail_.size();
    uint64_t want = std::max(chunk_bytes_, have + kPadding);
    if (chunk.bytes.size() < want + kPadding) chunk.bytes.resize(want + kPadding);
    std::memcpy(chunk.bytes.data(), tail_.data(), have);
    tail_.clear();
    while (true) {
      Result<bool> more = fill(chunk, have, want);
      if (!more.ok()) return more;
      chunk.found.clear();
      if (ended_) break;
      uint64_t cut = boundary(chunk, have);
      if (cut == 0 && have > max_record_bytes_ + 1) {
        const auto* feed = static_cast<const char*>(std::memchr(chunk.bytes.data(), '\n', have));
        if (feed != nullptr) {  // too long with line feeds in quotes: its first line is the record
          cut = static_cast<uint64_t>(feed - chunk.bytes.data()) + 1;
        } else {
          if (Result<void> skipped = skip_line(chunk, have); !skipped.ok()) return skipped.error();
          have = 0;
          break;
        }
      }
      if (cut != 0) {
        hand_out(chunk, cut, have);
        have = 0;
        break;
      }
      want = std::min(want * 2, max_record_bytes_ + chunk_bytes_ + kPadding);
    }
    if (have != 0) {  // what is left of the file
      hand_out(chunk, have, have);
    } else if (chunk.begin == offset_) {  // nothing was left
      close_file();
      continue;
    }
    if (!ended_ && tail_.empty()) {  // look ahead, so that the last chunk knows that it is
      tail_.resize(kPadding);
      Result<uint64_t> got = file_->read(tail_.data(), tail_.size());
      if (!got.ok()) return got.error();
      tail_.resize(*got);
      ended_ = *got == 0;
    }
    chunk.last_of_file = ended_ && tail_.empty();
    std::memset(chunk.bytes.data() + chunk.size, 0, kPadding);
    if (positions_) chunk.after = position();
    if (chunk.last_of_file) close_file();
    return true;
  }
}

}  // namespace mig
