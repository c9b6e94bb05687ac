// The cells of a CSV record that a map reads, converted into the slots of a frame.
#pragma once

#include <cstring>
#include <string_view>
#include <vector>

#include "runtime/formats/csv/csv_decoder.h"
#include "runtime/formats/values/shape.h"
#include "runtime/types/digits.h"

namespace mig {

/// One needed column.
struct CsvColumnReader {
  const Shape* shape;
  uint32_t column;
  uint32_t begin_at, end_at;  // for the decoder: places among the ends that its index keeps of a record
  uint32_t offset;            // of the slot
  int32_t field;
  ShapeOp op;
  bool taken_as_it_is;  // string without bounds that may be empty, neither trimmed nor compared with null tokens
  bool plain_number;    // int or decimal, neither trimmed nor compared with null tokens
  Presence when_empty;  // kAbsent, kNull, or kUnavailable: a failure
  Presence when_null;
};

class CsvCells {
 public:
  /// `options`, `dialect`: as of make_csv_decoder; what `options` points to outlives this.
  CsvCells(const DecoderOptions& options, const CsvDialect& dialect) : shapes_(*options.types, *options.enums), dialect_(dialect) {}
  /// kConfig: a type that a cell cannot hold.
  Result<void> prepare(const DecoderOptions& options, const CsvColumns& columns);

  /// A text cell that is taken as it is and ends with a delimiter: what a decoder need not look at closely.
  struct PlainText {
    uint32_t column, offset;
    int32_t field;
    Presence when_empty;
  };

  /// An int cell between two delimiters that is neither trimmed nor compared with null tokens.
  struct PlainInt {
    uint32_t begin_at, end_at, offset;
    int32_t field;
    int64_t low, high;
    uint32_t reader;      // of readers()
    Presence when_empty;  // kUnavailable: a failure
  };

  /// Of the readers those of PlainText when `with_texts`, those of PlainInt, and the others: they share no reader.
  void part(uint32_t columns, bool with_texts);
  const std::vector<PlainText>& plain_texts() const { return plain_texts_; }
  const std::vector<PlainInt>& plain_ints() const { return plain_ints_; }
  const std::vector<CsvColumnReader>& other_readers() const { return others_; }

  /// By column, then by field.
  std::vector<CsvColumnReader>& readers() { return readers_; }
  const std::vector<CsvColumnReader>& readers() const { return readers_; }

  /// Stores an empty cell or one of one to eight digits, of which 8 bytes from `begin` on are readable. False: another one, or a failure.
  MIG_ALWAYS_INLINE static bool store(const PlainInt& plain, const char* begin, uint32_t size, uint8_t* frame) {
    if (size == 0) {
      frame[plain.field] = static_cast<uint8_t>(plain.when_empty);
      return plain.when_empty != Presence::kUnavailable;
    }
    uint32_t number = 0;
    if (size > 8 || !read_up_to_8_digits(begin, size, number)) return false;
    const int64_t value = number;
    if (value < plain.low || value > plain.high) return false;
    std::memcpy(frame + plain.offset, &value, sizeof value);
    frame[plain.field] = static_cast<uint8_t>(Presence::kValue);
    return true;
  }

  /// Stores an unescaped cell, without its quotes; it must live as long as the frame. Null, or why it is not a value of the column.
  MIG_ALWAYS_INLINE const char* store(const CsvColumnReader& reader, std::string_view cell, bool quoted, uint8_t* frame,
                                      Context& context) const {
    if (reader.taken_as_it_is) [[likely]] {
      // Without a branch, because which cells are empty cannot be foreseen.
      const Text value{cell.data(), cell.size()};
      std::memcpy(frame + reader.offset, &value, sizeof value);
      frame[reader.field] = static_cast<uint8_t>((cell.empty() & !quoted) ? reader.when_empty : Presence::kValue);
      return nullptr;
    }
    if (reader.plain_number && !cell.empty()) {
      const char* why = nullptr;
      if (short_number(reader, cell, frame + reader.offset, why)) [[likely]] {
        frame[reader.field] = static_cast<uint8_t>(Presence::kValue);
        return why;
      }
    }
    return convert(reader, cell, quoted, frame, context);
  }

 private:
  static bool short_number(const CsvColumnReader& reader, std::string_view cell, void* slot, const char*& why);
  const char* convert(const CsvColumnReader& reader, std::string_view cell, bool quoted, uint8_t* frame, Context& context) const;

  ShapeTable shapes_;
  CsvDialect dialect_;
  std::vector<CsvColumnReader> readers_, others_;
  std::vector<PlainText> plain_texts_;
  std::vector<PlainInt> plain_ints_;
};

}  // namespace mig
