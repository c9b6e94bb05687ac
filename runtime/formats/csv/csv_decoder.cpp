#include "runtime/formats/csv/csv_decoder.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/csv/csv_cells.h"
#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/csv_record.h"
#include "runtime/formats/scan/masks.h"

namespace mig {
namespace {

constexpr char kOverlong[] = "the record is longer than the limit on records";
constexpr size_t kSparse = 3;  // columns for each end that is kept
constexpr char kColumns[] = "the number of columns is not the header's";

/// Behind the first line feed, or the end.
const char* first_line(const char* p, const char* end) {
  const auto* feed = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)));
  return feed == nullptr ? end : feed + 1;
}

class CsvDecoder final : public RecordDecoder {
 public:
  CsvDecoder(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns, Simd simd)
      : options_(options), dialect_(dialect), columns_(columns), cells_(options, dialect), index_(dialect, simd) {}
  Result<void> prepare() {
    if (Result<void> prepared = cells_.prepare(options_, columns_); !prepared.ok()) return prepared;
    choose_ends();
    return {};
  }
  void begin_buffer() override {
    next_ = nullptr;
    blocks_ = nullptr;
  }
  void know_blocks(const char* buffer, const BlockEnds* blocks) override {
    buffer_ = buffer;
    blocks_ = blocks;
  }
  const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                     bool& failed) override;

 private:
  const char* decode_slowly(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                            bool& failed);
  void choose_ends();
  template <bool kQuotes>
  const CsvColumnReader* read_cells(uint8_t flags, const char* p, const char* text_end, const uint32_t* ends, uint8_t* frame,
                                    Context& context, const char*& why);
  std::string_view unescaped(const char* p, const char* end, Context& context) const;
  const char* fault_of_bytes(const char* p, const char* end, uint64_t& column) const;

  DecoderOptions options_;
  CsvDialect dialect_;
  CsvColumns columns_;
  CsvCells cells_;
  CsvIndex index_;
  std::vector<CsvCell> found_;         // of a record that is read slowly
  const char* buffer_ = nullptr;       // with blocks_: what they are about
  const BlockEnds* blocks_ = nullptr;  // null: not known
  const char* next_ = nullptr;         // where the next line of the index begins
  const char* end_ = nullptr;
  uint32_t next_line_ = 0;
};

/// Where few of many columns are read, the index keeps the ends of those alone.
void CsvDecoder::choose_ends() {
  std::vector<uint32_t> wanted;
  for (const CsvColumnReader& reader : cells_.readers()) {
    if (reader.column != 0) wanted.push_back(reader.column - 1);
    if (reader.column + 1 != columns_.count) wanted.push_back(reader.column);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  const bool sparse = wanted.size() * kSparse <= columns_.count;
  if (!sparse) return cells_.part(columns_.count, true);
  const auto place = [&wanted](uint32_t cell) {
    return static_cast<uint32_t>(std::lower_bound(wanted.begin(), wanted.end(), cell) - wanted.begin());
  };
  for (CsvColumnReader& reader : cells_.readers()) {
    reader.begin_at = place(reader.column - 1);
    reader.end_at = place(reader.column);
  }
  cells_.part(columns_.count, false);
  index_.want(std::move(wanted));
}

std::string_view CsvDecoder::unescaped(const char* p, const char* end, Context& context) const {
  char* out = static_cast<char*>(arena_allocate(context, static_cast<uint64_t>(end - p)));
  return {out, unescape_csv(dialect_, p, end, out)};
}

const char* CsvDecoder::fault_of_bytes(const char* p, const char* end, uint64_t& column) const {
  const auto size = static_cast<uint64_t>(end - p);
  column = first_invalid_utf8(p, size);
  if (column != size) return "the bytes are not UTF-8";
  if (const void* nul = std::memchr(p, 0, size)) {
    column = static_cast<uint64_t>(static_cast<const char*>(nul) - p);
    return "a NUL byte stands in the record";
  }
  return nullptr;
}

const char* CsvDecoder::decode_slowly(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines,
                                      DecodeFailure& failure, bool& failed) {
  found_.clear();
  const CsvRecordEnd record = read_csv_record(dialect_, p, end, &found_);
  const char* const stop = record.open || !record.terminated ? end : record.next - 1;
  if (static_cast<uint64_t>(stop - p) > options_.max_record_bytes) {
    // Too long: its first line is the record, whatever the quotes, because a reader may have to cut there.
    const char* const line = first_line(p, end);
    if (line != end && line <= stop) return decode_slowly(p, line, frame, context, lines, failure, failed);
    lines += line[-1] == '\n';
    failure = {0, -1, kOverlong, options_.max_record_bytes};
    failed = true;
    return line;
  }
  lines += static_cast<uint64_t>(std::count(p, record.next, '\n'));
  failed = true;
  uint64_t column = 0;
  if (record.cause != nullptr) {
    failure = {0, -1, record.cause, static_cast<uint64_t>(record.at - p)};
  } else if (const char* bytes = fault_of_bytes(p, record.text_end, column)) {
    failure = {0, -1, bytes, column};
  } else if (found_.size() != columns_.count) {
    failure = {0, -1, record.text_end == p ? "the line is empty" : kColumns, 0};
  } else {
    failed = false;
    for (const CsvColumnReader& reader : cells_.readers()) {
      const CsvCell& cell = found_[reader.column];
      std::string_view text(cell.begin, static_cast<size_t>(cell.end - cell.begin));
      if (cell.escaped) text = unescaped(cell.begin, cell.end, context);
      if (const char* why = cells_.store(reader, text, cell.quoted, frame, context)) {
        failure = {0, reader.field, why, static_cast<uint64_t>(cell.begin - cell.quoted - p)};
        failed = true;
        break;
      }
    }
  }
  return record.next;
}

const char* CsvDecoder::decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                               bool& failed) {
  if (dialect_.escape != 0) return decode_slowly(p, end, frame, context, lines, failure, failed);
  if (p != next_ || end != end_ || next_line_ == index_.line_count()) {
    blocks_ != nullptr ? index_.build(buffer_, blocks_, p, end) : index_.build(p, end);
    next_line_ = 0;
    end_ = end;
    if (index_.line_count() == 0) {
      next_ = nullptr;
      return decode_slowly(p, end, frame, context, lines, failure, failed);
    }
  }
  const CsvLine& line = index_.line(next_line_);
  ++next_line_;
  const char* const base = index_.base();
  const char* const line_end = base + line.end;
  next_ = line_end == end ? end : line_end + 1;
  const char* text_end = line_end;
  if (text_end != p && text_end[-1] == '\r') --text_end;
  if (static_cast<uint64_t>(line_end - p) > options_.max_record_bytes) [[unlikely]] {
    next_ = nullptr;
    return decode_slowly(p, end, frame, context, lines, failure, failed);
  }
  lines += line_end != end;
  if ((line.flags & kCsvQuotedNewline) != 0) lines += static_cast<uint64_t>(std::count(p, line_end, '\n'));
  failed = false;
  if ((line.flags & kCsvSuspect) != 0) {
    uint64_t column = 0;
    if (const char* why = fault_of_bytes(p, text_end, column)) [[unlikely]] {
      failure = {0, -1, why, column};
      failed = true;
      return next_;
    }
  }
  if (line.cells != columns_.count) [[unlikely]] {
    failure = {0, -1, text_end == p ? "the line is empty" : kColumns, 0};
    failed = true;
    return next_;
  }
  const uint32_t* const ends = index_.ends() + line.first;
  const char* why = nullptr;
  const CsvColumnReader* const failing = (line.flags & kCsvQuote) != 0
                                             ? read_cells<true>(line.flags, p, text_end, ends, frame, context, why)
                                             : read_cells<false>(line.flags, p, text_end, ends, frame, context, why);
  if (failing != nullptr) [[unlikely]] {
    const char* const begin = failing->column == 0 ? p : base + ends[failing->begin_at] + 1;
    failure = {0, failing->field, why, static_cast<uint64_t>(begin - p)};
    failed = true;
  }
  return next_;
}

