#include "runtime/formats/ndjson/key_glance.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/ndjson/json_values.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/formats/scan/key_masks.h"
#include "runtime/formats/values/text_value.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {
namespace {

constexpr size_t kMostKeys = 2;
constexpr size_t kMostName = 60;   // bytes: what may be read behind a block stays within a block
constexpr uint32_t kWindow = 32;   // blocks classified at a time
constexpr uint32_t kTrial = 4096;  // records after which lines that needed the whole decoder are counted
constexpr char kTooLong[] = "the record is longer than the limit on records";

/// Nothing else spells it, but for \u escapes.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostName && std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<uint8_t>(c) > ' ' && static_cast<uint8_t>(c) < 0x7F && c != '"' && c != '\\' && c != '/';
  });
}

/// The end of a string of printable ASCII without escapes whose first byte is at `p`, or null for any other. Reads up to 15 bytes behind
/// it.
const char* plain_text_end(const char* p) {
#if MIG_SIMD_X86
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  while (true) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed: bytes above ASCII are below a space too.
    const __m128i stops = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)), _mm_cmplt_epi8(v, space));
    const auto found = static_cast<uint32_t>(_mm_movemask_epi8(stops));
    if (found == 0) {
      p += 16;
      continue;
    }
    p += std::countr_zero(found);
    return *p == '"' ? p : nullptr;
  }
#else
  while (*p != '"' && *p != '\\' && static_cast<int8_t>(*p) >= 0x20) ++p;
  return *p == '"' ? p : nullptr;
#endif
}

/// How many bits are set, where two stand for any more.
uint32_t one_or_two(uint64_t bits) { return (bits != 0 ? 1u : 0u) + ((bits & (bits - 1)) != 0 ? 1u : 0u); }

class KeyGlance final : public RecordDecoder {
 public:
  KeyGlance(const DecoderOptions& options, Simd simd, std::unique_ptr<RecordDecoder> whole)
      : options_(options), simd_(simd), shapes_(*options.types, *options.enums), whole_(std::move(whole)) {}

  /// False: the fields are not of the kind that a glance finds.
  bool prepare() {
    for (size_t i = 0; i < options_.layout->fields.size(); ++i) {
      const FieldDecode& field = (*options_.fields)[i];
      if (!field.needed) continue;
      const FieldSlot& slot = options_.layout->fields[i];
      const Result<const Shape*> shape = shapes_.add(slot.type, field.mode);
      if (!shape.ok() || (*shape)->op != ShapeOp::kText || key_count_ == kMostKeys) return false;
      if (field.wire_names.size() != 1 || !is_plain_name(field.wire_names[0])) return false;
      const std::string& name = field.wire_names[0];
      probes_[key_count_] = {name[0], static_cast<uint32_t>(name.size())};
      keys_[key_count_++] = {*shape, static_cast<uint32_t>(i), slot.offset, slot.optional, name + '"', nullptr};
    }
    return key_count_ != 0;
  }

  void begin_buffer() override {
    next_ = nullptr;
    whole_->begin_buffer();
  }

  const char* decode(const char* p, const char* end, uint8_t* frame, Context& context, uint64_t& lines, DecodeFailure& failure,
                     bool& failed) override {
    if (gave_up_) return whole_->decode(p, end, frame, context, lines, failure, failed);
    if (p != next_ || end != end_) begin(p, end);
    const char* const line_end = find_line(p);
    const bool fed = line_end != end;
    next_ = line_end + fed;
    ++seen_;
    failed = false;
    if (static_cast<uint64_t>(line_end - p) > options_.max_record_bytes) {
      lines += fed;
      failure = {0, -1, kTooLong, options_.max_record_bytes};
      failed = true;
      return next_;
    }
    if (sure_ && take_values(frame, context)) [[likely]] {
      lines += fed;
      return next_;
    }
    if (++unsure_ > kTrial / 2 && unsure_ > seen_ / 2) gave_up_ = true;
    for (size_t k = 0; k < key_count_; ++k) {
      frame[keys_[k].field] = static_cast<uint8_t>(Presence::kAbsent);
      std::memset(frame + keys_[k].offset, 0, sizeof(Text));
    }
    (void)whole_->decode(p, next_, frame, context, lines, failure, failed);
    return next_;
  }

 private:
  struct Key {
    const Shape* shape;
    uint32_t field, offset;
    bool optional;
    std::string pattern;  // `name"`
    const char* value;    // behind the colon in the line at hand, or null
  };

  void begin(const char* p, const char* end) {
    end_ = end;
    block_at_ = p;
    block_ = count_ = 0;
    place_ = 0;
  }

