#include "runtime/formats/ndjson/json_values.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime/formats/ndjson/json_number.h"
#include "runtime/formats/scan/simd.h"
#include "runtime/formats/values/text_value.h"
#if MIG_SIMD_X86
#include <emmintrin.h>
#endif

namespace mig {
namespace {

constexpr JsonCursor kMalformed{nullptr, nullptr};

template <class T>
void put(void* slot, T value) {
  std::memcpy(slot, &value, sizeof value);
}

/// Neither backslash nor control character; may look at up to 15 bytes behind `end`.
bool is_plain(const char* p, const char* end) {
#if MIG_SIMD_X86
  const __m128i slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x1F);
  for (; p < end; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    auto found =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, slash), _mm_cmpeq_epi8(_mm_min_epu8(v, space), v))));
    if (end - p < 16) found &= (1u << (end - p)) - 1;
    if (found != 0) return false;
  }
  return true;
#else
  for (; p < end; ++p) {
    if (*p == '\\' || static_cast<uint8_t>(*p) < 0x20) return false;
  }
  return true;
#endif
}

bool starts_number(char c) { return (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

JsonCursor JsonValues::misfit(JsonCursor c, const char* cause) {
  note(cause, c.p);
  return skip(c);
}

JsonCursor JsonValues::literal(JsonCursor c, std::string_view word) {
  if (std::memcmp(c.p, word.data(), word.size()) != 0) return kMalformed;
  return {c.p + word.size(), c.q};
}

JsonCursor JsonValues::text(JsonCursor c, std::string_view& text) {
  const char* const first = c.p + 1;
  const char* const close = base_ + c.q[1];
  if (careful_ && !is_plain(first, close)) {
    bool escaped = false;
    const char* at = nullptr;
    if (check_json_text(first, close, escaped, at) != nullptr) return kMalformed;
    if (escaped) {
      char* out = static_cast<char*>(arena_allocate(*context_, static_cast<uint64_t>(close - first)));
      text = {out, unescape_json(first, close, out)};
      return {close + 1, c.q + 2};
    }
  }
  text = {first, static_cast<size_t>(close - first)};
  return {close + 1, c.q + 2};
}

JsonCursor JsonValues::skip(JsonCursor c) {
  switch (*c.p) {
    case '"': {
      const char* const close = base_ + c.q[1];
      if (careful_ && !is_plain(c.p + 1, close)) {
        bool escaped = false;
        const char* at = nullptr;
        if (check_json_text(c.p + 1, close, escaped, at) != nullptr) return kMalformed;
      }
      return {close + 1, c.q + 2};
    }
    case '{':
    case '[': return container(c);
    case 't': return literal(c, "true");
    case 'f': return literal(c, "false");
    case 'n': return literal(c, "null");
    default: {
      const uint64_t size = json_number_length(c.p);
      return size == 0 ? kMalformed : JsonCursor{c.p + size, c.q};
    }
  }
}

JsonCursor JsonValues::container(JsonCursor c) {
  const uint32_t outside = depth_;
  uint32_t depth = depth_;
  const char* p = c.p;
  const uint32_t* q = c.q;
  while (true) {
    // A value begins at p.
    if (*p == '{' || *p == '[') {
      const bool object = *p == '{';
      if (depth >= max_depth_) return kMalformed;
      objects_[depth++] = object;
      p = skip_json_blanks(p + 1);
      if (*p == (object ? '}' : ']')) {
        ++p;
        --depth;
      } else if (object) {
        std::string_view unused;
        const JsonCursor behind = member({p, q}, unused);
        if (behind.p == nullptr) return kMalformed;
        p = behind.p;
        q = behind.q;
        continue;
      } else {
        continue;
      }
    } else {
      const JsonCursor behind = skip({p, q});
      if (behind.p == nullptr) return kMalformed;
      p = behind.p;
      q = behind.q;
    }
    // A value has ended before p.
    while (depth != outside) {
      p = skip_json_blanks(p);
      const bool object = objects_[depth - 1];
      if (*p == ',') {
        p = skip_json_blanks(p + 1);
        if (object) {
          std::string_view unused;
          const JsonCursor behind = member({p, q}, unused);
          if (behind.p == nullptr) return kMalformed;
          p = behind.p;
          q = behind.q;
        }
        break;
      }
      if (*p != (object ? '}' : ']')) return kMalformed;
      ++p;
      --depth;
    }
    if (depth == outside) return {p, q};
  }
}

JsonCursor JsonValues::member(JsonCursor c, std::string_view& name) {
  if (*c.p != '"') return kMalformed;
  ++keys_;
  c = text(c, name);
  if (c.p == nullptr) return kMalformed;
  if (*c.p != ':') c.p = skip_json_blanks(c.p);
  if (*c.p != ':') return kMalformed;
  c.p = skip_json_blanks(c.p + 1);
  return c;
}

JsonCursor JsonValues::number(JsonCursor c, const Shape& shape, void* slot) {
  switch (shape.op) {
    case ShapeOp::kInt: {
      int64_t value = 0;
      const char* why = nullptr;
      const char* const end = read_json_int(c.p, value, why);
      if (end == nullptr) return kMalformed;
      if (why == nullptr && (value < shape.low || value > shape.high)) why = cause::kIntRange;
      if (why != nullptr) note(why, c.p);
      put(slot, value);
      return {end, c.q};
    }
    case ShapeOp::kDecimal: {
      int128 value = 0;
      const char* why = nullptr;
      const char* const end = read_json_decimal(c.p, shape.precision, shape.scale, value, why);
      if (end == nullptr) return kMalformed;
      if (why != nullptr) note(why, c.p);
      put(slot, value);
      return {end, c.q};
    }
    case ShapeOp::kFloat: {
      const uint64_t size = json_number_length(c.p);
      if (size == 0) return kMalformed;
      double value = 0;
      const auto [end, error] = std::from_chars(c.p, c.p + size, value);
      if (error == std::errc::result_out_of_range) {
        // Too small for a double reads as zero, too large is a fault.
        std::string_view digits(c.p, size);
        const size_t e = digits.find_first_of("eE");
        const bool tiny = (e != std::string_view::npos && digits[e + 1] == '-') ||
                          (e == std::string_view::npos && digits.substr(0, 3).find("0.") != std::string_view::npos);
        if (!tiny) note(cause::kFloatRange, c.p);
        value = *c.p == '-' ? -0.0 : 0.0;
      } else if (error != std::errc() || end != c.p + size) {
        note(cause::kNotNumber, c.p);
      }
      put(slot, value);
      return {c.p + size, c.q};
    }
    case ShapeOp::kBool:
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kUuid:
    case ShapeOp::kJson:
    case ShapeOp::kScalar:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum:
    case ShapeOp::kList:
    case ShapeOp::kSet:
    case ShapeOp::kMap:
    case ShapeOp::kRecord: return misfit(c, cause::kNotNumber);
  }
  return kMalformed;
}

JsonCursor JsonValues::scalar(JsonCursor c, Cell& cell) {
  cell.state = Presence::kValue;
  cell.scale = 0;
  switch (*c.p) {
    case '"': {
      std::string_view text_of_it;
      c = text(c, text_of_it);
      cell.kind = ScalarKind::kText;
      cell.text = Text{text_of_it.data(), text_of_it.size()};
      return c;
    }
    case 't':
    case 'f':
      cell.kind = ScalarKind::kBool;
      cell.boolean = *c.p == 't';
      return literal(c, *c.p == 't' ? "true" : "false");
    case '{':
    case '[': return misfit(c, cause::kNotScalar);
    default: break;
  }
  int64_t unscaled = 0;
  int places = 0;
  if (const char* const end = read_json_short(c.p, unscaled, places)) [[likely]] {
    if (places == 0) {
      cell.kind = ScalarKind::kInt;
      cell.integer = unscaled;
    } else {
      cell.kind = ScalarKind::kDecimal;
      cell.decimal = unscaled;
      cell.scale = static_cast<uint8_t>(places);
    }
    return {end, c.q};
  }
  const uint64_t size = json_number_length(c.p);
  if (size == 0) return kMalformed;
  const std::string_view digits(c.p, size);
  const bool whole = digits.find_first_of(".eE") == std::string_view::npos;
  if (whole && read_int64(digits, NumberForm::kJson, cell.integer) == NumberError::kNone) {
    cell.kind = ScalarKind::kInt;
  } else {
    int128 value = 0;
    int scale = 0;
    if (read_decimal_any_scale(digits, NumberForm::kJson, value, scale) != NumberError::kNone) note(cause::kScalarDigits, c.p);
    cell.kind = ScalarKind::kDecimal;
    cell.decimal = value;
    cell.scale = static_cast<uint8_t>(scale);
  }
  return {c.p + size, c.q};
}

JsonCursor JsonValues::value(JsonCursor c, const Shape& shape, void* slot, Presence& state) {
  state = Presence::kValue;
  const char first = *c.p;
  if (first == 'n' && !(shape.op == ShapeOp::kJson && !shape.nullable)) {
    state = Presence::kNull;
    if (!shape.nullable) note(cause::kNull, c.p);
    return literal(c, "null");
  }
  switch (shape.op) {
    case ShapeOp::kBool:
      if (first != 't' && first != 'f') return misfit(c, cause::kNotBool);
      put(slot, first == 't');
      return literal(c, first == 't' ? "true" : "false");
    case ShapeOp::kInt:
      if (!starts_number(first)) return misfit(c, cause::kNotInt);
      return number(c, shape, slot);
    case ShapeOp::kDecimal:
    case ShapeOp::kFloat:
      if (!starts_number(first)) return misfit(c, cause::kNotNumber);
      return number(c, shape, slot);
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kUuid:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum: {
      if (first != '"') return misfit(c, cause::kNotText);
      std::string_view inside;
      const JsonCursor behind = text(c, inside);
      if (behind.p == nullptr) return kMalformed;
      if (const char* why = text_value(shape, inside, slot, *context_)) note(why, c.p);
      return behind;
    }
    case ShapeOp::kJson: {
      const JsonCursor behind = skip(c);
      if (behind.p != nullptr) put(slot, Text{c.p, static_cast<uint64_t>(behind.p - c.p)});
      return behind;
    }
    case ShapeOp::kScalar: return scalar(c, *static_cast<Cell*>(slot));
    case ShapeOp::kList:
    case ShapeOp::kSet:
      if (first == '[') return list(c, shape, slot);
      switch (shape.mode) {
        case DecodeMode::kPlain: return misfit(c, cause::kNotList);
        case DecodeMode::kListOrCsv: {
          if (first != '"') return misfit(c, cause::kNotListOrText);
          std::string_view inside;
          const JsonCursor behind = text(c, inside);
          if (behind.p == nullptr) return kMalformed;
          if (const char* why = cell_value(shape, inside, slot, *context_)) note(why, c.p);
          return behind;
        }
        case DecodeMode::kListOrKeys:
          if (first != '{') return misfit(c, cause::kNotListOrObject);
          return keys_as_list(c, shape, slot);
      }
      return kMalformed;
    case ShapeOp::kMap:
      if (first != '{') return misfit(c, cause::kNotMap);
      return map(c, shape, slot);
    case ShapeOp::kRecord:
      if (first != '{') return misfit(c, cause::kNotMap);
      return record(c, shape, slot);
  }
  return kMalformed;
}

}  // namespace mig
