#include "runtime/formats/values/write_value.h"

#include <charconv>
#include <cmath>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig {
namespace {

template <class T>
T read(const void* payload) {
  T value;
  std::memcpy(&value, payload, sizeof value);
  return value;
}

struct JsonSpecial {
  bool operator()(char c) const { return c == '"' || c == '\\' || static_cast<uint8_t>(c) < 0x20; }
#if MIG_SIMD_X86
  __m128i operator()(__m128i v) const {
    const __m128i space = _mm_set1_epi8(0x1F);
    return _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
                        _mm_cmpeq_epi8(_mm_min_epu8(v, space), v));
  }
#endif
};

char* escape_json(char* out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    if (!JsonSpecial{}(c)) {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    switch (c) {
      case '"':
      case '\\': *out++ = c; break;
      case '\n': *out++ = 'n'; break;
      case '\r': *out++ = 'r'; break;
      case '\t': *out++ = 't'; break;
      case '\b': *out++ = 'b'; break;
      case '\f': *out++ = 'f'; break;
      default:
        std::memcpy(out, "u00", 3);
        out[3] = kHex[static_cast<uint8_t>(c) >> 4];
        out[4] = kHex[c & 15];
        out += 5;
        break;
    }
  }
  return out;
}

[[gnu::noinline]] void put_escaped_text(OutBuffer& out, std::string_view text) {
  out.need(6 * text.size() + 2);
  out.put('"');
  out.next = escape_json(out.next, text);
  out.put('"');
}

void write_integer(OutBuffer& out, int64_t value) {
  out.need(kInt64TextSize);
  if (static_cast<uint64_t>(value) < 10) {
    out.put(static_cast<char>('0' + value));
  } else if (static_cast<uint64_t>(value) < 100) {
    write_two_digits(static_cast<uint32_t>(value), out.next);
    out.next += 2;
  } else {
    out.next += write_int64(value, out.next);
  }
}

void write_real(OutBuffer& out, double value) {
  out.need(64);
  if (!std::isfinite(value)) return out.put("null", 4);
  out.next = std::to_chars(out.next, out.next + 64, value).ptr;
}

/// RFC 4648 with padding.
void write_base64(OutBuffer& out, std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.need(bytes.size() / 3 * 4 + 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    uint32_t bits = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16;
    if (left > 1) bits |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8;
    if (left > 2) bits |= static_cast<uint8_t>(bytes[i + 2]);
    out.put(kDigits[bits >> 18]);
    out.put(kDigits[bits >> 12 & 63]);
    out.put(left > 1 ? kDigits[bits >> 6 & 63] : '=');
    out.put(left > 2 ? kDigits[bits & 63] : '=');
  }
}

/// Value and unit of money, as `12.50 EUR`.
void write_money(OutBuffer& out, const Cell& cell) {
  out.need(kDecimalTextSize + 4);
  out.next += write_decimal(cell.decimal, cell.scale, out.next);
  out.put(' ');
  for (int shift = 16; shift >= 0; shift -= 8) out.put(static_cast<char>(cell.extra >> shift & 0xFF));
}

/// Needs room for the text and two quotes.
MIG_ALWAYS_INLINE void put_text(OutBuffer& out, const Text& text) {
  *out.next = '"';
  if (copy_and_look(out.next + 1, text.data, text.size, JsonSpecial{})) [[unlikely]]
    return put_escaped_text(out, text.view());
  out.next += text.size + 1;
  *out.next++ = '"';
}

void write_scalar(OutBuffer& out, const Cell& cell, bool json) {
  switch (cell.kind) {
    case ScalarKind::kBool: out.need(5); return cell.boolean ? out.put("true", 4) : out.put("false", 5);
    case ScalarKind::kInt: return write_integer(out, cell.integer);
    case ScalarKind::kDecimal:
      out.need(kDecimalTextSize);
      out.next += write_decimal(cell.decimal, cell.scale, out.next);
      return;
    case ScalarKind::kText:
      if (json) {
        out.need(cell.text.size + 2);
        return put_text(out, cell.text);
      }
      out.need(cell.text.size);
      return out.put(cell.text.data, cell.text.size);
  }
}

void write_json_cell(OutBuffer& out, const WriteShape& shape, const Cell& cell) {
  if (cell.has_value()) return write_json(out, shape, &cell);
  out.need(4);
  out.put("null", 4);
}

void write_json_list(OutBuffer& out, const WriteShape& shape, const List& list) {
  out.need(2);
  out.put('[');
  if (shape.element->kind == Kind::kString) {
    for (uint64_t i = 0; i < list.count; ++i) {
      const Cell& cell = list.items[i];
      out.need(cell.has_value() ? cell.text.size + 4 : 8);
      if (i != 0) out.put(',');
      if (cell.has_value()) [[likely]] {
        put_text(out, cell.text);
      } else {
        out.put("null", 4);
      }
    }
    out.need(1);
    return out.put(']');
  }
  for (uint64_t i = 0; i < list.count; ++i) {
    out.need(1);
    if (i != 0) out.put(',');
    write_json_cell(out, *shape.element, list.items[i]);
  }
  out.need(1);
  out.put(']');
}

