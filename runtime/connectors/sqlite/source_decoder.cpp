#include <charconv>
#include <cstring>

#include "runtime/connectors/sqlite/source_rows.h"
#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/formats/values/text_value.h"
#include "runtime/records/arena.h"
#include "runtime/types/text.h"

namespace mig {
namespace {

constexpr char kInexact[] = "is a float that no decimal of its type stands for exactly";
constexpr char kNotUtf8[] = "holds bytes that are not UTF-8";
constexpr char kNotFlag[] = "is neither 0 nor 1";
constexpr char kNotBlob[] = "is not a blob";

struct Value {
  ColumnType type = ColumnType::kNull;
  int64_t integer = 0;
  double real = 0;
  std::string_view bytes;
};

template <class T>
void put(void* slot, T value) {
  std::memcpy(slot, &value, sizeof value);
}

/// Reads a value with JSON text: a field on its own, in a decoder of its own.
class NestedField {
 public:
  static Result<std::unique_ptr<NestedField>> make(const FieldSlot& slot, DecodeMode mode, const TypeTable& types,
                                                   const std::vector<EnumType>& enums) {
    auto nested = std::make_unique<NestedField>();
    nested->layout_.add("v", slot.type, types, true);
    nested->layout_.finish();
    FieldDecode field;
    field.wire_names = {"v"};
    field.mode = mode;
    field.needed = true;
    nested->fields_.push_back(field);
    nested->frame_.resize(nested->layout_.stride / sizeof(Cell) + 1);
    DecoderOptions options;
    options.layout = &nested->layout_;
    options.fields = &nested->fields_;
    options.types = &types;
    options.enums = &enums;
    options.max_record_bytes = ~uint64_t{0};
    Result<std::unique_ptr<RecordDecoder>> decoder = make_ndjson_decoder(options);
    if (!decoder.ok()) return decoder.error();
    nested->decoder_ = std::move(*decoder);
    return nested;
  }

  /// Null or the cause.
  const char* read(std::string_view text, void* slot, Presence& state, Context& context) {
    if (prove_json(text, 255).cause != nullptr) return cause::kNotJson;
    constexpr std::string_view kHead = "{\"v\":";
    const uint64_t size = kHead.size() + text.size() + 1;
    char* line = static_cast<char*>(arena_allocate(context, size + 64));
    std::memcpy(line, kHead.data(), kHead.size());
    std::memcpy(line + kHead.size(), text.data(), text.size());
    // The proof refuses line feeds inside texts, so these are blanks.
    for (char* p = line + kHead.size(); p != line + kHead.size() + text.size(); ++p) {
      if (*p == '\n') *p = ' ';
    }
    line[size - 1] = '}';
    std::memset(line + size, 0, 64);
    auto* frame = reinterpret_cast<uint8_t*>(frame_.data());
    std::memset(frame, 0, layout_.stride);
    uint64_t lines = 0;
    DecodeFailure failure;
    bool failed = false;
    decoder_->begin_buffer();
    decoder_->decode(line, line + size, frame, context, lines, failure, failed);
    if (failed) return failure.cause;
    state = presence(frame, 0);
    std::memcpy(slot, frame + layout_.fields[0].offset, storage_size(layout_.fields[0].storage));
    return nullptr;
  }

