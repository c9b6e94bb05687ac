#include "runtime/formats/csv/csv_decoder.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/csv/csv_record.h"
#include "runtime/formats/scan/masks.h"
#include "runtime/formats/values/text_value.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

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

struct ColumnReader {
  const Shape* shape;
  uint32_t column;
  uint32_t begin_at, end_at;  // places in the ends of a record: of the cell before, of this one
  uint32_t offset;            // of the slot
  int32_t field;
  ShapeOp op;
  bool plain_text;      // string without bounds
  Presence when_empty;  // kAbsent, kNull, or kUnavailable: a failure
  Presence when_null;
};

class CsvDecoder final : public RecordDecoder {
 public:
  CsvDecoder(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns, Simd simd)
      : options_(options), dialect_(dialect), columns_(columns), shapes_(*options.types, *options.enums), index_(dialect, simd) {}
  Result<void> prepare();
  void begin_buffer() override { next_ = nullptr; }
  const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                     bool& failed) override;

 private:
  const char* decode_slowly(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                            bool& failed);
  void choose_ends();
  static bool short_number(const ColumnReader& reader, std::string_view cell, void* slot, const char*& why);
  const char* convert(const ColumnReader& reader, std::string_view cell, bool quoted, uint8_t* frame, Context& context);
  std::string_view unescaped(const char* p, const char* end, Context& context) const;
  const char* fault_of_bytes(const char* p, const char* end, uint64_t& column) const;

  DecoderOptions options_;
  CsvDialect dialect_;
  CsvColumns columns_;
  ShapeTable shapes_;
  std::vector<ColumnReader> readers_;  // by column
  bool as_they_are_ = true;            // neither trimmed nor compared with null tokens
  CsvIndex index_;
  std::vector<CsvCell> cells_;
  const char* next_ = nullptr;  // where the next line of the index begins
  const char* end_ = nullptr;
  uint32_t next_line_ = 0;
};

Result<void> CsvDecoder::prepare() {
  as_they_are_ = !dialect_.trim && dialect_.null_tokens.empty();
  const std::vector<FieldSlot>& slots = options_.layout->fields;
  for (uint32_t i = 0; i < slots.size(); ++i) {
    const FieldDecode& field = (*options_.fields)[i];
    if (!field.needed || columns_.column_of_field[i] < 0) continue;
    Result<const Shape*> shape = shapes_.add(slots[i].type, field.mode);
    if (!shape.ok()) return Error{shape.error().kind, "field " + slots[i].name + ": " + shape.error().message, shape.error().remedy};
    const Shape& s = **shape;
    const bool lists = s.op == ShapeOp::kList || s.op == ShapeOp::kSet;
    if ((lists && s.mode != DecodeMode::kListOrCsv) || s.op == ShapeOp::kMap || s.op == ShapeOp::kRecord) {
      return Error{ErrorKind::kConfig, "field " + slots[i].name + ": a CSV cell cannot hold " + options_.types->text(slots[i].type),
                   lists ? "write @decode(list_or_csv) behind the field, or read it as string" : "read it as string or json"};
    }
    const auto column = static_cast<uint32_t>(columns_.column_of_field[i]);
    readers_.push_back({&s, column, column - 1, column, slots[i].offset, static_cast<int32_t>(i), s.op,
                        s.op == ShapeOp::kText && !s.bounded,
                        slots[i].optional ? Presence::kAbsent
                        : s.nullable      ? Presence::kNull
                                          : Presence::kUnavailable,
                        s.nullable          ? Presence::kNull
                        : slots[i].optional ? Presence::kAbsent
                                            : Presence::kUnavailable});
  }
  std::sort(readers_.begin(), readers_.end(),
            [](const ColumnReader& a, const ColumnReader& b) { return a.column != b.column ? a.column < b.column : a.field < b.field; });
  choose_ends();
  return {};
}

