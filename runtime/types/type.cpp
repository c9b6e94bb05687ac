#include "runtime/types/type.h"

#include <functional>

#include "runtime/types/percent.h"

namespace mig {

namespace {

constexpr std::string_view kKindNames[] = {
#define MIG_KIND(enumerator, name, storage) name,
#include "runtime/types/type_kinds.def"
#undef MIG_KIND
};

constexpr Storage kKindStorages[] = {
#define MIG_KIND(enumerator, name, storage) Storage::k##storage,
#include "runtime/types/type_kinds.def"
#undef MIG_KIND
};

void mix(size_t& hash, size_t value) { hash ^= value + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2); }

size_t hash_of(const Type& type) {
  size_t hash = static_cast<size_t>(type.kind);
  mix(hash, (type.nullable ? 1u : 0u) | (type.may_keep ? 2u : 0u));
  mix(hash, static_cast<size_t>(type.low));
  mix(hash, static_cast<size_t>(type.high));
  mix(hash, static_cast<size_t>(type.precision << 8 | type.scale));
  mix(hash, static_cast<size_t>(type.unit));
  if (!type.name.empty()) mix(hash, std::hash<std::string>()(type.name));
  mix(hash, type.declaration);
  mix(hash, type.element);
  mix(hash, type.key);
  for (const RecordField& field : type.fields) {
    mix(hash, std::hash<std::string>()(field.name));
    mix(hash, field.type * size_t{2} + (field.optional ? 1 : 0));
  }
  return hash;
}

std::string bounds_text(const Type& type) {
  if (type.low == kUnboundedLow && type.high == kUnboundedHigh) return {};
  std::string text = "(";
  if (type.low != kUnboundedLow) text += std::to_string(type.low);
  text += "..";
  if (type.high != kUnboundedHigh) text += std::to_string(type.high);
  return text + ")";
}

// A length of 0 or more says nothing.
std::string length_text(const Type& type) {
  if (type.low > 0 || type.high != kUnboundedHigh) return bounds_text(type);
  return {};
}

}  // namespace

std::string_view kind_name(Kind kind) { return kKindNames[static_cast<size_t>(kind)]; }

Storage storage_of(Kind kind) { return kKindStorages[static_cast<size_t>(kind)]; }

uint32_t storage_size(Storage storage) {
  switch (storage) {
    case Storage::kBool: return 1;
    case Storage::kInt: return 8;
    case Storage::kReal: return 8;
    case Storage::kDecimal: return 16;
    case Storage::kText: return 16;
    case Storage::kList: return 16;
    case Storage::kMap: return 16;
    case Storage::kScalar: return 32;
  }
  return 0;
}

TypeTable::TypeTable() = default;

TypeId TypeTable::intern(Type type) {
  if (type.kind == Kind::kPercent) type.scale = kPercentScale;
  const size_t hash = hash_of(type);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (types_[it->second] == type) return it->second;
  }
  const TypeId id = static_cast<TypeId>(types_.size());
  types_.push_back(std::move(type));
  by_hash_.emplace(hash, id);
  return id;
}

TypeId TypeTable::of(Kind kind) {
  Type type;
  type.kind = kind;
  return intern(std::move(type));
}

TypeId TypeTable::integer(int64_t low, int64_t high) {
  Type type;
  type.kind = Kind::kInt;
  type.low = low;
  type.high = high;
  return intern(std::move(type));
}

TypeId TypeTable::decimal(uint8_t precision, uint8_t scale) {
  Type type;
  type.kind = Kind::kDecimal;
  type.precision = precision;
  type.scale = scale;
  return intern(std::move(type));
}

TypeId TypeTable::string(int64_t low, int64_t high, LengthUnit unit) {
  Type type;
  type.kind = Kind::kString;
  type.low = low;
  type.high = high;
  type.unit = unit;
  return intern(std::move(type));
}

TypeId TypeTable::list(TypeId element) {
  Type type;
  type.kind = Kind::kList;
  type.element = element;
  return intern(std::move(type));
}

TypeId TypeTable::map(TypeId key, TypeId value) {
  Type type;
  type.kind = Kind::kMap;
  type.key = key;
  type.element = value;
  return intern(std::move(type));
}

TypeId TypeTable::nullable(TypeId id) {
  if (types_[id].nullable) return id;
  Type type = types_[id];
  type.nullable = true;
  return intern(std::move(type));
}

TypeId TypeTable::non_null(TypeId id) {
  if (!types_[id].nullable) return id;
  Type type = types_[id];
  type.nullable = false;
  return intern(std::move(type));
}

std::string TypeTable::text(TypeId id) const {
  if (id >= types_.size()) return "?";
  const Type& type = types_[id];
  std::string text;
  switch (type.kind) {
    case Kind::kInt: text = type.name.empty() ? "int" + bounds_text(type) : type.name; break;
    case Kind::kDecimal:
      if (!type.name.empty()) {
        text = type.name;
      } else if (type.precision == 0) {
        text = "decimal";
      } else {
        text = "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
      }
      break;
    case Kind::kMoney: text = type.name.empty() ? "money" : "money<" + type.name + ">"; break;
    case Kind::kString: text = type.name.empty() ? "string" + length_text(type) : type.name; break;
    case Kind::kList:
    case Kind::kSet: text = std::string(kind_name(type.kind)) + "<" + this->text(type.element) + ">" + length_text(type); break;
    case Kind::kMap: text = "map<" + this->text(type.key) + ", " + this->text(type.element) + ">" + length_text(type); break;
    case Kind::kRecord:
      if (!type.name.empty()) {
        text = type.name;
        break;
      }
      text = "{";
      for (size_t i = 0; i < type.fields.size(); ++i) {
        const RecordField& field = type.fields[i];
        text += (i == 0 ? " " : ", ") + field.name + (field.optional ? "?: " : ": ") + this->text(field.type);
      }
      text += type.fields.empty() ? "}" : " }";
      break;
    case Kind::kFunction:
      text = "(";
      for (size_t i = 0; i < type.fields.size(); ++i) {
        if (i != 0) text += ", ";
        text += this->text(type.fields[i].type);
      }
      text += ") -> " + this->text(type.element);
      break;
    case Kind::kEnum:
    case Kind::kTypeVariable:
    case Kind::kBool:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError: text = type.name.empty() ? std::string(kind_name(type.kind)) : type.name; break;
  }
  if (type.nullable) text = type.kind == Kind::kFunction ? "(" + text + ")?" : text + "?";
  return text;
}

}  // namespace mig
