#include "runtime/engine/dedupe/key_entry.h"

#include <algorithm>
#include <cstring>
#include <xxhash.h>

#include "runtime/connectors/sink_field.h"
#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig {
namespace {

template <class Unsigned>
void put_big_endian(std::string& out, Unsigned value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<uint8_t>(value >> shift));
}

template <class Unsigned>
bool take_big_endian(std::string_view& bytes, Unsigned& value) {
  if (bytes.size() < sizeof value) return false;
  value = 0;
  for (size_t i = 0; i < sizeof value; ++i) value = static_cast<Unsigned>(value << 8) | static_cast<uint8_t>(bytes[i]);
  bytes.remove_prefix(sizeof value);
  return true;
}

constexpr uint64_t kSign = uint64_t{1} << 63;
constexpr uint128 kSign128 = uint128{1} << 127;

void put_text(std::string& out, std::string_view text) {
  for (size_t zero = text.find('\0'); zero != std::string_view::npos; zero = text.find('\0')) {
    out.append(text.substr(0, zero + 1));
    out += '\xff';
    text.remove_prefix(zero + 1);
  }
  out.append(text);
  out.append(2, '\0');
}

bool take_text(std::string_view& bytes, std::string& text) {
  text.clear();
  while (bytes.size() >= 2) {
    if (bytes[0] != '\0') {
      text += bytes[0];
      bytes.remove_prefix(1);
      continue;
    }
    const bool end = bytes[1] == '\0';
    bytes.remove_prefix(2);
    if (end) return true;
    text += '\0';
  }
  return false;
}

void put_optional(std::string& out, const Cell& cell, TypeId type, const TypeTable& types) {
  out += cell.has_value() ? '\0' : '\1';
  append_ordered(out, cell, type, types);
}

uint64_t ordered_real(double value) {
  if (value == 0) value = 0;  // -0 equals 0
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

}  // namespace

void append_ordered(std::string& out, const Cell& cell, TypeId id, const TypeTable& types) {
  if (!cell.has_value()) return;
  const Type& type = types[id];
  switch (storage_of(type.kind)) {
    case Storage::kBool: out += cell.boolean ? '\1' : '\0'; return;
    case Storage::kInt: put_big_endian(out, static_cast<uint64_t>(cell.integer) ^ kSign); return;
    case Storage::kReal: put_big_endian(out, ordered_real(cell.real)); return;
    case Storage::kDecimal:
      put_big_endian(out, static_cast<uint128>(cell.decimal) ^ (type.kind == Kind::kUuid ? uint128{0} : kSign128));
      return;
    case Storage::kText: put_text(out, cell.text.view()); return;
    case Storage::kScalar: {
      // Integers and decimals of one value are equal: both are written with the scale in which they have no trailing zero.
      put_big_endian(out, static_cast<uint32_t>(cell.extra));
      int128 value = cell.kind == ScalarKind::kInt ? cell.integer : cell.decimal;
      uint8_t scale = cell.kind == ScalarKind::kInt ? uint8_t{0} : cell.scale;
      switch (type.kind == Kind::kScalar ? cell.kind : type.kind == Kind::kMoney ? ScalarKind::kDecimal : ScalarKind::kInt) {
        case ScalarKind::kBool:
          out += '\0';
          out += cell.boolean ? '\1' : '\0';
          return;
        case ScalarKind::kText:
          out += '\2';
          put_text(out, cell.text.view());
          return;
        case ScalarKind::kInt:
          if (type.kind != Kind::kScalar) {
            value = cell.integer;
            scale = 0;
          }
          break;
        case ScalarKind::kDecimal: break;
      }
      while (scale > 0 && value % 10 == 0) {
        value /= 10;
        --scale;
      }
      out += '\1';
      put_big_endian(out, static_cast<uint128>(value) ^ kSign128);
      out += static_cast<char>(scale);
      return;
    }
    case Storage::kList:
      if (type.kind != Kind::kRecord) put_big_endian(out, cell.list.count);
      for (uint64_t i = 0; i < cell.list.count; ++i) {
        const TypeId element = type.kind == Kind::kRecord ? type.fields[i].type : type.element;
        put_optional(out, cell.list.items[i], element, types);
      }
      return;
    case Storage::kMap: {
      // Equality ignores the order of entries.
      std::vector<std::string> entries;
      for (uint64_t i = 0; i < cell.map.count; ++i) {
        std::string& entry = entries.emplace_back();
        put_optional(entry, cell.map.entries[i].key, type.key, types);
        put_optional(entry, cell.map.entries[i].value, type.element, types);
      }
      std::sort(entries.begin(), entries.end());
      put_big_endian(out, cell.map.count);
      for (const std::string& entry : entries) out += entry;
      return;
    }
  }
}

bool read_ordered(std::string_view& bytes, Cell& cell, TypeId id, const TypeTable& types, std::string& text) {
  const Type& type = types[id];
  cell.state = Presence::kValue;
  switch (storage_of(type.kind)) {
    case Storage::kBool:
      if (bytes.empty()) return false;
      cell.boolean = bytes.front() != 0;
      bytes.remove_prefix(1);
      return true;
    case Storage::kInt: {
      uint64_t value = 0;
      if (!take_big_endian(bytes, value)) return false;
      cell.integer = static_cast<int64_t>(value ^ kSign);
      return true;
    }
    case Storage::kDecimal: {
      uint128 value = 0;
      if (!take_big_endian(bytes, value)) return false;
      cell.decimal = static_cast<int128>(value ^ (type.kind == Kind::kUuid ? uint128{0} : kSign128));
      return true;
    }
    case Storage::kText:
      if (!take_text(bytes, text)) return false;
      cell.text = {text.data(), text.size()};
      return true;
    case Storage::kReal:
    case Storage::kScalar:
    case Storage::kList:
    case Storage::kMap: return false;
  }
  return false;
}

