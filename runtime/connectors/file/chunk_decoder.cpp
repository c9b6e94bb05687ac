#include "runtime/connectors/file/chunk_decoder.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/csv/csv_record.h"
#include "runtime/records/arena.h"

namespace mig {

const char* TextChunkDecoder::behind_record(const char* p, const char* end) const {
  if (dialect_ != nullptr) return read_csv_record(*dialect_, p, end, nullptr).next;
  const auto* const line_end = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)));
  return line_end == nullptr ? end : line_end + 1;
}

void TextChunkDecoder::decode(const Chunk& chunk, uint64_t& cursor, RecordBatch& batch, Context& context) {
  RecordDecoder& decoder = *decoders_[decoder_of_file_[chunk.file]];
  const char* const begin = chunk.bytes.data();
  const char* const end = begin + chunk.size;
  const char* p = begin + cursor;
  batch.count = 0;
  batch.failures.clear();
  if (cursor == 0) {
    decoder.begin_buffer();
    if (!chunk.found.ends.empty()) decoder.know_ends(begin, chunk.found.ends);
    if (chunk.found.block_count != 0) decoder.know_blocks(begin, chunk.found.blocks.data());
    records_ = 0;
    lines_ = 0;
    if (chunk.first_of_file && dialect_ != nullptr && dialect_->header) {
      const CsvRecordEnd header = read_csv_record(*dialect_, p, end, nullptr);
      lines_ += static_cast<uint64_t>(std::count(p, header.next, '\n'));
      p = header.next;
    }
  } else if (cursor == start_.cursor) {
    records_ = start_.records;
    lines_ = start_.lines;
  }
  start_ = {cursor, records_, lines_};
  const uint32_t capacity = batch.capacity();
  while (p != end && batch.count < capacity) {
    uint8_t* const frame = batch.frame(batch.count);
    batch.clear(batch.count);
    Origin& origin = batch.origins[batch.count];
    origin.ordinal = records_;
    origin.line = lines_ + 1;
    origin.begin = chunk.begin + static_cast<uint64_t>(p - begin);
    origin.file = chunk.file;
    origin.text = p;
    DecodeFailure failure;
    bool failed = false;
    const char* next = nullptr;
    const uint64_t lines_before = lines_;
    try {
      next = decoder.decode(p, end, frame, context, lines_, failure, failed);
    } catch (const ArenaExhausted&) {
      if (capacity > 1) throw;
      next = behind_record(p, end);
      lines_ = lines_before + static_cast<uint64_t>(std::count(p, next, '\n'));
      decoder.begin_buffer();
      failure = {0, -1, kTooMuchMemory, 0};
      failed = true;
    }
    const char* text_end = next;
    if (text_end != p && text_end[-1] == '\n') --text_end;
    if (text_end != p && text_end[-1] == '\r') --text_end;
    origin.size = static_cast<uint32_t>(text_end - p);
    if (failed) [[unlikely]] {
      failure.record = batch.count;
      batch.failures.push_back(failure);
    }
    ++records_;
    ++batch.count;
    p = next;
  }
  cursor = static_cast<uint64_t>(p - begin);
}

}  // namespace mig
