// What a decoder must know of a field's type, resolved once: operation, bounds, children. Shared by all formats.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/formats/decoder.h"

namespace mig {

enum class ShapeOp : uint8_t {
  kBool,
  kInt,
  kDecimal,
  kFloat,
  kText,
  kBytes,
  kUuid,
  kJson,
  kScalar,
  kDate,
  kTime,
  kDatetime,
  kTimestamp,
  kZoned,
  kDuration,
  kEnum,
  kList,
  kSet,
  kMap,
  kRecord,
};

/// Wire names of an enum to variant indexes.
struct EnumNames {
  std::unordered_map<std::string_view, int64_t> index;  // views into the EnumType
  int64_t other = -1;                                   // variant for unknown names of an open enum, -1 when there is none
};

struct Shape {
  ShapeOp op = ShapeOp::kText;
  bool nullable = false;
  bool bounded = false;   // low and high count
  bool optional = false;  // as a member of a record: may be absent
  DecodeMode mode = DecodeMode::kPlain;
  LengthUnit unit = LengthUnit::kCodePoints;
  uint8_t precision = 0, scale = 0;
  int64_t low = kUnboundedLow, high = kUnboundedHigh;
  const EnumNames* names = nullptr;
  const Shape* key = nullptr;         // map
  const Shape* element = nullptr;     // list, set, map
  std::vector<const Shape*> members;  // record
  std::vector<std::string> member_names;
  std::unordered_map<std::string_view, uint32_t> member_index;  // views into member_names
};

/// Whether text formats hold values of the kind, if they hold what is in them.
bool is_held_by_files(Kind kind);

/// Owns the shapes of a layout. Addresses stay valid for its life, also when it is moved.
class ShapeTable {
 public:
  ShapeTable(const TypeTable& types, const std::vector<EnumType>& enums) : types_(&types), enums_(&enums) {}
  /// An error (kConfig) when no text format can hold the type.
  Result<const Shape*> add(TypeId type, DecodeMode mode);

 private:
  const EnumNames* names_of(uint32_t declaration);
  const TypeTable* types_;
  const std::vector<EnumType>* enums_;
  std::deque<Shape> shapes_;
  std::unordered_map<uint32_t, std::unique_ptr<EnumNames>> names_;
};

}  // namespace mig