  /// Classifies the blocks from block_at_ on.
  void fill() {
    block_ = 0;
    const auto rest = static_cast<size_t>(end_ - block_at_);
    const size_t whole = rest / kBlockBytes;
    if (whole >= 2) {  // one block stays behind, for what is read there
      count_ = static_cast<uint32_t>(std::min<size_t>(kWindow, whole - 1));
      return classify_keys(simd_, block_at_, count_, probes_, key_count_, masks_);
    }
    char last[4 * kBlockBytes] = {};
    std::memcpy(last, block_at_, rest);
    count_ = static_cast<uint32_t>(rest / kBlockBytes + 1);
    classify_keys(simd_, last, count_, probes_, key_count_, masks_);
  }

  /// The line feed of the line at `p`, or the end of the text; notes where the keys have their values.
  const char* find_line(const char* p) {
    sure_ = true;
    for (size_t k = 0; k < key_count_; ++k) keys_[k].value = nullptr;
    uint32_t opened = 0;
    while (true) {
      if (block_ == count_) fill();
      const KeyMasks& m = masks_[block_];
      uint64_t valid = ~0ull << place_;
      const uint64_t feed = m.newline & valid;
      if (feed != 0) valid &= feed ^ (feed - 1);
      if ((m.unicode & valid) != 0) [[unlikely]]
        sure_ = false;
      for (uint64_t hits = m.key & valid; hits != 0; hits &= hits - 1) {
        const uint64_t below = (hits & -hits) - 1;
        note(p, block_at_ + std::countr_zero(hits), opened + one_or_two(m.open & valid & below));
      }
      if (feed != 0) {
        const int at = std::countr_zero(feed);
        const char* const line_end = block_at_ + at;
        place_ = static_cast<uint32_t>(at) + 1;
        if (place_ == kBlockBytes) advance();
        return line_end;
      }
      if (block_at_ + kBlockBytes >= end_) return end_;
      opened += one_or_two(m.open & valid);
      advance();
    }
  }

  void advance() {
    block_at_ += kBlockBytes;
    ++block_;
    place_ = 0;
  }

  /// `quote`: of what may be a key, with `opened` objects and lists before it in the line.
  void note(const char* line, const char* quote, uint32_t opened) {
    for (size_t k = 0; k < key_count_; ++k) {
      Key& key = keys_[k];
      if (static_cast<size_t>(end_ - quote) <= key.pattern.size()) continue;
      if (std::memcmp(quote + 1, key.pattern.data(), key.pattern.size()) != 0) continue;
      const char* const colon = skip_json_blanks(quote + 1 + key.pattern.size());
      if (*colon != ':') return;  // a value of that text
      // Sure is: the only one in the line, at its top level, its quote not escaped.
      if (key.value != nullptr || opened != 1 || quote == line || quote[-1] == '\\') sure_ = false;
      key.value = skip_json_blanks(colon + 1);
      return;
    }
  }

  /// False: the line has to be decoded in whole.
  bool take_values(uint8_t* frame, Context& context) {
    for (size_t k = 0; k < key_count_; ++k) {
      const Key& key = keys_[k];
      if (key.value == nullptr) {
        if (!key.optional) return false;
        continue;
      }
      if (*key.value != '"') {
        if (!key.shape->nullable || std::memcmp(key.value, "null", 4) != 0) return false;
        frame[key.field] = static_cast<uint8_t>(Presence::kNull);
        continue;
      }
      const char* const close = plain_text_end(key.value + 1);
      if (close == nullptr) return false;
      const std::string_view text(key.value + 1, static_cast<size_t>(close - key.value - 1));
      if (text_value(*key.shape, text, frame + key.offset, context) != nullptr) return false;
      frame[key.field] = static_cast<uint8_t>(Presence::kValue);
    }
    return true;
  }

  DecoderOptions options_;
  Simd simd_;
  ShapeTable shapes_;
  std::unique_ptr<RecordDecoder> whole_;
  KeyProbe probes_[kMostKeys] = {};
  Key keys_[kMostKeys] = {};
  size_t key_count_ = 0;
  const char* next_ = nullptr;      // where the next line begins
  const char* end_ = nullptr;       // of the text
  const char* block_at_ = nullptr;  // of the block at hand
  uint32_t block_ = 0, count_ = 0;  // in masks_
  uint32_t place_ = 0;              // of the next line in the block, bytes
  bool sure_ = false;               // of the line at hand
  uint64_t seen_ = 0, unsure_ = 0;  // lines
  bool gave_up_ = false;            // too many of them
  KeyMasks masks_[kWindow + 1];
};

}  // namespace

Result<std::unique_ptr<RecordDecoder>> make_key_glance(const DecoderOptions& options, Simd simd) {
  Result<std::unique_ptr<RecordDecoder>> whole = make_ndjson_decoder(options, simd);
  if (!whole.ok()) return whole;
  auto glance = std::make_unique<KeyGlance>(options, simd, std::move(*whole));
  if (!glance->prepare()) return make_ndjson_decoder(options, simd);
  return std::unique_ptr<RecordDecoder>(std::move(glance));
}

}  // namespace mig
