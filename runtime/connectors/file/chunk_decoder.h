// Records of text chunks: headers skipped, origins filled in, one decoder for each kind of file.
#pragma once

#include <memory>
#include <vector>

#include "runtime/connectors/source.h"
#include "runtime/formats/csv/dialect.h"
#include "runtime/formats/decoder.h"

namespace mig {

class TextChunkDecoder final : public ChunkDecoder {
 public:
  /// `decoder_of_file` by Chunk::file. `dialect`: null for NDJSON; with a header it is skipped at the start of each file.
  TextChunkDecoder(std::vector<std::unique_ptr<RecordDecoder>> decoders, std::vector<uint32_t> decoder_of_file,
                   std::unique_ptr<CsvDialect> dialect)
      : decoders_(std::move(decoders)), decoder_of_file_(std::move(decoder_of_file)), dialect_(std::move(dialect)) {}
  void decode(const Chunk& chunk, uint64_t& cursor, RecordBatch& batch, Context& context) override;
  uint64_t lines_in_chunk() const override { return lines_; }

 private:
  const char* behind_record(const char* p, const char* end) const;

  std::vector<std::unique_ptr<RecordDecoder>> decoders_;
  std::vector<uint32_t> decoder_of_file_;
  std::unique_ptr<CsvDialect> dialect_;
  struct Progress {
    uint64_t cursor = 0, records = 0, lines = 0;
  };
  Progress start_;        // of the last call: decoding again from there counts again
  uint64_t records_ = 0;  // of the chunk, so far
  uint64_t lines_ = 0;
};

}  // namespace mig