KeyEntryMaker::KeyEntryMaker(const DedupePlan& dedupe, const SourcePlan& source, const TypeTable& types)
    : dedupe_(dedupe),
      source_(source),
      types_(types),
      text_key_(storage_of(types[dedupe.key_layout.fields[0].type].kind) == Storage::kText) {}

void KeyEntryMaker::append(const uint8_t* key_frame, const uint8_t* source_frame, uint64_t row, std::string& out) {
  const Cell key = load_cell(key_frame, dedupe_.key_layout, 0);
  if (!key.has_value()) return;
  key_.clear();
  append_ordered(key_, key, dedupe_.key_layout.fields[0].type, types_);
  const XXH128_hash_t hash = XXH3_128bits(key_.data(), key_.size());
  const size_t head_at = out.size();
  out.append(sizeof(KeyEntryHead), '\0');
  for (uint32_t i = 1; i < dedupe_.key_layout.fields.size(); ++i) {
    const Cell cell = load_cell(key_frame, dedupe_.key_layout, i);
    out += cell.has_value() ? '\0' : '\1';  // null and keep sort last in both directions
    const size_t begin = out.size();
    append_ordered(out, cell, dedupe_.key_layout.fields[i].type, types_);
    if (!dedupe_.descending[i - 1]) continue;
    for (size_t k = begin; k < out.size(); ++k) out[k] = static_cast<char>(~out[k]);
  }
  const size_t order_end = out.size();
  for (const uint32_t field : source_.key) {
    const Cell cell = load_cell(source_frame, source_.layout, field);
    put_optional(out, cell, source_.layout.fields[field].type, types_);
  }
  const KeyEntryHead head{hash.high64, hash.low64, row, static_cast<uint32_t>(order_end - head_at - sizeof(KeyEntryHead)),
                          static_cast<uint32_t>(out.size() - order_end)};
  std::memcpy(out.data() + head_at, &head, sizeof head);
}

bool KeyEntryMaker::hash(const uint8_t* key_frame, uint64_t& hash) {
  if (text_key_) {
    if (presence(key_frame, 0) != Presence::kValue) return false;
    Text key;
    std::memcpy(&key, key_frame + dedupe_.key_layout.fields[0].offset, sizeof key);
    hash = XXH3_64bits(key.data, key.size);
    return true;
  }
  const Cell key = load_cell(key_frame, dedupe_.key_layout, 0);
  if (!key.has_value()) return false;
  key_.clear();
  append_ordered(key_, key, dedupe_.key_layout.fields[0].type, types_);
  hash = XXH3_64bits(key_.data(), key_.size());
  return true;
}

SourceKeyText::SourceKeyText(const SourcePlan& source, const TypeTable& types, const std::vector<EnumType>& enums)
    : source_(source), types_(types), enums_(enums) {}

std::string SourceKeyText::json(std::string_view bytes) const {
  if (source_.key.empty()) return {};
  std::string out = "{", text;
  char buffer[kZonedTextSize];
  for (size_t i = 0; i < source_.key.size(); ++i) {
    const uint32_t field = source_.key[i];
    const FieldDecode& decode = source_.fields[field];
    const TypeId id = source_.layout.fields[field].type;
    const Type& type = types_[id];
    if (i > 0) out += ',';
    append_json_text(out, decode.wire_names.empty() ? source_.layout.fields[field].name : decode.wire_names.front());
    out += ':';
    if (bytes.empty()) return {};
    const bool has_value = bytes.front() == '\0';
    bytes.remove_prefix(1);
    Cell cell{};
    if (has_value && !read_ordered(bytes, cell, id, types_, text)) return {};
    if (!has_value) {
      out += "null";
      continue;
    }
    int size = 0;
    bool quoted = true;
    switch (type.kind) {
      case Kind::kBool: out += cell.boolean ? "true" : "false"; continue;
      case Kind::kInt:
        size = write_int64(cell.integer, buffer);
        quoted = false;
        break;
      case Kind::kDecimal:
        size = write_decimal(cell.decimal, type.scale, buffer);
        quoted = false;
        break;
      case Kind::kUuid: size = write_uuid(cell.decimal, buffer); break;
      case Kind::kDate: size = write_date(cell.integer, buffer); break;
      case Kind::kTime: size = write_time(cell.integer, buffer); break;
      case Kind::kDatetime: size = write_datetime(cell.integer, buffer); break;
      case Kind::kTimestamp: size = write_timestamp(cell.integer, buffer); break;
      case Kind::kZoned: size = write_zoned(unpack_zoned(cell.text.view()), buffer); break;
      case Kind::kEnum:
        append_json_text(out,
                         decode.personal ? std::string("***") : enums_[type.declaration].variants[static_cast<size_t>(cell.integer)].wire);
        continue;
      case Kind::kString:
      case Kind::kPosition: append_json_text(out, decode.personal ? std::string_view("***") : cell.text.view()); continue;
      case Kind::kFloat:
      case Kind::kPercent:
      case Kind::kMoney:
      case Kind::kBytes:
      case Kind::kJson:
      case Kind::kScalar:
      case Kind::kDuration:
      case Kind::kPeriod:
      case Kind::kList:
      case Kind::kSet:
      case Kind::kMap:
      case Kind::kRecord:
      case Kind::kNever:
      case Kind::kError:
      case Kind::kFunction:
      case Kind::kTypeVariable: return {};
    }
    if (decode.personal) {
      out += "\"***\"";
      continue;
    }
    if (quoted) out += '"';
    out.append(buffer, static_cast<size_t>(size));
    if (quoted) out += '"';
  }
  return out + "}";
}

}  // namespace mig
