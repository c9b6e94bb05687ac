// Types of the language, interned: two equal types have one TypeId. Used by the checker, both engines, decoders and encoders.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mig {

enum class Kind : uint8_t {
#define MIG_KIND(enumerator, name, storage) enumerator,
#include "runtime/types/type_kinds.def"
#undef MIG_KIND
};

/// How a value of a kind lies in a frame.
enum class Storage : uint8_t { kBool, kInt, kReal, kDecimal, kText, kList, kMap, kScalar };

std::string_view kind_name(Kind kind);
Storage storage_of(Kind kind);
/// Bytes of one slot: 1, 8, 16 or 32. Slots are aligned to min(size, 16).
uint32_t storage_size(Storage storage);

using TypeId = uint32_t;
constexpr TypeId kNoType = 0xFFFFFFFFu;
constexpr int64_t kUnboundedLow = std::numeric_limits<int64_t>::min();
constexpr int64_t kUnboundedHigh = std::numeric_limits<int64_t>::max();

/// What a string bound counts.
enum class LengthUnit : uint8_t { kCodePoints, kUtf16, kBytes };

struct RecordField {
  std::string name;
  TypeId type = kNoType;
  bool optional = false;  // declared `name?:`: may be absent
  bool operator==(const RecordField&) const = default;
};

struct Type {
  Kind kind = Kind::kError;
  bool nullable = false;                      // T?
  bool may_keep = false;                      // expression types only: the value may be `keep`
  int64_t low = kUnboundedLow;                // int: least value; string, list: least length
  int64_t high = kUnboundedHigh;              // int: greatest value; string, list: greatest length
  uint8_t precision = 0;                      // decimal: 1..38; 0 means "any, inferred" (signatures only)
  uint8_t scale = 0;                          // decimal
  LengthUnit unit = LengthUnit::kCodePoints;  // string
  std::string name;                           // enum, refined type, named record, currency of money, type variable; else empty
  uint32_t declaration = 0xFFFFFFFFu;         // enum: index into the program's enums; refined: the checker's symbol
  TypeId element = kNoType;                   // list, set: element; map: value; function: result
  TypeId key = kNoType;                       // map
  std::vector<RecordField> fields;            // record; function: parameters
  bool operator==(const Type&) const = default;
};

/// Owns interned types. References stay valid for the table's life. Single-threaded while types are added.
class TypeTable {
 public:
  TypeTable();
  TypeId intern(Type type);
  const Type& operator[](TypeId id) const { return types_[id]; }
  size_t size() const { return types_.size(); }

  TypeId of(Kind kind);  // without bounds
  TypeId integer(int64_t low, int64_t high);
  TypeId decimal(uint8_t precision, uint8_t scale);
  TypeId string(int64_t low, int64_t high, LengthUnit unit = LengthUnit::kCodePoints);
  TypeId list(TypeId element);
  TypeId map(TypeId key, TypeId value);
  TypeId nullable(TypeId id);  // T -> T?
  TypeId non_null(TypeId id);  // T? -> T
  /// As the language writes it: `decimal(14, 2)?`.
  std::string text(TypeId id) const;

 private:
  std::deque<Type> types_;
  std::unordered_multimap<size_t, TypeId> by_hash_;
};

/// One enum of the program. A value is the index of its variant.
struct EnumVariant {
  std::string name;  // in the language
  std::string wire;  // in files and databases
};
struct EnumType {
  std::string name;
  bool open = false;
  std::vector<EnumVariant> variants;
};

}  // namespace mig
