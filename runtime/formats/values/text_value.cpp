#include "runtime/formats/values/text_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/types/civil_time.h"
#include "runtime/types/text.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig {
namespace {

template <class T>
void put(void* slot, T value) {
  std::memcpy(slot, &value, sizeof value);
}

constexpr auto kBase64 = [] {
  std::array<int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < alphabet.size(); ++i) table[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  return table;
}();

/// RFC 4648 with padding, no line breaks, unused bits zero.
bool base64_value(std::string_view text, void* slot, Context& context) {
  if (text.size() % 4 != 0) return false;
  size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  char* out = static_cast<char*>(arena_allocate(context, text.size() / 4 * 3 + 1));
  uint64_t size = 0;
  uint32_t bits = 0, held = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int8_t digit = kBase64[static_cast<uint8_t>(text[i])];
    if (digit < 0) return false;
    bits = (bits << 6 | static_cast<uint32_t>(digit)) & 0xFFFFu;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[size++] = static_cast<char>(bits >> held & 0xFF);
    }
  }
  if ((bits & ((1u << held) - 1)) != 0) return false;
  put(slot, Text{out, size});
  return true;
}

template <class Read>
const char* read_into(void* slot, std::string_view text, Read read, const char* otherwise) {
  int64_t value = 0;
  if (!read(text, value)) return otherwise;
  put(slot, value);
  return nullptr;
}

const char* list_of_csv(const Shape& shape, std::string_view text, void* slot, Context& context) {
  constexpr uint64_t kShort = 128;  // bytes of a text whose items may have more room than they need
  uint64_t most = text.size() / 2 + 1;
  if (text.size() > kShort) most = static_cast<uint64_t>(std::count(text.begin(), text.end(), ',')) + 1;
  Cell* items = static_cast<Cell*>(arena_allocate(context, most * sizeof(Cell)));
  const bool plain = shape.element->op == ShapeOp::kText && !shape.element->bounded;
  uint64_t count = 0;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view item = trim_text(text.substr(0, comma));
    if (!item.empty()) {
      Cell& cell = items[count++];
      std::memset(static_cast<void*>(&cell), 0, sizeof cell);
      if (plain) {
        cell.text = Text{item.data(), item.size()};
      } else if (const char* why = cell_value(*shape.element, item, &cell, context))
        return why;
      cell.state = Presence::kValue;
    }
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (shape.op == ShapeOp::kSet) count = distinct_items(*shape.element, items, count);
  put(slot, List{items, count});
  return shape.bounded ? check_count(shape, count) : nullptr;
}

}  // namespace

const char* check_length(const Shape& shape, std::string_view text) {
  uint64_t length = text.size();
  switch (shape.unit) {
    case LengthUnit::kCodePoints: length = code_point_count(text); break;
    case LengthUnit::kUtf16: length = utf16_length(text); break;
    case LengthUnit::kBytes: break;
  }
  const auto n = static_cast<int64_t>(length);
  return n < shape.low ? cause::kTextShort : n > shape.high ? cause::kTextLong : nullptr;
}

const char* check_count(const Shape& shape, uint64_t count) {
  const auto n = static_cast<int64_t>(count);
  return n < shape.low ? cause::kListShort : n > shape.high ? cause::kListLong : nullptr;
}

const char* cause_of(NumberError error) {
  switch (error) {
    case NumberError::kNone: return nullptr;
    case NumberError::kSyntax: return cause::kNotNumber;
    case NumberError::kScale: return cause::kDecimalScale;
    case NumberError::kRange: return cause::kDecimalRange;
  }
  return cause::kNotNumber;
}

