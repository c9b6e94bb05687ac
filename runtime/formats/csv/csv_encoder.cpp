#include "runtime/formats/csv/csv_encoder.h"

#include "runtime/formats/csv/dialect.h"
#include "runtime/formats/values/write_value.h"
#include "runtime/types/decimal.h"

namespace mig {
namespace {

/// What cannot stand in an unquoted cell.
struct CsvSpecial {
  char delimiter, quote, escape;
#if MIG_SIMD_X86
  __m128i delimiters = _mm_set1_epi8(delimiter), quotes = _mm_set1_epi8(quote), escapes = _mm_set1_epi8(escape);
#endif
  bool operator()(char c) const { return c == delimiter || c == quote || c == escape || c == '\n' || c == '\r'; }
#if MIG_SIMD_X86
  __m128i operator()(__m128i v) const {
    const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(v, delimiters), _mm_cmpeq_epi8(v, quotes));
    return _mm_or_si128(_mm_or_si128(ends, marks), _mm_cmpeq_epi8(v, escapes));
  }
#endif
};

enum class CellForm : uint8_t { kPlain, kInt, kText, kEnum, kJoined, kQuotable };

struct ColumnWriter {
  const WriteShape* shape;
  uint32_t field;
  uint32_t offset;
  CellForm form;
  uint32_t first_variant;  // kEnum: among the encoder's cells of variants
};

class CsvEncoder final : public RecordEncoder {
 public:
  CsvEncoder(const CsvDialect& dialect, const TypeTable& types, const std::vector<EnumType>& enums)
      : dialect_(dialect),
        special_{dialect.delimiter, dialect.quote, dialect.escape == 0 ? dialect.quote : dialect.escape},
        shapes_(types, enums) {}

  Result<void> prepare(const TargetPlan& target) {
    for (uint32_t i = 0; i < target.layout.fields.size(); ++i) {
      const FieldSlot& slot = target.layout.fields[i];
      Result<const WriteShape*> shape = shapes_.add(slot.type);
      if (!shape.ok()) return Error{shape.error().kind, "field " + slot.name + ": " + shape.error().message, shape.error().remedy};
      const WriteShape& s = **shape;
      const bool lists = s.kind == Kind::kList || s.kind == Kind::kSet;
      const CellForm form = s.kind == Kind::kInt                        ? CellForm::kInt
                            : is_always_plain(s.kind)                   ? CellForm::kPlain
                            : s.kind == Kind::kString                   ? CellForm::kText
                            : s.kind == Kind::kEnum                     ? CellForm::kEnum
                            : lists && is_single_value(s.element->kind) ? CellForm::kJoined
                                                                        : CellForm::kQuotable;
      writers_.push_back({&s, i, slot.offset, form, static_cast<uint32_t>(variants_.size())});
      if (form == CellForm::kEnum) add_variants(s);
      names_.push_back(target.fields[i].wire_name);
    }
    return {};
  }

  void encode(const uint8_t* frame, std::string& out) override {
    buffer_.clear();
    buffer_.need(writers_.size());  // for the delimiters of what holds no value
    char* next = buffer_.next;
    const char delimiter = dialect_.delimiter;
    uint64_t left = writers_.size();
    for (const ColumnWriter& writer : writers_) {
      --left;
      if (presence(frame, writer.field) != Presence::kValue) {
        *next++ = delimiter;
        continue;
      }
      if (writer.form == CellForm::kText) [[likely]] {
        Text value;
        std::memcpy(&value, frame + writer.offset, sizeof value);
        buffer_.next = next;
        buffer_.need(value.size + left + 2);
        next = buffer_.next;
        if (value.size != 0 && !copy_and_look(next, value.data, value.size, special_)) [[likely]] {
          next += value.size;
          *next++ = delimiter;
          continue;
        }
        quoted(value.view());
      } else if (writer.form == CellForm::kInt) {
        buffer_.next = next;
        buffer_.need(kInt64TextSize + left + 2);
        int64_t value;
        std::memcpy(&value, frame + writer.offset, sizeof value);
        next = buffer_.next;
        next += write_int64(value, next);
        *next++ = delimiter;
        continue;
      } else if (writer.form == CellForm::kEnum) {
        int64_t variant;
        std::memcpy(&variant, frame + writer.offset, sizeof variant);
        buffer_.next = next;
        buffer_.put(variants_[writer.first_variant + static_cast<size_t>(variant)]);
      } else {
        buffer_.next = next;
        cell(writer, frame + writer.offset);
      }
      buffer_.need(left + 2);
      next = buffer_.next;
      *next++ = delimiter;
    }
    buffer_.next = next - 1;  // the line ends instead of the last delimiter
    end_line();
    out.append(buffer_.data(), buffer_.size());
  }