void write_json_map(OutBuffer& out, const WriteShape& shape, const Map& map) {
  out.need(2);
  out.put('{');
  bool first = true;
  for (uint64_t i = 0; i < map.count; ++i) {
    const MapEntry& entry = map.entries[i];
    if (entry.value.state == Presence::kAbsent || entry.value.state == Presence::kKeep) continue;
    out.need(shape.key->kind == Kind::kString ? entry.key.text.size + 4 : 2);
    if (!first) out.put(',');
    first = false;
    if (shape.key->kind == Kind::kString) [[likely]] {
      put_text(out, entry.key.text);
    } else if (is_always_plain(shape.key->kind)) {
      out.put('"');
      write_plain(out, *shape.key, &entry.key);
      out.need(1);
      out.put('"');
    } else {
      write_json(out, *shape.key, &entry.key);  // an enum or other text: has its quotes
    }
    out.need(1);
    out.put(':');
    if (shape.element->kind == Kind::kScalar && entry.value.has_value()) [[likely]] {
      write_scalar(out, entry.value, true);
    } else {
      write_json_cell(out, *shape.element, entry.value);
    }
  }
  out.need(1);
  out.put('}');
}

void write_json_record(OutBuffer& out, const WriteShape& shape, const List& list) {
  out.need(2);
  out.put('{');
  bool first = true;
  for (uint64_t i = 0; i < list.count; ++i) {
    const Cell& cell = list.items[i];
    if (!cell.has_value() && cell.state != Presence::kNull) continue;
    out.put_behind(shape.member_keys[i], first ? 1 : 0);
    first = false;
    write_json_cell(out, *shape.members[i], cell);
  }
  out.need(1);
  out.put('}');
}

}  // namespace

std::string json_key(std::string_view name) {
  std::string key(name.size() * 6 + 4, '\0');
  char* p = key.data();
  *p++ = ',';
  *p++ = '"';
  p = escape_json(p, name);
  *p++ = '"';
  *p++ = ':';
  key.resize(static_cast<size_t>(p - key.data()));
  return key;
}

bool is_always_plain(Kind kind) {
  switch (kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kUuid:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kPeriod: return true;
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kZoned:
    case Kind::kEnum:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return false;
  }
  return false;
}

void write_json_text(OutBuffer& out, std::string_view text) {
  out.need(text.size() + 2);
  put_text(out, {text.data(), text.size()});
}

void write_json(OutBuffer& out, const WriteShape& shape, const void* payload) {
  switch (shape.kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kPercent:
    case Kind::kFloat: return write_plain(out, shape, payload);
    case Kind::kString:
    case Kind::kPosition: return write_json_text(out, read<Text>(payload).view());
    case Kind::kJson: return write_plain(out, shape, payload);
    case Kind::kEnum: return out.put(shape.json_variants[static_cast<size_t>(read<int64_t>(payload))]);
    case Kind::kScalar: return write_scalar(out, *static_cast<const Cell*>(payload), true);
    case Kind::kList:
    case Kind::kSet: return write_json_list(out, shape, read<List>(payload));
    case Kind::kMap: return write_json_map(out, shape, read<Map>(payload));
    case Kind::kRecord: return write_json_record(out, shape, read<List>(payload));
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kZoned:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable:
      out.need(1);
      out.put('"');
      write_plain(out, shape, payload);
      out.need(1);
      out.put('"');
      return;
  }
}

void write_plain(OutBuffer& out, const WriteShape& shape, const void* payload) {
  out.need(64);
  switch (shape.kind) {
    case Kind::kBool: return read<uint8_t>(payload) != 0 ? out.put("true", 4) : out.put("false", 5);
    case Kind::kInt: return write_integer(out, read<int64_t>(payload));
    case Kind::kDecimal:
    case Kind::kPercent: out.next += write_decimal(read<int128>(payload), shape.scale, out.next); return;
    case Kind::kFloat: return write_real(out, read<double>(payload));
    case Kind::kMoney: return write_money(out, *static_cast<const Cell*>(payload));
    case Kind::kString:
    case Kind::kJson:
    case Kind::kPosition: {
      const Text text = read<Text>(payload);
      out.need(text.size);
      return out.put(text.data, text.size);
    }
    case Kind::kBytes: return write_base64(out, read<Text>(payload).view());
    case Kind::kUuid: out.next += write_uuid(read<int128>(payload), out.next); return;
    case Kind::kDate: out.next += write_date(read<int64_t>(payload), out.next); return;
    case Kind::kTime: out.next += write_time(read<int64_t>(payload), out.next); return;
    case Kind::kDatetime: out.next += write_datetime(read<int64_t>(payload), out.next); return;
    case Kind::kTimestamp: out.next += write_timestamp(read<int64_t>(payload), out.next); return;
    case Kind::kZoned:
      out.need(kZonedTextSize);
      out.next += write_zoned(unpack_zoned(read<Text>(payload).view()), out.next);
      return;
    case Kind::kDuration: out.next += write_duration(read<int64_t>(payload), out.next); return;
    case Kind::kPeriod: {
      const Cell& cell = *static_cast<const Cell*>(payload);
      out.next += write_period(cell.integer, static_cast<int32_t>(cell.extra), out.next);
      return;
    }
    case Kind::kEnum: {
      const std::string& text = shape.variants[static_cast<size_t>(read<int64_t>(payload))];
      out.need(text.size());
      return out.put(text.data(), text.size());
    }
    case Kind::kScalar: return write_scalar(out, *static_cast<const Cell*>(payload), false);
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord: return write_json(out, shape, payload);
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return;
  }
}

}  // namespace mig
