#include "runtime/formats/values/shape.h"

#include <optional>

namespace mig {
namespace {

std::optional<ShapeOp> op_of(Kind kind) {
  switch (kind) {
    case Kind::kBool: return ShapeOp::kBool;
    case Kind::kInt: return ShapeOp::kInt;
    case Kind::kDecimal:
    case Kind::kPercent: return ShapeOp::kDecimal;
    case Kind::kFloat: return ShapeOp::kFloat;
    case Kind::kString:
    case Kind::kPosition: return ShapeOp::kText;
    case Kind::kBytes: return ShapeOp::kBytes;
    case Kind::kUuid: return ShapeOp::kUuid;
    case Kind::kJson: return ShapeOp::kJson;
    case Kind::kScalar: return ShapeOp::kScalar;
    case Kind::kDate: return ShapeOp::kDate;
    case Kind::kTime: return ShapeOp::kTime;
    case Kind::kDatetime: return ShapeOp::kDatetime;
    case Kind::kTimestamp: return ShapeOp::kTimestamp;
    case Kind::kZoned: return ShapeOp::kZoned;
    case Kind::kDuration: return ShapeOp::kDuration;
    case Kind::kEnum: return ShapeOp::kEnum;
    case Kind::kList: return ShapeOp::kList;
    case Kind::kSet: return ShapeOp::kSet;
    case Kind::kMap: return ShapeOp::kMap;
    case Kind::kRecord: return ShapeOp::kRecord;
    case Kind::kMoney:
    case Kind::kPeriod:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool is_held_by_files(Kind kind) { return op_of(kind).has_value(); }

const EnumNames* ShapeTable::names_of(uint32_t declaration) {
  auto& names = names_[declaration];
  if (names == nullptr) {
    names = std::make_unique<EnumNames>();
    const EnumType& type = (*enums_)[declaration];
    for (size_t i = 0; i < type.variants.size(); ++i) {
      names->index.emplace(type.variants[i].wire, static_cast<int64_t>(i));
      if (type.open && type.variants[i].name == "other") names->other = static_cast<int64_t>(i);
    }
  }
  return names.get();
}

Result<const Shape*> ShapeTable::add(TypeId id, DecodeMode mode) {
  const Type& type = (*types_)[id];
  const std::optional<ShapeOp> op = op_of(type.kind);
  if (!op.has_value()) {
    return Error{ErrorKind::kConfig, "no file holds values of type " + types_->text(id),
                 "read the field as string and convert it in the map"};
  }
  Shape& shape = shapes_.emplace_back();
  shape.op = *op;
  shape.nullable = type.nullable;
  shape.mode = mode;
  shape.unit = type.unit;
  shape.low = type.low;
  shape.high = type.high;
  shape.bounded = type.low != kUnboundedLow || type.high != kUnboundedHigh;
  if (*op == ShapeOp::kText && type.low <= 0 && type.high == kUnboundedHigh) shape.bounded = false;
  shape.precision = type.precision == 0 ? 38 : type.precision;
  shape.scale = type.scale;
  if (*op == ShapeOp::kEnum) shape.names = names_of(type.declaration);
  if (type.kind == Kind::kList || type.kind == Kind::kSet || type.kind == Kind::kMap) {
    Result<const Shape*> element = add(type.element, DecodeMode::kPlain);
    if (!element.ok()) return element;
    shape.element = *element;
  }
  if (type.kind == Kind::kMap) {
    Result<const Shape*> key = add(type.key, DecodeMode::kPlain);
    if (!key.ok()) return key;
    shape.key = *key;
  }
  if (type.kind == Kind::kRecord) {
    shape.member_names.reserve(type.fields.size());
    for (const RecordField& field : type.fields) {
      Result<const Shape*> member = add(field.type, DecodeMode::kPlain);
      if (!member.ok()) return member;
      const_cast<Shape*>(*member)->optional = field.optional;
      shape.members.push_back(*member);
      shape.member_names.push_back(field.name);
      shape.member_index.emplace(shape.member_names.back(), static_cast<uint32_t>(shape.members.size() - 1));
    }
  }
  return &shape;
}

}  // namespace mig