  void header(std::string& out) const override {
    if (!dialect_.header) return;
    CsvEncoder line(*this, 0);
    for (size_t i = 0; i < names_.size(); ++i) {
      line.buffer_.need(8);
      if (i != 0) line.buffer_.put(dialect_.delimiter);
      line.text(names_[i]);
    }
    line.end_line();
    out.append(line.buffer_.data(), line.buffer_.size());
  }

 private:
  CsvEncoder(const CsvEncoder& other, int) : dialect_(other.dialect_), special_(other.special_), shapes_(other.shapes_) {}

  /// The cells of an enum's variants, quoted where they must be.
  void add_variants(const WriteShape& shape) {
    for (const std::string& variant : shape.variants) {
      scratch_.clear();
      std::swap(buffer_, scratch_);
      text(variant);
      std::swap(buffer_, scratch_);
      variants_.emplace_back(std::string_view(scratch_.data(), scratch_.size()));
    }
  }

  static bool is_single_value(Kind kind) {
    return is_always_plain(kind) || kind == Kind::kString || kind == Kind::kEnum || kind == Kind::kScalar || kind == Kind::kBytes ||
           kind == Kind::kZoned;
  }

  void end_line() {
    buffer_.need(2);
    if (dialect_.crlf) buffer_.put('\r');
    buffer_.put('\n');
  }

  void text(std::string_view text) {
    buffer_.need(text.size() + 2);
    if (!text.empty() && !copy_and_look(buffer_.next, text.data(), text.size(), special_)) [[likely]] {
      buffer_.next += text.size();
      return;
    }
    quoted(text);
  }

  /// An empty text, or one with special characters.
  void quoted(std::string_view text) {
    buffer_.need(2 * text.size() + 2);
    const char quote = dialect_.quote;
    const char mark = dialect_.escape == 0 ? quote : dialect_.escape;
    if (quote != 0 && !has(text, quote) && (mark == quote || !has(text, mark))) [[likely]] {
      buffer_.put(quote);
      buffer_.put(text.data(), text.size());
      buffer_.put(quote);
      return;
    }
    if (quote != 0) buffer_.put(quote);
    for (const char c : text) {
      const bool marked = quote != 0 ? c == quote || (dialect_.escape != 0 && c == dialect_.escape) : special_(c);
      if (marked) buffer_.put(mark);
      buffer_.put(c);
    }
    if (quote != 0) buffer_.put(quote);
  }

  static bool has(std::string_view text, char c) { return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr; }

  void cell(const ColumnWriter& writer, const void* payload) {
    switch (writer.form) {
      case CellForm::kPlain:
      case CellForm::kInt:
      case CellForm::kEnum: return write_plain(buffer_, *writer.shape, payload);
      case CellForm::kText: {
        Text value;
        std::memcpy(&value, payload, sizeof value);
        return text(value.view());
      }
      case CellForm::kJoined: {
        List list;
        std::memcpy(&list, payload, sizeof list);
        scratch_.clear();
        for (uint64_t i = 0; i < list.count; ++i) {
          scratch_.need(1);
          if (i != 0) scratch_.put(',');
          if (list.items[i].has_value()) write_plain(scratch_, *writer.shape->element, &list.items[i]);
        }
        return text({scratch_.data(), scratch_.size()});
      }
      case CellForm::kQuotable:
        scratch_.clear();
        write_plain(scratch_, *writer.shape, payload);
        return text({scratch_.data(), scratch_.size()});
    }
  }

  CsvDialect dialect_;
  CsvSpecial special_;
  WriteShapes shapes_;
  std::vector<ColumnWriter> writers_;
  std::vector<PaddedText> variants_;
  std::vector<std::string> names_;
  OutBuffer buffer_;
  OutBuffer scratch_;  // a cell before it is quoted
};

}  // namespace

Result<std::unique_ptr<RecordEncoder>> make_csv_encoder(const TargetPlan& target, const TypeTable& types,
                                                        const std::vector<EnumType>& enums) {
  Result<CsvDialect> dialect = csv_dialect(target.settings);
  if (!dialect.ok()) return dialect.error();
  if (dialect->quote == 0 && dialect->escape == 0) {
    return Error{ErrorKind::kConfig, "target " + target.name + " has neither quote nor escape, so a cell could not hold its delimiter",
                 "set quote or escape"};
  }
  if ((dialect->delimiter >= '0' && dialect->delimiter <= '9') || dialect->delimiter == '.' || dialect->delimiter == '-' ||
      dialect->delimiter == '+') {
    return Error{ErrorKind::kConfig, "the delimiter of target " + target.name + " can be part of a number", "choose another delimiter"};
  }
  auto encoder = std::make_unique<CsvEncoder>(*dialect, types, enums);
  if (Result<void> prepared = encoder->prepare(target); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordEncoder>(std::move(encoder));
}

}  // namespace mig