 private:
  RecordLayout layout_;
  std::vector<FieldDecode> fields_;
  std::unique_ptr<RecordDecoder> decoder_;
  std::vector<Cell> frame_;
};

struct FieldReader {
  const Shape* shape;
  uint32_t field;
  uint32_t offset;
  Presence when_null;                   // kUnavailable: a failure
  std::unique_ptr<NestedField> nested;  // lists, maps, records
};

/// The shortest text of a float, when it has at most 15 digits.
std::string_view exact_text(double real, char (&buffer)[64]) {
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, real, std::chars_format::fixed);
  if (error != std::errc()) return {};
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t digits = 0;
  bool leading = true;
  for (const char c : text) {
    if (c < '0' || c > '9') continue;
    leading = leading && c == '0';
    digits += !leading;
  }
  return digits <= 15 ? text : std::string_view();
}

const char* convert(const FieldReader& reader, const Value& value, void* slot, Presence& state, Context& context) {
  const Shape& shape = *reader.shape;
  const bool is_text = value.type == ColumnType::kText;
  if (is_text && !is_valid_utf8(value.bytes)) return kNotUtf8;
  switch (shape.op) {
    case ShapeOp::kBool:
      if (value.type != ColumnType::kInteger || (value.integer != 0 && value.integer != 1)) return kNotFlag;
      put(slot, value.integer == 1);
      return nullptr;
    case ShapeOp::kInt:
      if (value.type != ColumnType::kInteger) return cause::kNotInt;
      put(slot, value.integer);
      return value.integer < shape.low || value.integer > shape.high ? cause::kIntRange : nullptr;
    case ShapeOp::kDecimal: {
      int128 decimal = 0;
      NumberError error = NumberError::kSyntax;
      char buffer[64];
      std::string_view text = value.bytes;
      if (value.type == ColumnType::kInteger) text = {buffer, static_cast<size_t>(write_int64(value.integer, buffer))};
      if (value.type == ColumnType::kReal) {
        text = exact_text(value.real, buffer);
        if (text.empty() || read_decimal(text, NumberForm::kPlain, shape.precision, shape.scale, decimal) == NumberError::kScale)
          return kInexact;
      }
      if (value.type != ColumnType::kBlob) error = read_decimal(text, NumberForm::kPlain, shape.precision, shape.scale, decimal);
      put(slot, decimal);
      return cause_of(error);
    }
    case ShapeOp::kFloat: {
      constexpr int64_t kExact = int64_t{1} << 53;
      if (value.type == ColumnType::kReal) {
        put(slot, value.real);
      } else if (value.type == ColumnType::kInteger && value.integer <= kExact && value.integer >= -kExact) {
        put(slot, static_cast<double>(value.integer));
      } else {
        return cause::kNotNumber;
      }
      return nullptr;
    }
    case ShapeOp::kBytes:
      if (value.type != ColumnType::kBlob) return kNotBlob;
      put(slot, Text{value.bytes.data(), value.bytes.size()});
      return nullptr;
    case ShapeOp::kText:
    case ShapeOp::kUuid:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kZoned:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum:
      if (!is_text) return cause::kNotText;
      return text_value(shape, value.bytes, slot, context);
    case ShapeOp::kJson:
      if (!is_text) return cause::kNotText;
      return cell_value(shape, value.bytes, slot, context);
    case ShapeOp::kScalar: {
      Cell& cell = *static_cast<Cell*>(slot);
      cell.state = Presence::kValue;
      if (value.type == ColumnType::kInteger) {
        cell.kind = ScalarKind::kInt;
        cell.integer = value.integer;
      } else if (value.type == ColumnType::kReal) {
        char buffer[64];
        int128 decimal = 0;
        int scale = 0;
        const std::string_view text = exact_text(value.real, buffer);
        if (text.empty() || read_decimal_any_scale(text, NumberForm::kPlain, decimal, scale) != NumberError::kNone) return kInexact;
        cell.kind = ScalarKind::kDecimal;
        cell.decimal = decimal;
        cell.scale = static_cast<uint8_t>(scale);
      } else if (is_text) {
        cell.kind = ScalarKind::kText;
        cell.text = Text{value.bytes.data(), value.bytes.size()};
      } else {
        return cause::kNotText;
      }
      return nullptr;
    }
    case ShapeOp::kList:
    case ShapeOp::kSet:
      if (!is_text) return cause::kNotList;
      if (shape.mode == DecodeMode::kListOrCsv && !value.bytes.starts_with('[')) return cell_value(shape, value.bytes, slot, context);
      return reader.nested->read(value.bytes, slot, state, context);
    case ShapeOp::kMap:
    case ShapeOp::kRecord:
      if (!is_text) return cause::kNotMap;
      return reader.nested->read(value.bytes, slot, state, context);
  }
  return cause::kNotText;
}

class SqliteDecoder final : public ChunkDecoder {
 public:
  SqliteDecoder(const TypeTable& types, const std::vector<EnumType>& enums) : shapes_(types, enums) {}

