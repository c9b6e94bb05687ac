// Values of `param`s: from the command line by their declared types, else the defaults of the spec.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/base/edit_distance.h"
#include "compiler/planner/planning.h"
#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig::planner {
namespace {

/// Digits with sign and point, exactly at `scale`.
bool read_exact(std::string_view text, int precision, int scale, int128& value) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int behind = -1, digits = 0;
  value = 0;
  for (const char c : text) {
    if (c == '.' && behind < 0) {
      behind = 0;
    } else if (c >= '0' && c <= '9' && digits < 38) {
      value = value * 10 + (c - '0');
      ++digits;
      behind += behind >= 0 ? 1 : 0;
    } else {
      return false;
    }
  }
  if (digits == 0 || behind == 0) return false;
  const int from = behind < 0 ? 0 : behind;
  for (int extra = from; extra > scale; --extra) {
    if (value % 10 != 0) return false;
    value /= 10;
  }
  if (from < scale && !decimal_rescale(value, from, scale, Rounding::kHalfEven, value)) return false;
  if (negative) value = -value;
  return decimal_in_range(value, precision == 0 ? 38 : precision);
}

std::string bounds_text(const Type& type) {
  if (type.low == kUnboundedLow && type.high == kUnboundedHigh) return "";
  if (type.high == kUnboundedHigh) return fmt::format(" of at least {}", type.low);
  if (type.low == kUnboundedLow) return fmt::format(" of at most {}", type.high);
  return fmt::format(" from {} to {}", type.low, type.high);
}

std::string variant_names(const EnumType& type) {
  std::string names;
  for (const EnumVariant& variant : type.variants) names += (names.empty() ? "" : ", ") + variant.name;
  return names;
}

}  // namespace

std::optional<Cell> parse_parameter(const TypeTable& types, const std::vector<EnumType>& enums, TypeId id, std::string_view text,
                                    std::string& held, std::string& error) {
  const Type& type = types[id];
  Cell cell{};
  cell.state = Presence::kValue;
  if (type.nullable && text == "null") {
    cell.state = Presence::kNull;
    return cell;
  }
  bool good = true;
  held = text;
  switch (type.kind) {
    case Kind::kBool:
      good = text == "true" || text == "false";
      cell.boolean = text == "true";
      error = "true or false";
      break;
    case Kind::kInt: {
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cell.integer);
      good = failure == std::errc{} && end == text.data() + text.size() && cell.integer >= type.low && cell.integer <= type.high;
      error = "a whole number" + bounds_text(type);
      break;
    }
    case Kind::kDecimal:
      good = read_exact(text, type.precision, type.scale, cell.decimal);
      error = fmt::format("a number of up to {} digits, {} of them behind the point", type.precision, type.scale);
      break;
    case Kind::kPercent: {
      const bool marked = !text.empty() && text.back() == '%';
      if (marked) text.remove_suffix(1);
      good = marked && read_exact(text, 38, type.scale - 2, cell.decimal);
      error = "a percentage, like 5%";
      break;
    }
    case Kind::kFloat: {
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cell.real);
      good = failure == std::errc{} && end == text.data() + text.size();
      error = "a number, like 1.5";
      break;
    }
    case Kind::kString: {
      const auto length = static_cast<int64_t>(code_point_count(text));
      good = is_valid_utf8(text) && length >= std::max<int64_t>(type.low, 0) && length <= type.high;
      error = fmt::format("a text of {} to {} characters", std::max<int64_t>(type.low, 0),
                          type.high == kUnboundedHigh ? "any number of" : std::to_string(type.high));
      break;
    }
    case Kind::kDate: good = read_date(text, cell.integer), error = "a date, like 2026-01-31"; break;
    case Kind::kTime: good = read_time(text, cell.integer), error = "a time, like 08:30:00"; break;
    case Kind::kDatetime: good = read_datetime(text, cell.integer), error = "a date and time, like 2026-01-31T08:30:00"; break;
    case Kind::kTimestamp: good = read_timestamp(text, cell.integer), error = "a time with zone, like 2026-01-31T08:30:00Z"; break;
    case Kind::kZoned: {
      Zoned value;
      char bytes[kZonedBytes];
      good = read_zoned(text, value) == nullptr;
      if (good) held.assign(bytes, pack_zoned(value, bytes));
      error = "a time in a zone with the offset that the zone has then, like 2026-01-31T08:30:00+01:00[Europe/Paris]";
      break;
    }
    case Kind::kDuration: good = read_duration(text, cell.integer), error = "a duration, like 250ms, 5min or 2h"; break;
    case Kind::kUuid: good = read_uuid(text, cell.decimal), error = "a UUID, like 6f1c1f6e-8a52-5a39-9d1e-0c9a3c2b7f10"; break;
    case Kind::kEnum: {
      const EnumType& variants = enums[type.declaration];
      const auto found = std::find_if(variants.variants.begin(), variants.variants.end(),
                                      [&](const EnumVariant& variant) { return variant.name == text || variant.wire == text; });
      good = found != variants.variants.end();
      cell.integer = found - variants.variants.begin();
      error = "one of " + variant_names(variants);
      break;
    }
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kPeriod:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable:
      good = false;
      error = fmt::format("{}, which cannot be given on the command line", types.text(id));
      break;
  }
  if (!good) return std::nullopt;
  return cell;
}

