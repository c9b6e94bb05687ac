// Types in the words of the people who read findings.
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

std::string count_in_words(const Type& type, const char* noun) {
  const bool low = type.low > 0, high = type.high != kUnboundedHigh;
  if (!low && !high) return {};
  const std::string nouns = std::string(" ") + noun + "s";
  if (low && high && type.low == type.high) return std::to_string(type.low) + (type.low == 1 ? std::string(" ") + noun : nouns);
  if (!low) return "at most " + std::to_string(type.high) + (type.high == 1 ? std::string(" ") + noun : nouns);
  if (!high) return "at least " + std::to_string(type.low) + (type.low == 1 ? std::string(" ") + noun : nouns);
  return std::to_string(type.low) + " to " + std::to_string(type.high) + nouns;
}

const char* unit_noun(LengthUnit unit) {
  switch (unit) {
    case LengthUnit::kCodePoints: return "character";
    case LengthUnit::kUtf16: return "UTF-16 unit";
    case LengthUnit::kBytes: return "byte";
  }
  return "character";
}

}  // namespace

std::string bounds_in_words(const Type& type) {
  switch (type.kind) {
    case Kind::kString: return count_in_words(type, unit_noun(type.unit));
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap: return count_in_words(type, "element");
    case Kind::kInt: {
      const bool low = type.low != kUnboundedLow, high = type.high != kUnboundedHigh;
      if (!low && !high) return {};
      if (type.low == type.high) return "the number " + std::to_string(type.low);
      if (!low) return "whole numbers up to " + std::to_string(type.high);
      if (!high) return "whole numbers from " + std::to_string(type.low);
      return "whole numbers from " + std::to_string(type.low) + " to " + std::to_string(type.high);
    }
    case Kind::kDecimal: {
      if (type.precision == 0) return {};
      const int whole = type.precision - type.scale;
      return "up to " + std::to_string(whole) + (whole == 1 ? " digit" : " digits") + " before and " + std::to_string(type.scale) +
             " behind the point";
    }
    case Kind::kBool:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kMoney:
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
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return {};
  }
  return {};
}

std::string kind_in_words(const TypeTable& types, TypeId id) {
  if (id == kNoType) return "a value";
  const Type& type = types[id];
  if (!type.name.empty() && (type.kind == Kind::kString || type.kind == Kind::kInt || type.kind == Kind::kDecimal)) {
    return "`" + type.name + "`";
  }
  switch (type.kind) {
    case Kind::kBool: return "true or false";
    case Kind::kInt: return "a whole number";
    case Kind::kDecimal: return "a decimal number";
    case Kind::kFloat: return "a float";
    case Kind::kPercent: return "a percentage";
    case Kind::kMoney: return "an amount of money";
    case Kind::kString: return "text";
    case Kind::kBytes: return "bytes";
    case Kind::kUuid: return "a uuid";
    case Kind::kJson: return "JSON";
    case Kind::kScalar: return "a scalar (bool, number or text)";
    case Kind::kDate: return "a date";
    case Kind::kTime: return "a time of day";
    case Kind::kDatetime: return "a date and time without a zone";
    case Kind::kTimestamp: return "a timestamp";
    case Kind::kZoned: return "a zoned timestamp";
    case Kind::kDuration: return "a duration";
    case Kind::kPeriod: return "a calendar period";
    case Kind::kEnum: return "one of " + type.name;
    case Kind::kList: return "a list of " + types.text(type.element);
    case Kind::kSet: return "a set of " + types.text(type.element);
    case Kind::kMap: return "a map";
    case Kind::kRecord: return type.name.empty() ? "a record" : "a " + type.name + " record";
    case Kind::kPosition: return "a log position";
    case Kind::kNever: return type.nullable ? "null" : type.may_keep ? "`keep`" : "nothing";
    case Kind::kError: return "an error";
    case Kind::kFunction: return "a function";
    case Kind::kTypeVariable: return "a value";
  }
  return "a value";
}

}  // namespace mig::sema
