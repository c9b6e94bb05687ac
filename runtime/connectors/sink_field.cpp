#include "runtime/connectors/sink_field.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/scan/simd.h"
#include "runtime/types/text.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {
namespace {

constexpr size_t kPiece = 256;  // bytes that are put together before they are appended
constexpr size_t kVector = 16;

bool is_special(unsigned char c, bool whole) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || (c >= 0x80 && !whole); }

/// Copies what stands in front of the first special byte of `text`, at most a vector, and says how much it is. Writes up to a vector.
size_t copy_plain(char* to, std::string_view text, bool whole) {
#if MIG_SIMD_X86
  if (text.size() >= kVector) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
    const __m128i quote = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    const __m128i control =
        _mm_or_si128(_mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8(0x1f)), _mm_set1_epi8(0x1f)), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
    uint32_t special = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(quote, control)));
    if (!whole) special |= static_cast<uint32_t>(_mm_movemask_epi8(v));
    return special == 0 ? kVector : static_cast<size_t>(std::countr_zero(special));
  }
#endif
  const size_t most = std::min(text.size(), kVector);
  size_t n = 0;
  while (n < most && !is_special(static_cast<unsigned char>(text[n]), whole)) {
    to[n] = text[n];
    ++n;
  }
  return n;
}

char* put_escape(char* to, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  *to++ = '\\';
  switch (c) {
    case '"':
    case '\\': *to++ = static_cast<char>(c); return to;
    case '\n': *to++ = 'n'; return to;
    case '\r': *to++ = 'r'; return to;
    case '\t': *to++ = 't'; return to;
    default: break;
  }
  std::memcpy(to, "u00", 3);
  to[3] = kHex[c >> 4];
  to[4] = kHex[c & 15];
  return to + 5;
}

}  // namespace

Result<FieldJson> FieldJson::make(const RecordLayout& layout, uint32_t field, const TypeTable& types, const std::vector<EnumType>& enums) {
  FieldJson made;
  const FieldSlot& slot = layout.fields[field];
  made.target_ = std::make_unique<TargetPlan>();
  made.target_->connector = "ndjson";
  made.target_->layout.add("v", slot.type, types, true);
  made.target_->layout.finish();
  made.target_->fields.push_back({"v", false});
  Result<std::unique_ptr<RecordEncoder>> encoder = make_encoder(*made.target_, types, enums);
  if (!encoder) return encoder.error();
  made.encoder_ = std::move(*encoder);
  made.scratch_ = std::make_unique<Cell[]>(made.target_->layout.stride / sizeof(Cell) + 1);
  made.frame_ = reinterpret_cast<uint8_t*>(made.scratch_.get());
  made.source_field_ = field;
  made.source_offset_ = slot.offset;
  made.size_ = storage_size(slot.storage);
  return made;
}

void FieldJson::append(const uint8_t* frame, std::string& out) {
  if (presence(frame, source_field_) != Presence::kValue) {
    out += "null";
    return;
  }
  frame_[0] = static_cast<uint8_t>(Presence::kValue);
  std::memcpy(frame_ + target_->layout.fields[0].offset, frame + source_offset_, size_);
  line_.clear();
  encoder_->encode(frame_, line_);
  constexpr size_t kBefore = 5;  // {"v":
  size_t end = line_.size();
  while (end > 0 && line_[end - 1] != '}') --end;
  if (end > kBefore)
    out.append(line_, kBefore, end - 1 - kBefore);
  else
    out += "null";
}

void append_json_text(std::string& out, std::string_view text) {
  const bool whole = is_ascii(text) || is_valid_utf8(text);
  char piece[kPiece + 3 * kVector];  // a round adds less than two vectors and writes up to one more
  char* to = piece;
  *to++ = '"';
  size_t i = 0;
  while (i < text.size()) {
    if (to > piece + kPiece) {
      out.append(piece, static_cast<size_t>(to - piece));
      to = piece;
    }
    const size_t plain = copy_plain(to, text.substr(i), whole);
    to += plain;
    i += plain;
    if (plain == kVector || i == text.size()) continue;
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      to = put_escape(to, c);
      ++i;
      continue;
    }
    const CodePoint point = code_point_at(text, i);
    to += write_code_point(point.value, to);
    i += point.size;
  }
  *to++ = '"';
  out.append(piece, static_cast<size_t>(to - piece));
}

}  // namespace mig