/// Where few of many columns are read, the index keeps the ends of those alone.
void CsvDecoder::choose_ends() {
  std::vector<uint32_t> wanted;
  for (const ColumnReader& reader : readers_) {
    if (reader.column != 0) wanted.push_back(reader.column - 1);
    if (reader.column + 1 != columns_.count) wanted.push_back(reader.column);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (wanted.size() * kSparse > columns_.count) return;
  const auto place = [&wanted](uint32_t cell) {
    return static_cast<uint32_t>(std::lower_bound(wanted.begin(), wanted.end(), cell) - wanted.begin());
  };
  for (ColumnReader& reader : readers_) {
    reader.begin_at = place(reader.column - 1);
    reader.end_at = place(reader.column);
  }
  index_.want(std::move(wanted));
}

std::string_view CsvDecoder::unescaped(const char* p, const char* end, Context& context) const {
  char* out = static_cast<char*>(arena_allocate(context, static_cast<uint64_t>(end - p)));
  return {out, unescape_csv(dialect_, p, end, out)};
}

/// An int or decimal of at most 18 digits, `[-]digits[.digits]`, into the slot. False: anything else.
bool CsvDecoder::short_number(const ColumnReader& reader, std::string_view cell, void* slot, const char*& why) {
  const char* p = cell.data();
  const char* const end = p + cell.size();
  const bool minus = *p == '-';
  p += minus;
  if (end - p > 18 || p == end || !is_digit(*p)) return false;
  uint64_t digits = 0;
  while (p != end && is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
  if (reader.op == ShapeOp::kInt) {
    if (p != end) return false;
    const int64_t number = minus ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
    std::memcpy(slot, &number, sizeof number);
    if (number < reader.shape->low || number > reader.shape->high) why = cause::kIntRange;
    return true;
  }
  int missing = reader.shape->scale;
  if (p != end) {
    if (*p++ != '.' || p == end) return false;
    missing -= static_cast<int>(end - p);
    while (p != end && is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
    if (p != end) return false;
  }
  if (missing < 0 || missing > 18) return false;
  const int128 scaled = static_cast<int128>(digits) * power_of_ten(missing);
  if (scaled >= power_of_ten(reader.shape->precision)) return false;
  const int128 number = minus ? -scaled : scaled;
  std::memcpy(slot, &number, sizeof number);
  return true;
}

/// Null or the cause.
const char* CsvDecoder::convert(const ColumnReader& reader, std::string_view cell, bool quoted, uint8_t* frame, Context& context) {
  if (dialect_.trim && !quoted) {
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  }
  Presence state = Presence::kValue;
  for (const std::string& token : dialect_.null_tokens) {
    if (cell == token) {
      state = reader.when_null;
      break;
    }
  }
  if (state == Presence::kValue && cell.empty() && !(quoted && reader.op == ShapeOp::kText)) state = reader.when_empty;
  if (state != Presence::kValue) {
    if (state == Presence::kUnavailable) return cause::kMissing;
    frame[reader.field] = static_cast<uint8_t>(state);
    return nullptr;
  }
  frame[reader.field] = static_cast<uint8_t>(Presence::kValue);
  void* const slot = frame + reader.offset;
  if (reader.plain_text) {
    const Text text{cell.data(), cell.size()};
    std::memcpy(slot, &text, sizeof text);
    return nullptr;
  }
  const char* why = nullptr;
  if ((reader.op == ShapeOp::kInt || reader.op == ShapeOp::kDecimal) && short_number(reader, cell, slot, why)) return why;
  return cell_value(*reader.shape, cell, slot, context);
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
  cells_.clear();
  const CsvRecordEnd record = read_csv_record(dialect_, p, end, &cells_);
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
  } else if (cells_.size() != columns_.count) {
    failure = {0, -1, record.text_end == p ? "the line is empty" : kColumns, 0};
  } else {
    failed = false;
    for (const ColumnReader& reader : readers_) {
      const CsvCell& cell = cells_[reader.column];
      std::string_view text(cell.begin, static_cast<size_t>(cell.end - cell.begin));
      if (cell.escaped) text = unescaped(cell.begin, cell.end, context);
      if (const char* why = convert(reader, text, cell.quoted, frame, context)) {
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
    index_.build(p, end);
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
  for (const ColumnReader& reader : readers_) {
    const char* const begin = reader.column == 0 ? p : base + ends[reader.begin_at] + 1;
    const char* const stop = reader.column + 1 == columns_.count ? text_end : base + ends[reader.end_at];
    std::string_view text(begin, static_cast<size_t>(stop - begin));
    const bool quoted = (line.flags & kCsvQuote) != 0 && begin != stop && *begin == dialect_.quote && dialect_.quote != 0;
    if (quoted) {
      text = text.substr(1, text.size() - 2);
      if (std::memchr(text.data(), dialect_.quote, text.size()) != nullptr)
        text = unescaped(text.data(), text.data() + text.size(), context);
    }
    if (as_they_are_) [[likely]] {
      if (text.empty() && !quoted && reader.when_empty != Presence::kUnavailable) {
        frame[reader.field] = static_cast<uint8_t>(reader.when_empty);
        continue;
      }
      if (reader.plain_text && (quoted || !text.empty())) {
        const Text value{text.data(), text.size()};
        std::memcpy(frame + reader.offset, &value, sizeof value);
        frame[reader.field] = static_cast<uint8_t>(Presence::kValue);
        continue;
      }
    }
    if (const char* why = convert(reader, text, quoted, frame, context)) [[unlikely]] {
      failure = {0, reader.field, why, static_cast<uint64_t>(begin - p)};
      failed = true;
      return next_;
    }
  }
  return next_;
}

}  // namespace

Result<std::unique_ptr<RecordDecoder>> make_csv_decoder(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns,
                                                        Simd simd) {
  auto decoder = std::make_unique<CsvDecoder>(options, dialect, columns, simd);
  if (Result<void> prepared = decoder->prepare(); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordDecoder>(std::move(decoder));
}

}  // namespace mig
