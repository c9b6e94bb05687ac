#include "runtime/connectors/file/chunk_decoder.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/csv/csv_record.h"

namespace mig {

void TextChunkDecoder::decode(const Chunk& chunk, uint64_t& cursor, RecordBatch& batch, Context& context) {
  RecordDecoder& decoder = *decoders_[decoder_of_file_[chunk.file]];
  const char* const begin = chunk.bytes.data();
  const char* const end = begin + chunk.size;
  const char* p = begin + cursor;
  batch.count = 0;
  batch.failures.clear();
  if (cursor == 0) {
    decoder.begin_buffer();
    records_ = 0;
    lines_ = 0;
    if (chunk.first_of_file && dialect_ != nullptr && dialect_->header) {
      const CsvRecordEnd header = read_csv_record(*dialect_, p, end, nullptr);
      lines_ += static_cast<uint64_t>(std::count(p, header.next, '\n'));
      p = header.next;
    }
  }
  const uint32_t capacity = batch.capacity();
  while (p != end && batch.count < capacity) {
    uint8_t* const frame = batch.frame(batch.count);
    std::memset(frame, 0, batch.stride());
    Origin& origin = batch.origins[batch.count];
    origin.ordinal = records_;
    origin.line = lines_ + 1;
    origin.begin = chunk.begin + static_cast<uint64_t>(p - begin);
    origin.file = chunk.file;
    origin.text = p;
    DecodeFailure failure;
    bool failed = false;
    const char* const next = decoder.decode(p, end, frame, context, lines_, failure, failed);
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