/// Null, or the first column whose cell is no value of it, and why.
template <bool kQuotes>
const CsvColumnReader* CsvDecoder::read_cells(uint8_t flags, const char* p, const char* text_end, const uint32_t* ends, uint8_t* frame,
                                              Context& context, const char*& why) {
  const char* const base = index_.base();
  const auto unquote = [&](std::string_view text) -> std::string_view {
    text = text.substr(1, text.size() - 2);
    if ((flags & kCsvDoubledQuote) == 0 || std::memchr(text.data(), dialect_.quote, text.size()) == nullptr) return text;
    return unescaped(text.data(), text.data() + text.size(), context);
  };
  const char quote = dialect_.quote;
  for (const CsvCells::PlainText& cell : cells_.plain_texts()) {
    const uint32_t begin = ends[static_cast<int32_t>(cell.column) - 1] + 1;
    Text value{base + begin, ends[cell.column] - begin};
    Presence state = value.size == 0 ? cell.when_empty : Presence::kValue;  // without a branch: nobody knows which cells are empty
    if (kQuotes && base[begin] == quote) {                                  // the first byte of an empty cell is its delimiter
      const std::string_view text = unquote(value.view());
      value = {text.data(), text.size()};
      state = Presence::kValue;
    }
    std::memcpy(frame + cell.offset, &value, sizeof value);
    frame[cell.field] = static_cast<uint8_t>(state);
  }
  const uint32_t last = columns_.count - 1;
  const auto store = [&](const CsvColumnReader& reader) __attribute__((always_inline)) {
    const char* const begin = reader.column == 0 ? p : base + ends[reader.begin_at] + 1;
    const char* const stop = reader.column == last ? text_end : base + ends[reader.end_at];
    std::string_view text(begin, static_cast<size_t>(stop - begin));
    const bool quoted = kQuotes && *begin == quote;
    if (quoted) text = unquote(text);
    why = cells_.store(reader, text, quoted, frame, context);
    return why == nullptr;
  };
  const auto store_apart = [&](const CsvColumnReader& reader) __attribute__((noinline)) { return store(reader); };
  bool good = true;
  for (const CsvCells::PlainInt& cell : cells_.plain_ints()) {
    const uint32_t begin = ends[cell.begin_at] + 1;
    if (!CsvCells::store(cell, base + begin, ends[cell.end_at] - begin, frame)) [[unlikely]]
      good &= store_apart(cells_.readers()[cell.reader]);
  }
  for (const CsvColumnReader& reader : cells_.other_readers()) {
    if (!store(reader)) [[unlikely]] {
      good = false;
      break;
    }
  }
  if (good) [[likely]]
    return nullptr;
  for (const CsvColumnReader& reader : cells_.readers()) {  // the first one, by column
    if (!store_apart(reader)) return &reader;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<RecordDecoder>> make_csv_decoder(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns,
                                                        Simd simd) {
  auto decoder = std::make_unique<CsvDecoder>(options, dialect, columns, simd);
  if (Result<void> prepared = decoder->prepare(); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordDecoder>(std::move(decoder));
}

}  // namespace mig
