#include "runtime/formats/ndjson/ndjson_decoder.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/ndjson/json_number.h"
#include "runtime/formats/ndjson/json_values.h"
#include "runtime/formats/ndjson/key_order.h"

namespace mig {
namespace {

enum class FastPath : uint8_t { kText, kInt, kDecimal, kOther };

struct FieldReader {
  const Shape* shape;
  uint32_t offset;  // of the slot
  FastPath path;
  bool has_aliases;
};

class NdjsonDecoder final : public RecordDecoder {
 public:
  NdjsonDecoder(const DecoderOptions& options, Simd simd) : options_(options), shapes_(*options.types, *options.enums), values_(simd) {
    values_.set_max_depth(options.max_depth);
  }
  Result<void> prepare();
  void begin_buffer() override {}
  const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                     bool& failed) override;

 private:
  struct Misfit {
    int32_t field;
    const char* cause;
    const char* at;
  };

  const char* read_record(const char* p, uint8_t* frame, Context& context);
  const KeyEntry* unexpected_key(const KeyEntry& before, const char*& p);
  bool take_alias(int32_t field, uint16_t rank);
  void forget_misfit(int32_t field);
  void explain(const char* p, const char* end, DecodeFailure& failure) const;

  DecoderOptions options_;
  ShapeTable shapes_;
  std::vector<FieldReader> readers_;  // by field; shape null: not needed
  std::vector<uint32_t> required_;
  std::vector<uint32_t> aliased_;
  std::vector<uint16_t> best_rank_;  // by field: rank of the name that the record has given so far
  std::vector<Misfit> misfits_;      // of the record at hand
  KeyOrder order_;
  JsonValues values_;
  uint64_t keys_ = 0;  // of the record at hand
};

Result<void> NdjsonDecoder::prepare() {
  const std::vector<FieldSlot>& slots = options_.layout->fields;
  readers_.resize(slots.size());
  best_rank_.resize(slots.size());
  for (uint32_t i = 0; i < slots.size(); ++i) {
    const FieldDecode& field = (*options_.fields)[i];
    if (field.needed) {
      Result<const Shape*> shape = shapes_.add(slots[i].type, field.mode);
      if (!shape.ok()) return Error{shape.error().kind, "field " + slots[i].name + ": " + shape.error().message, shape.error().remedy};
      const Shape& s = **shape;
      const FastPath path = s.op == ShapeOp::kText && !s.bounded ? FastPath::kText
                            : s.op == ShapeOp::kInt              ? FastPath::kInt
                            : s.op == ShapeOp::kDecimal          ? FastPath::kDecimal
                                                                 : FastPath::kOther;
      readers_[i] = {&s, slots[i].offset, path, field.wire_names.size() > 1};
      if (!slots[i].optional) required_.push_back(i);
      if (field.wire_names.size() > 1) aliased_.push_back(i);
    }
    for (size_t rank = 0; rank < field.wire_names.size(); ++rank) {
      order_.add(field.wire_names[rank], field.needed ? static_cast<int32_t>(i) : -1, static_cast<uint16_t>(rank));
    }
  }
  return {};
}

/// Whether a name of that rank counts: not when a name before it in the list has come already.
bool NdjsonDecoder::take_alias(int32_t field, uint16_t rank) {
  uint16_t& best = best_rank_[static_cast<size_t>(field)];
  if (rank > best) return false;
  best = rank;
  return true;
}

void NdjsonDecoder::forget_misfit(int32_t field) {
  std::erase_if(misfits_, [field](const Misfit& misfit) { return misfit.field == field; });
}

/// `p` at the quote of a key that is not the one expected; leaves it behind the colon. Null: malformed.
[[gnu::noinline]] const KeyEntry* NdjsonDecoder::unexpected_key(const KeyEntry& before, const char*& p) {
  const KeyEntry* expected = &order_.after(before);
  for (int tries = 0; tries < 4; ++tries) {  // fields may be missing
    if (expected->matches(p)) {
      p += expected->size;
      return expected;
    }
    expected = &order_.after(*expected);
  }
  if (*p != '"') return nullptr;
  std::string_view name;
  p = values_.text(p, name);
  if (p == nullptr) return nullptr;
  p = skip_json_blanks(p);
  if (*p != ':') return nullptr;
  ++p;
  return &order_.find(name, before);
}

/// The byte behind the record and its blanks, or null when the text is malformed.
const char* NdjsonDecoder::read_record(const char* p, uint8_t* frame, Context& context) {
  values_.begin_line(p, context);
  p = skip_json_blanks(p);
  if (*p != '{') return nullptr;
  p = skip_json_blanks(p + 1);
  uint64_t keys = 0;
  if (*p == '}') {
    ++p;
  } else {
    const KeyEntry* key = &order_.start();
    while (true) {
      const KeyEntry& expected = order_.after(*key);
      if (expected.matches(p)) [[likely]] {
        p += expected.size;
        key = &expected;
      } else if ((key = unexpected_key(*key, p)) == nullptr) {
        return nullptr;
      }
      ++keys;
      if (static_cast<uint8_t>(*p) <= ' ') p = skip_json_blanks(p);
      const int32_t field = key->field;
      if (field < 0 || (readers_[static_cast<size_t>(field)].has_aliases && !take_alias(field, key->rank))) {
        p = *p == '"' ? values_.skip_text(p) : values_.skip(p);
        if (p == nullptr) return nullptr;
      } else {
        const FieldReader& reader = readers_[static_cast<size_t>(field)];
        if (!misfits_.empty()) [[unlikely]]
          forget_misfit(field);
        uint8_t* const slot = frame + reader.offset;
        const char* at = p;
        const char* why = nullptr;
        Presence state = Presence::kValue;
        if (reader.path == FastPath::kText && *p == '"') [[likely]] {
          std::string_view inside;
          p = values_.text(p, inside);
          const Text text{inside.data(), inside.size()};
          std::memcpy(slot, &text, sizeof text);
        } else if (reader.path == FastPath::kInt && (is_digit(*p) || *p == '-')) {
          int64_t value = 0;
          p = read_json_int(p, value, why);
          if (why == nullptr && (value < reader.shape->low || value > reader.shape->high)) why = cause::kIntRange;
          std::memcpy(slot, &value, sizeof value);
        } else if (reader.path == FastPath::kDecimal && (is_digit(*p) || *p == '-')) {
          int128 value = 0;
          p = read_json_decimal(p, reader.shape->precision, reader.shape->scale, value, why);
          std::memcpy(slot, &value, sizeof value);
        } else {
          values_.fault = {};
          p = values_.value(p, *reader.shape, slot, state);
          if (values_.fault.cause != nullptr) [[unlikely]] {
            why = values_.fault.cause;
            at = values_.fault.at;
          }
        }
        if (p == nullptr) return nullptr;
        frame[field] = static_cast<uint8_t>(state);
        if (why != nullptr) [[unlikely]]
          misfits_.push_back({field, why, at});
      }
      if (*p != ',') p = skip_json_blanks(p);
      if (*p == ',') [[likely]] {
        ++p;
        if (*p != '"') p = skip_json_blanks(p);
        continue;
      }
      if (*p != '}') return nullptr;
      ++p;
      break;
    }
  }
  keys_ = keys + values_.keys();
  return skip_json_blanks(p);
}

void NdjsonDecoder::explain(const char* p, const char* end, DecodeFailure& failure) const {
  const std::string_view line(p, static_cast<size_t>(end - p));
  JsonFault fault = prove_json(line, options_.max_depth);
  if (fault.cause == nullptr) fault = {"the line is JSON, but not an object", 0};
  failure = {0, -1, fault.cause, fault.offset};
}

const char* NdjsonDecoder::decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                                  bool& failed) {
  const auto find_end = [p, end] {
    const auto* const feed = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)));
    return feed == nullptr ? end : feed;
  };
  failed = false;
  if (static_cast<uint64_t>(end - p) > options_.max_record_bytes) [[unlikely]] {
    const char* const line_end = find_end();
    if (static_cast<uint64_t>(line_end - p) > options_.max_record_bytes) {
      lines += line_end != end;
      failure = {0, -1, "the record is longer than the limit on records", options_.max_record_bytes};
      failed = true;
      return line_end == end ? end : line_end + 1;
    }
  }
  misfits_.clear();
  for (const uint32_t field : aliased_) best_rank_[field] = 0xFFFF;
  const char* line_end = read_record(p, frame, context);
  const bool good = line_end != nullptr && (line_end == end || *line_end == '\n');
  if (!good) line_end = find_end();
  lines += line_end != end;
  const char* const next = line_end == end ? end : line_end + 1;
  if (!good) {
    explain(p, line_end, failure);
    failed = true;
    return next;
  }
  if (keys_ > options_.max_fields) {
    failure = {0, -1, "the record has more fields than the limit", 0};
    failed = true;
    return next;
  }
  if (!misfits_.empty()) {
    const Misfit& first = *std::min_element(misfits_.begin(), misfits_.end(), [](const Misfit& a, const Misfit& b) { return a.at < b.at; });
    failure = {0, first.field, first.cause, static_cast<uint64_t>(first.at - p)};
    failed = true;
    return next;
  }
  for (const uint32_t field : required_) {
    if (presence(frame, field) == Presence::kAbsent) [[unlikely]] {
      failure = {0, static_cast<int32_t>(field), cause::kMissing, 0};
      failed = true;
      return next;
    }
  }
  return next;
}

}  // namespace

Result<std::unique_ptr<RecordDecoder>> make_ndjson_decoder(const DecoderOptions& options, Simd simd) {
  auto decoder = std::make_unique<NdjsonDecoder>(options, simd);
  if (Result<void> prepared = decoder->prepare(); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordDecoder>(std::move(decoder));
}

}  // namespace mig
