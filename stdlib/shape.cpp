#include "stdlib/shape.h"

#include <cstring>

#include "runtime/types/decimal.h"

namespace mig::stdlib {

namespace {

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int order_texts(const Text& a, const Text& b) {
  const uint64_t size = a.size < b.size ? a.size : b.size;
  const int result = size == 0 ? 0 : std::memcmp(a.data, b.data, size);
  if (result != 0) return result < 0 ? -1 : 1;
  return order(a.size, b.size);
}

bool is_number(ScalarKind kind) { return kind == ScalarKind::kInt || kind == ScalarKind::kDecimal; }

// Numbers of different scales compare by value; a number that cannot be brought up is larger in magnitude.
int order_numbers(int128 a, int a_scale, int128 b, int b_scale) {
  int128 scaled = 0;
  if (a_scale == b_scale) return order(a, b);
  if (a_scale < b_scale) {
    if (!decimal_rescale(a, a_scale, b_scale, Rounding::kDown, scaled)) return a < 0 ? -1 : 1;
    return order(scaled, b);
  }
  if (!decimal_rescale(b, b_scale, a_scale, Rounding::kDown, scaled)) return b < 0 ? 1 : -1;
  return order(a, scaled);
}

int order_scalars(const Cell& a, const Cell& b) {
  if (is_number(a.kind) && is_number(b.kind)) {
    const bool a_int = a.kind == ScalarKind::kInt, b_int = b.kind == ScalarKind::kInt;
    return order_numbers(a_int ? a.integer : a.decimal, a_int ? 0 : a.scale, b_int ? b.integer : b.decimal, b_int ? 0 : b.scale);
  }
  if (a.kind != b.kind) return order(static_cast<int>(a.kind), static_cast<int>(b.kind));
  return a.kind == ScalarKind::kBool ? order(a.boolean, b.boolean) : order_texts(a.text, b.text);
}

bool contains(const ValueShape& shape, const List& list, const Cell& cell) {
  for (uint64_t i = 0; i < list.count; ++i) {
    if (cells_equal(shape, list.items[i], cell)) return true;
  }
  return false;
}

bool maps_equal(const ValueShape& shape, const Map& a, const Map& b) {
  if (a.count != b.count) return false;
  for (uint64_t i = 0; i < a.count; ++i) {
    const MapEntry* other = nullptr;
    if (cells_equal(shape.parts[0], a.entries[i].key, b.entries[i].key)) {
      other = &b.entries[i];
    } else {
      for (uint64_t k = 0; k < b.count && other == nullptr; ++k) {
        if (cells_equal(shape.parts[0], a.entries[i].key, b.entries[k].key)) other = &b.entries[k];
      }
    }
    if (other == nullptr || !cells_equal(shape.parts[1], a.entries[i].value, other->value)) return false;
  }
  return true;
}

uint64_t mix(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xD6E8FEB86659FD93u;
  hash ^= hash >> 32;
  return hash;
}

uint64_t hash_bytes(const char* data, uint64_t size) {
  uint64_t hash = 0x9E3779B97F4A7C15u ^ size;
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, data, 8);
    hash = mix(hash ^ word) + 0x9E3779B97F4A7C15u;
    data += 8;
    size -= 8;
  }
  uint64_t word = 0;
  if (size != 0) std::memcpy(&word, data, size);
  return mix(hash ^ word);
}

uint64_t hash_number(int128 value, int scale) {
  while (scale > 0 && value % 10 == 0) {
    value /= 10;
    --scale;
  }
  return mix(static_cast<uint64_t>(value) ^ mix(static_cast<uint64_t>(value >> 64) + static_cast<uint64_t>(scale)));
}

}  // namespace

bool cells_equal(const ValueShape& shape, const Cell& a, const Cell& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
  switch (shape.form) {
    case ValueShape::Form::kBool: return a.boolean == b.boolean;
    case ValueShape::Form::kInt: return a.integer == b.integer;
    case ValueShape::Form::kReal: return a.real == b.real;
    case ValueShape::Form::kDecimal:
    case ValueShape::Form::kUnsigned: return a.decimal == b.decimal;
    case ValueShape::Form::kText:
      return a.text.size == b.text.size && (a.text.size == 0 || std::memcmp(a.text.data, b.text.data, a.text.size) == 0);
    case ValueShape::Form::kPair: return a.integer == b.integer && a.extra == b.extra;
    case ValueShape::Form::kMoney: return a.extra == b.extra && order_numbers(a.decimal, a.scale, b.decimal, b.scale) == 0;
    case ValueShape::Form::kScalar: return order_scalars(a, b) == 0;
    case ValueShape::Form::kList:
      if (a.list.count != b.list.count) return false;
      for (uint64_t i = 0; i < a.list.count; ++i) {
        if (!cells_equal(shape.parts[0], a.list.items[i], b.list.items[i])) return false;
      }
      return true;
    case ValueShape::Form::kSet:
      for (uint64_t i = 0; i < a.list.count; ++i) {
        if (!contains(shape.parts[0], b.list, a.list.items[i])) return false;
      }
      for (uint64_t i = 0; i < b.list.count; ++i) {
        if (!contains(shape.parts[0], a.list, b.list.items[i])) return false;
      }
      return true;
    case ValueShape::Form::kMap: return maps_equal(shape, a.map, b.map);
    case ValueShape::Form::kRecord:
      for (size_t i = 0; i < shape.parts.size(); ++i) {
        if (!cells_equal(shape.parts[i], a.list.items[i], b.list.items[i])) return false;
      }
      return true;
  }
  return false;
}

