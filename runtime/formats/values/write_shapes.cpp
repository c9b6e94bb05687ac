// Types resolved for writing.
#include "runtime/formats/values/write_value.h"

namespace mig {

Result<const WriteShape*> WriteShapes::add(TypeId id) {
  if (const auto known = by_type_.find(id); known != by_type_.end()) return known->second;
  const Type& type = (*types_)[id];
  WriteShape& shape = shapes_.emplace_back();
  shape.kind = type.kind;
  shape.scale = type.scale;
  switch (type.kind) {
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable:
      return Error{ErrorKind::kConfig, "no file holds values of type " + types_->text(id), "convert the value to text in the map"};
    case Kind::kEnum:
      for (const EnumVariant& variant : (*enums_)[type.declaration].variants) {
        shape.variants.push_back(variant.wire);
        const std::string key = json_key(variant.wire);
        shape.json_variants.emplace_back(std::string_view(key).substr(1, key.size() - 2));
      }
      break;
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap: {
      Result<const WriteShape*> element = add(type.element);
      if (!element.ok()) return element;
      shape.element = *element;
      if (type.kind != Kind::kMap) break;
      Result<const WriteShape*> key = add(type.key);
      if (!key.ok()) return key;
      shape.key = *key;
      break;
    }
    case Kind::kRecord:
      for (const RecordField& field : type.fields) {
        Result<const WriteShape*> member = add(field.type);
        if (!member.ok()) return member;
        shape.members.push_back(*member);
        shape.member_keys.emplace_back(json_key(field.name));
      }
      break;
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kString:
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
    case Kind::kPosition: break;
  }
  return by_type_[id] = &shape;
}

}  // namespace mig
