// The in-memory shape of every value that a compiled map handles. Plain data: shared by C++, by LLVM bitcode and by JIT code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mig {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/// What stands in a field. A zeroed frame has every field absent. Everything but kValue reads as null in expressions.
enum class Presence : uint8_t {
  kAbsent = 0,  // source: the record has no such field; target: never assigned, so left out
  kValue = 1,
  kNull = 2,         // source: the field is there and null; target: clear the field
  kKeep = 3,         // target: leave the stored value alone
  kUnavailable = 4,  // change stream: the value was not sent
};

/// UTF-8 text or raw bytes; borrowed from the input buffer, from a constant, or from the batch's arena. `data` may be null when size is 0.
struct Text {
  const char* data;
  uint64_t size;  // bytes

  std::string_view view() const { return {data, size}; }
};

/// The alternatives of a `scalar`.
enum class ScalarKind : uint8_t { kBool = 0, kInt = 1, kDecimal = 2, kText = 3 };

struct Cell;
struct MapEntry;

/// list<T>, set<T>: `count` cells. record `{a: T}`: one cell a field, in declaration order.
struct List {
  Cell* items;
  uint64_t count;
};

/// map<K, V>: entries in document order, keys distinct.
struct Map {
  MapEntry* entries;
  uint64_t count;
};

/// One value with its presence: an element of a list, record or map, a nullable argument or result, and a `scalar`.
/// The payload stands at offset 0, so a pointer to a Cell is also a pointer to its payload.
struct Cell {
  union alignas(16) {
    bool boolean;     // bool
    int64_t integer;  // int, date (days since 1970-01-01), time (microseconds of the day), datetime and timestamp (microseconds
                      // since 1970-01-01T00:00:00, civil or UTC), duration (microseconds), enum (variant index)
    double real;      // float
    int128 decimal;   // decimal, percent: unscaled value; the scale is the type's (for a scalar: `scale`). uuid: big-endian number
    Text text;        // string, refined strings, bytes, json (raw JSON text), position, zoned (pack_zoned)
    List list;        // list, set, record
    Map map;
  };
  Presence state;
  ScalarKind kind;  // scalar only
  uint8_t scale;    // scalar decimals only: digits behind the point
  uint8_t reserved;
  uint32_t extra;  // period: days beside months in `integer`; money: currency as three letters; else 0

  bool has_value() const { return state == Presence::kValue; }
};

struct MapEntry {
  Cell key;
  Cell value;
};

static_assert(sizeof(Cell) == 32 && sizeof(MapEntry) == 64);

}  // namespace mig