  Result<void> prepare(const SqliteTable& table, const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums) {
    for (const uint32_t field : table.fields) {
      const FieldSlot& slot = plan.layout.fields[field];
      Result<const Shape*> shape = shapes_.add(slot.type, plan.fields[field].mode);
      if (!shape.ok()) return Error{shape.error().kind, "field " + slot.name + ": " + shape.error().message, shape.error().remedy};
      const Shape& s = **shape;
      FieldReader reader{&s, field, slot.offset,
                         s.nullable      ? Presence::kNull
                         : slot.optional ? Presence::kAbsent
                                         : Presence::kUnavailable,
                         nullptr};
      if (s.op == ShapeOp::kList || s.op == ShapeOp::kSet || s.op == ShapeOp::kMap || s.op == ShapeOp::kRecord) {
        Result<std::unique_ptr<NestedField>> nested = NestedField::make(slot, plan.fields[field].mode, types, enums);
        if (!nested.ok()) return nested.error();
        reader.nested = std::move(*nested);
      }
      readers_.push_back(std::move(reader));
    }
    return {};
  }

  void decode(const Chunk& chunk, uint64_t& cursor, RecordBatch& batch, Context& context) override {
    batch.count = 0;
    batch.failures.clear();
    if (cursor == 0)
      rows_ = 0;
    else if (cursor == start_)
      rows_ = rows_at_start_;  // decoded again
    start_ = cursor;
    rows_at_start_ = rows_;
    while (cursor != chunk.size && batch.count < batch.capacity()) {
      const char* p = chunk.bytes.data() + cursor;
      const auto size = take<uint32_t>(p);
      const char* const row = p;
      Origin& origin = batch.origins[batch.count];
      origin = Origin{};
      origin.ordinal = rows_++;
      origin.begin = static_cast<uint64_t>(take<int64_t>(p));
      uint8_t* const frame = batch.frame(batch.count);
      batch.clear(batch.count);
      DecodeFailure failure{batch.count, -1, nullptr, 0};
      if (take<RowForm>(p) == RowForm::kOverlong) {
        failure.cause = "the record is longer than the limit on records";
      } else {
        for (const FieldReader& reader : readers_) {
          const Value value = take_value(p);
          Presence state = Presence::kValue;
          const char* why = nullptr;
          if (value.type == ColumnType::kNull) {
            state = reader.when_null;
            if (state == Presence::kUnavailable) why = cause::kNull;
          } else {
            try {
              why = convert(reader, value, frame + reader.offset, state, context);
            } catch (const ArenaExhausted&) {
              if (batch.capacity() > 1) throw;
              why = kTooMuchMemory;
            }
          }
          frame[reader.field] = static_cast<uint8_t>(state);
          if (why != nullptr && failure.cause == nullptr) {
            failure.cause = why;
            failure.field = static_cast<int32_t>(reader.field);
          }
        }
      }
      if (failure.cause != nullptr) batch.failures.push_back(failure);
      ++batch.count;
      cursor = static_cast<uint64_t>(row + size - chunk.bytes.data());
    }
  }
  uint64_t lines_in_chunk() const override { return 0; }

 private:
  template <class T>
  static T take(const char*& p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    p += sizeof value;
    return value;
  }
  static Value take_value(const char*& p) {
    Value value;
    value.type = take<ColumnType>(p);
    switch (value.type) {
      case ColumnType::kNull: break;
      case ColumnType::kInteger: value.integer = take<int64_t>(p); break;
      case ColumnType::kReal: value.real = take<double>(p); break;
      case ColumnType::kText:
      case ColumnType::kBlob: {
        const auto size = take<uint32_t>(p);
        value.bytes = {p, size};
        p += size;
        break;
      }
    }
    return value;
  }

  ShapeTable shapes_;
  std::vector<FieldReader> readers_;        // in the order of the selected columns
  uint64_t rows_ = 0;                       // of the chunk, so far
  uint64_t start_ = 0, rows_at_start_ = 0;  // cursor and rows_ when decode was called last
};

}  // namespace

Result<std::unique_ptr<ChunkDecoder>> make_sqlite_decoder(const SqliteTable& table, const SourcePlan& plan, const TypeTable& types,
                                                          const std::vector<EnumType>& enums) {
  auto decoder = std::make_unique<SqliteDecoder>(types, enums);
  if (Result<void> prepared = decoder->prepare(table, plan, types, enums); !prepared.ok()) return prepared.error();
  return std::unique_ptr<ChunkDecoder>(std::move(decoder));
}

}  // namespace mig
