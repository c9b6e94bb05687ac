// Cuts the text of files into chunks at record boundaries, hashing what is handed out so that a resumed run can prove the prefix unchanged.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/content_hash.h"
#include "runtime/connectors/file/byte_reader.h"
#include "runtime/connectors/file/chunk_cuts.h"
#include "runtime/connectors/source.h"
#include "runtime/formats/decoder.h"

namespace mig {

class FileChunkReader final : public ChunkReader {
 public:
  /// `scanner` null: every line feed ends a record; `cuts` is for what a scanner found, shared by readers of the same files.
  FileChunkReader(std::vector<std::string> files, const TextFileOptions& options, std::unique_ptr<BoundaryScanner> scanner,
                  std::shared_ptr<ChunkCuts> cuts, uint64_t chunk_bytes, uint64_t max_record_bytes);
  /// Goes on behind `from`; reads the text before it again and compares its hash (kSourceChanged).
  Result<void> resume(const Position& from);

  Result<bool> next(Chunk& chunk) override;
  uint64_t total_bytes() const override { return total_bytes_; }
  void without_positions() override { positions_ = false; }
  uint64_t read_bytes() const override { return done_bytes_ + (file_ == nullptr ? 0 : file_->stored_bytes_read()); }

 private:
  Result<void> open_file();
  void close_file();
  Result<bool> fill(Chunk& chunk, uint64_t& have, uint64_t want);
  uint64_t boundary(Chunk& chunk, uint64_t have) const;
  Result<void> skip_line(Chunk& chunk, uint64_t have);
  void hand_out(Chunk& chunk, uint64_t size, uint64_t have);
  void hash(const char* bytes, uint64_t size);
  Position position() const;

  std::vector<std::string> files_;
  TextFileOptions options_;
  std::unique_ptr<BoundaryScanner> scanner_;
  std::shared_ptr<ChunkCuts> cuts_;
  uint64_t chunk_bytes_;
  uint64_t max_record_bytes_;
  uint64_t total_bytes_ = 0;
  uint64_t done_bytes_ = 0;  // of closed files, as stored
  uint32_t index_ = 0;       // of the file at hand
  std::unique_ptr<TextFile> file_;
  bool positions_ = true;  // else nothing is hashed
  bool ended_ = false;     // the file at hand has no more bytes to read
  uint64_t offset_ = 0;    // of the next chunk in the file's text
  std::string tail_;       // text read behind the last chunk
  ContentHash hash_;       // over names and texts handed out so far
};

}  // namespace mig
