#include "stdlib/shape.h"

namespace mig::stdlib {

namespace {

char letter_of(Kind kind) {
  switch (kind) {
    case Kind::kBool: return 'b';
    case Kind::kInt:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kEnum: return 'i';
    case Kind::kFloat: return 'f';
    case Kind::kDecimal:
    case Kind::kPercent: return 'd';
    case Kind::kUuid: return 'u';
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kZoned:
    case Kind::kPosition: return 't';
    case Kind::kPeriod: return 'p';
    case Kind::kMoney: return 'm';
    case Kind::kScalar: return 's';
    case Kind::kList: return 'L';
    case Kind::kSet: return 'S';
    case Kind::kMap: return 'M';
    case Kind::kRecord: return 'R';
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return 'b';
  }
  return 'b';
}

}  // namespace

std::string shape_code(const TypeTable& types, TypeId id) {
  const Type& type = types[id];
  std::string code(1, letter_of(type.kind));
  switch (type.kind) {
    case Kind::kList:
    case Kind::kSet: return code + "(" + shape_code(types, type.element) + ")";
    case Kind::kMap: return code + "(" + shape_code(types, type.key) + shape_code(types, type.element) + ")";
    case Kind::kRecord: {
      code += "(";
      for (const RecordField& field : type.fields) code += shape_code(types, field.type);
      return code + ")";
    }
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
    case Kind::kEnum:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return code;
  }
  return code;
}

}  // namespace mig::stdlib