const char* text_value(const Shape& shape, std::string_view text, void* slot, Context& context) {
  switch (shape.op) {
    case ShapeOp::kText: put(slot, Text{text.data(), text.size()}); return shape.bounded ? check_length(shape, text) : nullptr;
    case ShapeOp::kBytes: return base64_value(text, slot, context) ? nullptr : cause::kNotBytes;
    case ShapeOp::kUuid: {
      int128 value = 0;
      if (!read_uuid(text, value)) return cause::kNotUuid;
      put(slot, value);
      return nullptr;
    }
    case ShapeOp::kDate: return read_into(slot, text, read_date, cause::kNotDate);
    case ShapeOp::kTime: return read_into(slot, text, read_time, cause::kNotTime);
    case ShapeOp::kDatetime: return read_into(slot, text, read_datetime, cause::kNotDatetime);
    case ShapeOp::kTimestamp: return read_into(slot, text, read_timestamp, cause::kNotTimestamp);
    case ShapeOp::kZoned: {
      Zoned value;
      if (const char* const why = read_zoned(text, value)) return why;
      char* const bytes = static_cast<char*>(arena_allocate(context, 8 + value.zone.size()));
      put(slot, Text{bytes, pack_zoned(value, bytes)});
      return nullptr;
    }
    case ShapeOp::kDuration: return read_into(slot, text, read_duration, cause::kNotDuration);
    case ShapeOp::kEnum: {
      const auto found = shape.names->index.find(text);
      const int64_t variant = found == shape.names->index.end() ? shape.names->other : found->second;
      put(slot, variant);
      return variant < 0 ? cause::kNotVariant : nullptr;
    }
    case ShapeOp::kBool: return cause::kNotBool;
    case ShapeOp::kInt: return cause::kNotInt;
    case ShapeOp::kDecimal:
    case ShapeOp::kFloat: return cause::kNotNumber;
    case ShapeOp::kJson:
    case ShapeOp::kScalar:
    case ShapeOp::kList:
    case ShapeOp::kSet: return cause::kNotList;
    case ShapeOp::kMap:
    case ShapeOp::kRecord: return cause::kNotMap;
  }
  return cause::kNotText;
}

const char* cell_value(const Shape& shape, std::string_view text, void* slot, Context& context) {
  switch (shape.op) {
    case ShapeOp::kBool:
      if (text != "true" && text != "false") return cause::kNotBool;
      put(slot, text == "true");
      return nullptr;
    case ShapeOp::kInt: {
      int64_t value = 0;
      if (text.find('.') != std::string_view::npos || read_int64(text, NumberForm::kPlain, value) != NumberError::kNone)
        return cause::kNotInt;
      put(slot, value);
      return value < shape.low || value > shape.high ? cause::kIntRange : nullptr;
    }
    case ShapeOp::kDecimal: {
      int128 value = 0;
      const NumberError error = read_decimal(text, NumberForm::kPlain, shape.precision, shape.scale, value);
      put(slot, value);
      return cause_of(error);
    }
    case ShapeOp::kFloat: {
      double value = 0;
      const bool plus = !text.empty() && text[0] == '+';
      const char* first = text.data() + plus;
      const char* last = text.data() + text.size();
      if (first == last || !((*first >= '0' && *first <= '9') || (*first == '-' && !plus))) return cause::kNotNumber;
      const auto [end, error] = std::from_chars(first, last, value);
      if (error == std::errc::result_out_of_range) return cause::kFloatRange;
      if (error != std::errc() || end != last || !std::isfinite(value)) return cause::kNotNumber;
      put(slot, value);
      return nullptr;
    }
    case ShapeOp::kJson:
      put(slot, Text{text.data(), text.size()});
      return prove_json(text, 256).cause == nullptr ? nullptr : cause::kNotJson;
    case ShapeOp::kScalar: {
      Cell& cell = *static_cast<Cell*>(slot);
      cell.text = Text{text.data(), text.size()};
      cell.kind = ScalarKind::kText;
      cell.state = Presence::kValue;
      return nullptr;
    }
    case ShapeOp::kList:
    case ShapeOp::kSet: return list_of_csv(shape, text, slot, context);
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kUuid:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kZoned:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum:
    case ShapeOp::kMap:
    case ShapeOp::kRecord: return text_value(shape, text, slot, context);
  }
  return cause::kNotText;
}