int compare_cells(const ValueShape& shape, const Cell& a, const Cell& b) {
  if (!a.has_value() || !b.has_value()) return order(!a.has_value(), !b.has_value());
  switch (shape.form) {
    case ValueShape::Form::kBool: return order(a.boolean, b.boolean);
    case ValueShape::Form::kInt: return order(a.integer, b.integer);
    case ValueShape::Form::kReal: {
      const bool a_nan = a.real != a.real, b_nan = b.real != b.real;
      return a_nan || b_nan ? order(a_nan, b_nan) : order(a.real, b.real);
    }
    case ValueShape::Form::kDecimal: return order(a.decimal, b.decimal);
    case ValueShape::Form::kUnsigned: return order(static_cast<uint128>(a.decimal), static_cast<uint128>(b.decimal));
    case ValueShape::Form::kText: return order_texts(a.text, b.text);
    case ValueShape::Form::kPair: return a.integer != b.integer ? order(a.integer, b.integer) : order(a.extra, b.extra);
    case ValueShape::Form::kMoney:
      return a.extra != b.extra ? order(a.extra, b.extra) : order_numbers(a.decimal, a.scale, b.decimal, b.scale);
    case ValueShape::Form::kScalar: return order_scalars(a, b);
    case ValueShape::Form::kList:
    case ValueShape::Form::kSet: {
      const uint64_t count = a.list.count < b.list.count ? a.list.count : b.list.count;
      for (uint64_t i = 0; i < count; ++i) {
        if (const int result = compare_cells(shape.parts[0], a.list.items[i], b.list.items[i])) return result;
      }
      return order(a.list.count, b.list.count);
    }
    case ValueShape::Form::kMap: {
      const uint64_t count = a.map.count < b.map.count ? a.map.count : b.map.count;
      for (uint64_t i = 0; i < count; ++i) {
        if (const int result = compare_cells(shape.parts[0], a.map.entries[i].key, b.map.entries[i].key)) return result;
        if (const int result = compare_cells(shape.parts[1], a.map.entries[i].value, b.map.entries[i].value)) return result;
      }
      return order(a.map.count, b.map.count);
    }
    case ValueShape::Form::kRecord:
      for (size_t i = 0; i < shape.parts.size(); ++i) {
        if (const int result = compare_cells(shape.parts[i], a.list.items[i], b.list.items[i])) return result;
      }
      return 0;
  }
  return 0;
}

uint64_t hash_cell(const ValueShape& shape, const Cell& cell) {
  if (!cell.has_value()) return 0x5851F42D4C957F2Du;
  switch (shape.form) {
    case ValueShape::Form::kBool: return mix(cell.boolean ? 2 : 1);
    case ValueShape::Form::kInt: return mix(static_cast<uint64_t>(cell.integer) ^ 0x9E3779B97F4A7C15u);
    case ValueShape::Form::kReal: {
      const double value = cell.real == 0 ? 0 : cell.real;  // both zeros are equal
      uint64_t bits;
      std::memcpy(&bits, &value, 8);
      return mix(bits);
    }
    case ValueShape::Form::kDecimal:
    case ValueShape::Form::kUnsigned: return hash_number(cell.decimal, 0);
    case ValueShape::Form::kText: return hash_bytes(cell.text.data, cell.text.size);
    case ValueShape::Form::kPair: return mix(mix(static_cast<uint64_t>(cell.integer)) + cell.extra);
    case ValueShape::Form::kMoney: return hash_number(cell.decimal, cell.scale) + cell.extra;
    case ValueShape::Form::kScalar:
      switch (cell.kind) {
        case ScalarKind::kBool: return mix(cell.boolean ? 2 : 1);
        case ScalarKind::kInt: return hash_number(cell.integer, 0);
        case ScalarKind::kDecimal: return hash_number(cell.decimal, cell.scale);
        case ScalarKind::kText: return hash_bytes(cell.text.data, cell.text.size);
      }
      return 0;
    case ValueShape::Form::kList: {
      uint64_t hash = cell.list.count;
      for (uint64_t i = 0; i < cell.list.count; ++i) hash = mix(hash) + hash_cell(shape.parts[0], cell.list.items[i]);
      return hash;
    }
    case ValueShape::Form::kSet: return 7;  // order and repetition do not matter
    case ValueShape::Form::kMap: {
      uint64_t hash = cell.map.count;  // entries in any order
      for (uint64_t i = 0; i < cell.map.count; ++i) {
        hash += mix(hash_cell(shape.parts[0], cell.map.entries[i].key) + mix(hash_cell(shape.parts[1], cell.map.entries[i].value)));
      }
      return hash;
    }
    case ValueShape::Form::kRecord: {
      uint64_t hash = 11;
      for (size_t i = 0; i < shape.parts.size(); ++i) hash = mix(hash) + hash_cell(shape.parts[i], cell.list.items[i]);
      return hash;
    }
  }
  return 0;
}

}  // namespace mig::stdlib
