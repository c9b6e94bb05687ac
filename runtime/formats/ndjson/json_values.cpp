#include "runtime/formats/ndjson/json_values.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime/formats/ndjson/json_number.h"
#include "runtime/formats/scan/masks.h"
#include "runtime/formats/values/text_value.h"

namespace mig {
namespace {

constexpr const char* kMalformed = nullptr;

template <class T>
void put(void* slot, T value) {
  std::memcpy(slot, &value, sizeof value);
}

bool starts_number(char c) { return (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

const char* JsonValues::misfit(const char* p, const char* cause) {
  note(cause, p);
  return skip(p);
}

const char* JsonValues::literal(const char* p, std::string_view word) {
  if (std::memcmp(p, word.data(), word.size()) != 0) return kMalformed;
  return p + word.size();
}

const char* JsonValues::long_text(const char* first, const char* stop, std::string_view& text) {
  bool high = false, escaped = false;
  while (true) {
    stop = text_stop(simd_, stop, high);
    if (*stop == '"') break;
    if (*stop != '\\' || static_cast<uint8_t>(stop[1]) < 0x20) return kMalformed;
    escaped = true;
    stop += 2;
  }
  const auto size = static_cast<uint64_t>(stop - first);
  if (high && first_invalid_utf8(first, size) != size) return kMalformed;
  text = {first, size};
  if (escaped) {
    const char* at = nullptr;
    if (check_json_text(first, stop, escaped, at) != nullptr) return kMalformed;
    if (!skipping_) {
      char* out = static_cast<char*>(arena_allocate(*context_, size));
      text = {out, unescape_json(first, stop, out)};
    }
  }
  return stop + 1;
}

const char* JsonValues::skip(const char* p) {
  switch (*p) {
    case '"': return skip_text(p);
    case '{':
    case '[': return container(p);
    case 't': return literal(p, "true");
    case 'f': return literal(p, "false");
    case 'n': return literal(p, "null");
    default: {
      const uint64_t size = json_number_length(p);
      return size == 0 ? kMalformed : p + size;
    }
  }
}

const char* JsonValues::skip_long_text(const char* first, const char* stop) {
  std::string_view unused;
  skipping_ = true;
  const char* const behind = long_text(first, stop, unused);
  skipping_ = false;
  return behind;
}

const char* JsonValues::container(const char* p) {
  const uint32_t outside = depth_;
  uint32_t depth = depth_;
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
        if ((p = skip_name(p)) == nullptr) return kMalformed;
        continue;
      } else {
        continue;
      }
    } else if ((p = skip(p)) == nullptr) {
      return kMalformed;
    }
    // A value has ended before p.
    while (depth != outside) {
      p = skip_json_blanks(p);
      const bool object = objects_[depth - 1];
      if (*p == ',') {
        p = skip_json_blanks(p + 1);
        if (object && (p = skip_name(p)) == nullptr) return kMalformed;
        break;
      }
      if (*p != (object ? '}' : ']')) return kMalformed;
      ++p;
      --depth;
    }
    if (depth == outside) return p;
  }
}

const char* JsonValues::skip_name(const char* p) {
  if (*p != '"') return kMalformed;
  ++keys_;
  p = skip_text(p);
  if (p == nullptr) return kMalformed;
  p = skip_json_blanks(p);
  return *p == ':' ? skip_json_blanks(p + 1) : kMalformed;
}

const char* JsonValues::member(const char* p, std::string_view& name) {
  if (*p != '"') return kMalformed;
  ++keys_;
  p = text(p, name);
  if (p == nullptr) return kMalformed;
  if (*p != ':') p = skip_json_blanks(p);
  return *p == ':' ? skip_json_blanks(p + 1) : kMalformed;
}

const char* JsonValues::number(const char* p, const Shape& shape, void* slot) {
  switch (shape.op) {
    case ShapeOp::kInt: {
      int64_t value = 0;
      const char* why = nullptr;
      const char* const end = read_json_int(p, value, why);
      if (end == nullptr) return kMalformed;
      if (why == nullptr && (value < shape.low || value > shape.high)) why = cause::kIntRange;
      if (why != nullptr) note(why, p);
      put(slot, value);
      return end;
    }
    case ShapeOp::kDecimal: {
      int128 value = 0;
      const char* why = nullptr;
      const char* const end = read_json_decimal(p, shape.precision, shape.scale, value, why);
      if (end == nullptr) return kMalformed;
      if (why != nullptr) note(why, p);
      put(slot, value);
      return end;
    }
    case ShapeOp::kFloat: {
      const uint64_t size = json_number_length(p);
      if (size == 0) return kMalformed;
      double value = 0;
      const auto [end, error] = std::from_chars(p, p + size, value);
      if (error == std::errc::result_out_of_range) {
        // Too small for a double reads as zero, too large is a fault.
        std::string_view digits(p, size);
        const size_t e = digits.find_first_of("eE");
        const bool tiny = (e != std::string_view::npos && digits[e + 1] == '-') ||
                          (e == std::string_view::npos && digits.substr(0, 3).find("0.") != std::string_view::npos);
        if (!tiny) note(cause::kFloatRange, p);
        value = *p == '-' ? -0.0 : 0.0;
      } else if (error != std::errc() || end != p + size) {
        note(cause::kNotNumber, p);
      }
      put(slot, value);
      return p + size;
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
    case ShapeOp::kZoned:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum:
    case ShapeOp::kList:
    case ShapeOp::kSet:
    case ShapeOp::kMap:
    case ShapeOp::kRecord: return misfit(p, cause::kNotNumber);
  }
  return kMalformed;
}

const char* JsonValues::scalar(const char* p, Cell& cell) {
  cell.state = Presence::kValue;
  cell.scale = 0;
  switch (*p) {
    case '"': {
      std::string_view text_of_it;
      p = text(p, text_of_it);
      cell.kind = ScalarKind::kText;
      cell.text = Text{text_of_it.data(), text_of_it.size()};
      return p;
    }
    case 't':
    case 'f':
      cell.kind = ScalarKind::kBool;
      cell.boolean = *p == 't';
      return literal(p, *p == 't' ? "true" : "false");
    case '{':
    case '[': return misfit(p, cause::kNotScalar);
    default: break;
  }
  int64_t unscaled = 0;
  int places = 0;
  if (const char* const end = read_json_short(p, unscaled, places)) [[likely]] {
    if (places == 0) {
      cell.kind = ScalarKind::kInt;
      cell.integer = unscaled;
    } else {
      cell.kind = ScalarKind::kDecimal;
      cell.decimal = unscaled;
      cell.scale = static_cast<uint8_t>(places);
    }
    return end;
  }
  const uint64_t size = json_number_length(p);
  if (size == 0) return kMalformed;
  const std::string_view digits(p, size);
  const bool whole = digits.find_first_of(".eE") == std::string_view::npos;
  if (whole && read_int64(digits, NumberForm::kJson, cell.integer) == NumberError::kNone) {
    cell.kind = ScalarKind::kInt;
  } else {
    int128 value = 0;
    int scale = 0;
    if (read_decimal_any_scale(digits, NumberForm::kJson, value, scale) != NumberError::kNone) note(cause::kScalarDigits, p);
    cell.kind = ScalarKind::kDecimal;
    cell.decimal = value;
    cell.scale = static_cast<uint8_t>(scale);
  }
  return p + size;
}

const char* JsonValues::value(const char* p, const Shape& shape, void* slot, Presence& state) {
  state = Presence::kValue;
  const char first = *p;
  if (first == 'n' && !(shape.op == ShapeOp::kJson && !shape.nullable)) {
    state = Presence::kNull;
    if (!shape.nullable) note(cause::kNull, p);
    return literal(p, "null");
  }
  switch (shape.op) {
    case ShapeOp::kBool:
      if (first != 't' && first != 'f') return misfit(p, cause::kNotBool);
      put(slot, first == 't');
      return literal(p, first == 't' ? "true" : "false");
    case ShapeOp::kInt:
      if (!starts_number(first)) return misfit(p, cause::kNotInt);
      return number(p, shape, slot);
    case ShapeOp::kDecimal:
    case ShapeOp::kFloat:
      if (!starts_number(first)) return misfit(p, cause::kNotNumber);
      return number(p, shape, slot);
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kUuid:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kZoned:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum: {
      if (first != '"') return misfit(p, cause::kNotText);
      std::string_view inside;
      const char* const behind = text(p, inside);
      if (behind == nullptr) return kMalformed;
      if (const char* why = text_value(shape, inside, slot, *context_)) note(why, p);
      return behind;
    }
    case ShapeOp::kJson: {
      const char* const behind = skip(p);
      if (behind != nullptr) put(slot, Text{p, static_cast<uint64_t>(behind - p)});
      return behind;
    }
    case ShapeOp::kScalar: return scalar(p, *static_cast<Cell*>(slot));
    case ShapeOp::kList:
    case ShapeOp::kSet:
      if (first == '[') return list(p, shape, slot);
      switch (shape.mode) {
        case DecodeMode::kPlain: return misfit(p, cause::kNotList);
        case DecodeMode::kListOrCsv: {
          if (first != '"') return misfit(p, cause::kNotListOrText);
          std::string_view inside;
          const char* const behind = text(p, inside);
          if (behind == nullptr) return kMalformed;
          if (const char* why = cell_value(shape, inside, slot, *context_)) note(why, p);
          return behind;
        }
        case DecodeMode::kListOrKeys:
          if (first != '{') return misfit(p, cause::kNotListOrObject);
          return keys_as_list(p, shape, slot);
      }
      return kMalformed;
    case ShapeOp::kMap:
      if (first != '{') return misfit(p, cause::kNotMap);
      return map(p, shape, slot);
    case ShapeOp::kRecord:
      if (first != '{') return misfit(p, cause::kNotMap);
      return record(p, shape, slot);
  }
  return kMalformed;
}

}  // namespace mig