bool equal_values(const Shape& shape, const Cell& a, const Cell& b) {
  if (a.state != b.state) return false;
  if (a.state != Presence::kValue) return true;
  switch (shape.op) {
    case ShapeOp::kBool: return a.boolean == b.boolean;
    case ShapeOp::kInt:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum: return a.integer == b.integer;
    case ShapeOp::kFloat: return a.real == b.real;
    case ShapeOp::kDecimal:
    case ShapeOp::kUuid: return a.decimal == b.decimal;
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kZoned:
    case ShapeOp::kJson: return a.text.view() == b.text.view();
    case ShapeOp::kScalar:
      if (a.kind != b.kind) return false;
      switch (a.kind) {
        case ScalarKind::kBool: return a.boolean == b.boolean;
        case ScalarKind::kInt: return a.integer == b.integer;
        case ScalarKind::kDecimal: return a.decimal == b.decimal && a.scale == b.scale;
        case ScalarKind::kText: return a.text.view() == b.text.view();
      }
      return false;
    case ShapeOp::kList:
    case ShapeOp::kSet:
      if (a.list.count != b.list.count) return false;
      for (uint64_t i = 0; i < a.list.count; ++i) {
        if (!equal_values(*shape.element, a.list.items[i], b.list.items[i])) return false;
      }
      return true;
    case ShapeOp::kRecord:
      for (uint64_t i = 0; i < a.list.count; ++i) {
        if (!equal_values(*shape.members[i], a.list.items[i], b.list.items[i])) return false;
      }
      return true;
    case ShapeOp::kMap:
      if (a.map.count != b.map.count) return false;
      for (uint64_t i = 0; i < a.map.count; ++i) {
        if (!equal_values(*shape.key, a.map.entries[i].key, b.map.entries[i].key) ||
            !equal_values(*shape.element, a.map.entries[i].value, b.map.entries[i].value))
          return false;
      }
      return true;
  }
  return false;
}

uint64_t hash_value(const Shape& shape, const Cell& cell) {
  if (cell.state != Presence::kValue) return 0;
  switch (shape.op) {
    case ShapeOp::kText:
    case ShapeOp::kBytes:
    case ShapeOp::kZoned:
    case ShapeOp::kJson: return std::hash<std::string_view>{}(cell.text.view());
    case ShapeOp::kBool: return cell.boolean ? 2 : 1;
    case ShapeOp::kInt:
    case ShapeOp::kDate:
    case ShapeOp::kTime:
    case ShapeOp::kDatetime:
    case ShapeOp::kTimestamp:
    case ShapeOp::kDuration:
    case ShapeOp::kEnum: return static_cast<uint64_t>(cell.integer) * 0x9E3779B97F4A7C15ull;
    case ShapeOp::kDecimal:
    case ShapeOp::kUuid: return static_cast<uint64_t>(cell.decimal ^ (cell.decimal >> 64)) * 0x9E3779B97F4A7C15ull;
    case ShapeOp::kFloat:
    case ShapeOp::kScalar:
    case ShapeOp::kList:
    case ShapeOp::kSet:
    case ShapeOp::kMap:
    case ShapeOp::kRecord: return 1;
  }
  return 1;
}

uint64_t distinct_items(const Shape& element, Cell* items, uint64_t count) {
  uint64_t kept = 0;
  if (count <= 32) {
    for (uint64_t i = 0; i < count; ++i) {
      bool seen = false;
      for (uint64_t k = 0; k < kept && !seen; ++k) seen = equal_values(element, items[k], items[i]);
      if (!seen) items[kept++] = items[i];
    }
    return kept;
  }
  auto hash = [&](uint64_t i) { return static_cast<size_t>(hash_value(element, items[i])); };
  auto equal = [&](uint64_t a, uint64_t b) { return equal_values(element, items[a], items[b]); };
  std::unordered_set<uint64_t, decltype(hash), decltype(equal)> seen(count, hash, equal);
  for (uint64_t i = 0; i < count; ++i) {
    items[kept] = items[i];
    if (seen.insert(kept).second) ++kept;
  }
  return kept;
}

}  // namespace mig
