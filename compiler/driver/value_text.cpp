#include "compiler/driver/value_text.h"

#include <fmt/format.h>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/percent.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig::driver {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string decimal_text(int128 value, int scale) {
  char buffer[64];
  return {buffer, static_cast<size_t>(write_decimal(value, scale, buffer))};
}

std::string percent_text(int128 ratio) {
  int scale = kPercentScale - 2;
  for (; scale > 0 && ratio % 10 == 0; --scale) ratio /= 10;
  return decimal_text(ratio, scale) + "%";
}

std::string scalar_text(const Cell& cell) {
  switch (cell.kind) {
    case ScalarKind::kBool: return cell.boolean ? "true" : "false";
    case ScalarKind::kInt: return std::to_string(cell.integer);
    case ScalarKind::kDecimal: return decimal_text(cell.decimal, cell.scale);
    case ScalarKind::kText: return quoted(cell.text.view());
  }
  return "?";
}

template <class Write>
std::string time_text(int64_t value, Write&& write) {
  char buffer[kTimeTextSize];
  return {buffer, static_cast<size_t>(write(value, buffer))};
}

}  // namespace

std::string value_text(const TypeTable& types, const std::vector<EnumType>& enums, TypeId id, const Cell& cell) {
  if (cell.state == Presence::kKeep) return "keep";
  if (cell.state == Presence::kAbsent) return "absent";
  if (!cell.has_value()) return "null";
  const Type& type = types[id];
  const auto inner = [&](TypeId of, const Cell& part) { return value_text(types, enums, of, part); };
  switch (type.kind) {
    case Kind::kBool: return cell.boolean ? "true" : "false";
    case Kind::kInt: return std::to_string(cell.integer);
    case Kind::kDecimal: return decimal_text(cell.decimal, type.scale);
    case Kind::kPercent: return percent_text(cell.decimal);
    case Kind::kFloat: return fmt::format("{}", cell.real);
    case Kind::kString:
    case Kind::kPosition: return quoted(cell.text.view());
    case Kind::kJson: return std::string(cell.text.view());
    case Kind::kBytes: return fmt::format("{} bytes", cell.text.size);
    case Kind::kUuid: {
      char buffer[kUuidTextSize];
      return {buffer, static_cast<size_t>(write_uuid(cell.decimal, buffer))};
    }
    case Kind::kScalar: return scalar_text(cell);
    case Kind::kDate: return "@" + time_text(cell.integer, write_date);
    case Kind::kTime: return "@" + time_text(cell.integer, write_time);
    case Kind::kDatetime: return "@" + time_text(cell.integer, write_datetime);
    case Kind::kZoned: {
      const Zoned zoned = unpack_zoned(cell.text.view());
      return fmt::format("to_zone(@{}, \"{}\")", time_text(zoned.instant, write_timestamp), zoned.zone);
    }
    case Kind::kTimestamp: return "@" + time_text(cell.integer, write_timestamp);
    case Kind::kDuration: return time_text(cell.integer, write_duration);
    case Kind::kPeriod: return fmt::format("{} months {} days", cell.integer, static_cast<int32_t>(cell.extra));
    case Kind::kEnum: {
      const EnumType& enumeration = enums[type.declaration];
      const auto index = static_cast<size_t>(cell.integer);
      return index < enumeration.variants.size() ? enumeration.variants[index].name : "?";
    }
    case Kind::kList:
    case Kind::kSet: {
      std::string out = "[";
      for (uint64_t i = 0; i < cell.list.count; ++i) out += (i == 0 ? "" : ", ") + inner(type.element, cell.list.items[i]);
      return out + "]";
    }
    case Kind::kMap: {
      std::string out = "{ ";
      for (uint64_t i = 0; i < cell.map.count; ++i) {
        out += (i == 0 ? "" : ", ") + inner(type.key, cell.map.entries[i].key) + ": " + inner(type.element, cell.map.entries[i].value);
      }
      return out + " }";
    }
    case Kind::kRecord: {
      std::string out = "{ ";
      for (size_t i = 0; i < type.fields.size(); ++i) {
        out += (i == 0 ? "" : ", ") + type.fields[i].name + ": " + inner(type.fields[i].type, cell.list.items[i]);
      }
      return out + " }";
    }
    case Kind::kMoney:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: break;
  }
  return "?";
}

}  // namespace mig::driver