namespace {

/// The default as a Cell and as text for the ledger.
bool default_value(const TypeTable& types, const sema::ParamSymbol& param, Cell& cell, std::string& text, std::string& shown) {
  using Form = sema::Constant::Form;
  const sema::Constant& value = param.constant;
  const Type& type = types[param.type];
  char buffer[64];
  cell = Cell{};
  cell.state = Presence::kValue;
  switch (value.form) {
    case Form::kUnknown:
    case Form::kTexts: return false;
    case Form::kNull:
      cell.state = Presence::kNull;
      shown = "null";
      return true;
    case Form::kBool:
      cell.boolean = value.boolean;
      shown = value.boolean ? "true" : "false";
      return true;
    case Form::kInt:
      shown = std::to_string(value.integer);
      if (storage_of(type.kind) == Storage::kDecimal)
        return decimal_rescale(value.integer, 0, type.scale, Rounding::kHalfEven, cell.decimal);
      cell.integer = value.integer;
      return true;
    case Form::kDecimal:
    case Form::kPercent:
      shown.assign(buffer, static_cast<size_t>(write_decimal(value.decimal, value.scale, buffer)));
      return decimal_rescale(value.decimal, value.scale, type.scale, Rounding::kHalfEven, cell.decimal);
    case Form::kFloat:
      cell.real = value.real;
      shown = fmt::format("{}", value.real);
      return true;
    case Form::kText:
      text = value.text;
      shown = value.text;
      return true;
    case Form::kDuration:
      cell.integer = value.integer;
      shown.assign(buffer, static_cast<size_t>(write_duration(value.integer, buffer)));
      return true;
    case Form::kPeriod:
      cell.integer = value.integer;
      cell.extra = static_cast<uint32_t>(static_cast<int32_t>(value.days));
      shown.assign(buffer, static_cast<size_t>(write_period(value.integer, value.days, buffer)));
      return true;
    case Form::kDate:
      cell.integer = value.integer;
      shown.assign(buffer, static_cast<size_t>(write_date(value.integer, buffer)));
      return true;
    case Form::kTime:
      cell.integer = value.integer;
      shown.assign(buffer, static_cast<size_t>(write_time(value.integer, buffer)));
      return true;
    case Form::kDatetime:
      cell.integer = value.integer;
      shown.assign(buffer, static_cast<size_t>(write_datetime(value.integer, buffer)));
      return true;
    case Form::kTimestamp:
      cell.integer = value.integer;
      shown.assign(buffer, static_cast<size_t>(write_timestamp(value.integer, buffer)));
      return true;
    case Form::kVariant:
      cell.integer = value.integer;
      shown = std::to_string(value.integer);
      return true;
  }
  return false;
}

}  // namespace

ParameterValues default_parameters(const sema::Program& checked) {
  ParameterValues parameters;
  parameters.values.resize(checked.params.size());
  parameters.texts.resize(checked.params.size());
  for (size_t i = 0; i < checked.params.size(); ++i) {
    Cell& cell = parameters.values[i];
    std::string shown;
    if (!default_value(checked.types, checked.params[i], cell, parameters.texts[i], shown)) {
      cell = Cell{};
      cell.state = Presence::kNull;
    } else if (cell.has_value() && storage_of(checked.types[checked.params[i].type].kind) == Storage::kText) {
      cell.text = {parameters.texts[i].data(), parameters.texts[i].size()};
    }
  }
  return parameters;
}

bool read_parameters(Planning& planning) {
  const sema::Program& checked = planning.checked;
  Plan& plan = planning.planned.plan;
  const size_t count = checked.params.size();
  plan.parameter_values.resize(count);
  plan.parameter_texts.resize(count);
  planning.from_command_line.assign(count, false);
  std::vector<std::string> shown(count);
  bool good = true;
  for (const auto& [name, value] : planning.request.parameters) {
    const auto param = std::find_if(checked.params.begin(), checked.params.end(),
                                    [&, &wanted = name](const sema::ParamSymbol& other) { return other.name == wanted; });
    if (param == checked.params.end()) {
      std::vector<std::string_view> names;
      for (const sema::ParamSymbol& other : checked.params) names.push_back(other.name);
      const auto near = nearest_name(name, names);
      planning.result.usage.push_back(
          fmt::format("--set {}: the spec has no `param {}`{}", name, name, near ? fmt::format("; did you mean {}?", *near) : ""));
      good = false;
      continue;
    }
    const auto index = static_cast<size_t>(param - checked.params.begin());
    std::string expected;
    const auto cell = parse_parameter(checked.types, checked.enums, param->type, value, plan.parameter_texts[index], expected);
    if (!cell) {
      planning.result.usage.push_back(fmt::format("--set {}={}: `{}` must be {}", name, value, name, expected));
      good = false;
      continue;
    }
    plan.parameter_values[index] = *cell;
    shown[index] = value;
    planning.from_command_line[index] = true;
  }
  for (size_t i = 0; i < count; ++i) {
    const sema::ParamSymbol& param = checked.params[i];
    if (!planning.from_command_line[i] &&
        !default_value(checked.types, param, plan.parameter_values[i], plan.parameter_texts[i], shown[i])) {
      if (param.default_value.valid()) {
        planning.cannot(Code::E1002, checked.tree(param.default_value).span, "a default that is not a literal cannot run yet",
                        "only a literal is evaluated here");
      } else {
        planning.result.usage.push_back(fmt::format("`param {}` has no value: give it with --set {}=...", param.name, param.name));
      }
      good = false;
    }
    const Type& type = checked.types[param.type];
    if (storage_of(type.kind) == Storage::kText && plan.parameter_values[i].has_value()) {
      plan.parameter_values[i].text = {plan.parameter_texts[i].data(), plan.parameter_texts[i].size()};
    }
    plan.parameters.emplace_back(param.name, shown[i]);
  }
  return good;
}

}  // namespace mig::planner
