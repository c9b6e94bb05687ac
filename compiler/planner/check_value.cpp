#include "compiler/planner/check_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "runtime/types/decimal.h"

namespace mig::planner {
namespace {

using Form = CheckValue::Form;

constexpr size_t kShownKeys = 10;

std::string number_text(int128 number, int scale) {
  char digits[kDecimalTextSize];
  return std::string(digits, static_cast<size_t>(write_decimal(number, scale, digits)));
}

bool is_keyed(const CheckValue& value) { return value.form == Form::kKeyed || value.form == Form::kKeyedReals; }
bool is_number(const CheckValue& value) { return value.form == Form::kNumber || value.form == Form::kReal; }

/// The nearest double.
double real_of(const CheckValue& number) {
  if (number.form == Form::kReal) return number.real;
  const double top = std::strtod(number_text(number.top, number.scale).c_str(), nullptr);
  return number.bottom == 1 ? top : top / static_cast<double>(number.bottom);
}

/// The same values, key by key, as numbers of one form.
std::map<std::string, CheckValue> by_key(const CheckValue& keyed) {
  std::map<std::string, CheckValue> numbers;
  for (const auto& [key, number] : keyed.groups) numbers.emplace(key, CheckValue::decimal(number, keyed.scale));
  for (const auto& [key, number] : keyed.real_groups) numbers.emplace(key, CheckValue::of_real(number));
  return numbers;
}

CheckValue zero_of(const CheckValue& keyed) {
  return keyed.form == Form::kKeyedReals ? CheckValue::of_real(0) : CheckValue::decimal(0, keyed.scale);
}

/// -1, 0, 1; null when the numbers are too large to tell.
std::optional<int> order_of(const CheckValue& a, const CheckValue& b) {
  if (a.form == Form::kReal || b.form == Form::kReal) {
    const double left = real_of(a), right = real_of(b);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const int scale = std::max(a.scale, b.scale);
  int128 left = 0, right = 0;
  if (!decimal_rescale(a.top, a.scale, scale, Rounding::kDown, left) || !decimal_rescale(b.top, b.scale, scale, Rounding::kDown, right) ||
      !decimal_multiply(left, b.bottom, left) || !decimal_multiply(right, a.bottom, right)) {
    return std::nullopt;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

bool holds(CheckOrder order, int compared) {
  switch (order) {
    case CheckOrder::kEqual: return compared == 0;
    case CheckOrder::kNotEqual: return compared != 0;
    case CheckOrder::kLess: return compared < 0;
    case CheckOrder::kLessEqual: return compared <= 0;
    case CheckOrder::kGreater: return compared > 0;
    case CheckOrder::kGreaterEqual: return compared >= 0;
  }
  return false;
}

CheckValue without_sign(CheckValue number) {
  if (number.top < 0) number.top = -number.top;
  number.real = std::fabs(number.real);
  return number;
}

/// Whether two numbers are as far apart as the tolerance at most.
std::optional<bool> near(const CheckValue& a, const CheckValue& b, const CheckValue& tolerance) {
  const auto apart = sum(a, b, false);
  if (!apart || !is_number(*apart)) return std::nullopt;
  CheckValue allowed = tolerance;
  if (tolerance.share) {
    const auto part = product(tolerance, b);
    if (!part || !is_number(*part)) return std::nullopt;
    allowed = without_sign(*part);
  }
  const auto order = order_of(without_sign(*apart), allowed);
  return order ? std::optional(*order <= 0) : std::nullopt;
}

std::optional<CheckComparison> compare_keyed(CheckOrder order, const CheckValue& a, const CheckValue& b, const CheckValue* tolerance) {
  if (order != CheckOrder::kEqual && order != CheckOrder::kNotEqual) return std::nullopt;
  std::map<std::string, std::pair<CheckValue, CheckValue>> both;
  // A key that one side lacks is 0 there, with the digits of that side.
  const std::pair none(zero_of(a), zero_of(b));
  for (auto& [key, number] : by_key(a)) both.try_emplace(key, none).first->second.first = number;
  for (auto& [key, number] : by_key(b)) both.try_emplace(key, none).first->second.second = number;
  CheckComparison result;
  size_t differing = 0;
  for (const auto& [key, numbers] : both) {
    const auto& [left, right] = numbers;
    const auto equal = tolerance != nullptr ? near(left, right, *tolerance) : std::optional(order_of(left, right) == 0);
    if (!equal) return std::nullopt;
    if (*equal) continue;
    if (++differing > kShownKeys) continue;
    const char* const comma = differing == 1 ? "" : ", ";
    result.left += fmt::format("{}{}: {}", comma, key, text_of(left));
    result.right += fmt::format("{}{}: {}", comma, key, text_of(right));
  }
  if (differing > kShownKeys) {
    const std::string more = fmt::format(" and {} more keys", differing - kShownKeys);
    result.left += more;
    result.right += more;
  }
  if (differing == 0) result.left = result.right = fmt::format("{} keys", both.size());
  result.holds = (differing == 0) == (order == CheckOrder::kEqual);
  return result;
}

}  // namespace

CheckValue CheckValue::decimal(int128 number, int scale) {
  CheckValue value;
  value.top = number;
  value.scale = scale;
  return value;
}

CheckValue CheckValue::ratio(int128 part, int128 of) {
  CheckValue value;
  value.top = of == 0 ? 0 : part;
  value.bottom = of == 0 ? 1 : of;
  value.share = true;
  return value;
}

CheckValue CheckValue::of_text(std::string text) {
  CheckValue value;
  value.form = Form::kText;
  value.text = std::move(text);
  return value;
}

CheckValue CheckValue::nothing(std::string why) {
  CheckValue value;
  value.form = Form::kNothing;
  value.text = std::move(why);
  return value;
}

CheckValue CheckValue::keyed(std::map<std::string, int128> groups, int scale) {
  CheckValue value;
  value.form = Form::kKeyed;
  value.groups = std::move(groups);
  value.scale = scale;
  return value;
}

CheckValue CheckValue::of_real(double number) {
  CheckValue value;
  value.form = Form::kReal;
  value.real = number;
  return value;
}

CheckValue CheckValue::keyed_reals(std::map<std::string, double> groups) {
  CheckValue value;
  value.form = Form::kKeyedReals;
  value.real_groups = std::move(groups);
  return value;
}

std::string text_of(const CheckValue& value) {
  switch (value.form) {
    case Form::kReal: return fmt::format("{}", value.real);
    case Form::kKeyedReals: return fmt::format("{} keys", value.real_groups.size());
    case Form::kText:
    case Form::kNothing: return value.text;
    case Form::kKeyed: return fmt::format("{} keys", value.groups.size());
    case Form::kNumber: break;
  }
  if (!value.share && value.bottom == 1) return number_text(value.top, value.scale);
  int128 shown = 0;
  if (!decimal_divide(value.top, value.bottom, 6 - value.scale, Rounding::kHalfEven, shown)) return "a number too large to show";
  return number_text(shown, 4) + "%";
}

std::optional<CheckValue> sum(const CheckValue& a, const CheckValue& b, bool add) {
  if (a.form == Form::kNothing) return a;
  if (b.form == Form::kNothing) return b;
  if (is_number(a) && is_number(b) && (a.form == Form::kReal || b.form == Form::kReal)) {
    const double result = add ? real_of(a) + real_of(b) : real_of(a) - real_of(b);
    return std::isfinite(result) ? CheckValue::of_real(result) : CheckValue::nothing("a sum that is too large");
  }
  if (is_keyed(a) && is_keyed(b) && (a.form == Form::kKeyedReals || b.form == Form::kKeyedReals)) {
    std::map<std::string, double> groups;
    for (const auto& [key, number] : by_key(a)) groups[key] = real_of(number);
    for (const auto& [key, number] : by_key(b)) groups[key] += add ? real_of(number) : -real_of(number);
    return CheckValue::keyed_reals(std::move(groups));
  }
  if (a.form != b.form || a.form == Form::kText || a.bottom != 1 || b.bottom != 1) return std::nullopt;
  const int scale = std::max(a.scale, b.scale);
  const auto joined = [&](int128 left, int128 right, int128& result) {
    return decimal_rescale(left, a.scale, scale, Rounding::kDown, left) && decimal_rescale(right, b.scale, scale, Rounding::kDown, right) &&
           (add ? decimal_add(left, right, result) : decimal_subtract(left, right, result));
  };
  const CheckValue large = CheckValue::nothing("a sum that is too large");
  if (a.form == Form::kNumber) {
    int128 result = 0;
    return joined(a.top, b.top, result) ? CheckValue::decimal(result, scale) : large;
  }
  std::map<std::string, std::pair<int128, int128>> both;
  for (const auto& [key, number] : a.groups) both[key].first = number;
  for (const auto& [key, number] : b.groups) both[key].second = number;
  std::map<std::string, int128> groups;
  for (const auto& [key, numbers] : both) {
    if (!joined(numbers.first, numbers.second, groups[key])) return large;
  }
  return CheckValue::keyed(std::move(groups), scale);
}

std::optional<CheckValue> product(const CheckValue& a, const CheckValue& b) {
  if (a.form == Form::kNothing) return a;
  if (b.form == Form::kNothing) return b;
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (a.form == Form::kReal || b.form == Form::kReal) {
    const double real = real_of(a) * real_of(b);
    return std::isfinite(real) ? CheckValue::of_real(real) : CheckValue::nothing("a product that is too large");
  }
  CheckValue result;
  if (a.scale + b.scale > kMaxDecimalDigits || !decimal_multiply(a.top, b.top, result.top) ||
      !decimal_multiply(a.bottom, b.bottom, result.bottom)) {
    return CheckValue::nothing("a product that is too large");
  }
  result.scale = a.scale + b.scale;
  result.share = a.share && b.share;
  return result;
}

std::optional<CheckComparison> compare(CheckOrder order, const CheckValue& a, const CheckValue& b, const CheckValue* tolerance) {
  CheckComparison result;
  result.left = text_of(a);
  result.right = text_of(b);
  if (a.form == Form::kNothing || b.form == Form::kNothing) return result;
  if (is_keyed(a) && is_keyed(b)) return compare_keyed(order, a, b, tolerance);
  if (is_number(a) != is_number(b) || (!is_number(a) && a.form != b.form) || is_keyed(a)) return std::nullopt;
  if (a.form == Form::kText) {
    if (tolerance != nullptr) return std::nullopt;
    const int compared = a.text.compare(b.text);
    result.holds = holds(order, compared < 0 ? -1 : compared > 0 ? 1 : 0);
    return result;
  }
  if (tolerance != nullptr) {
    if (order != CheckOrder::kEqual || !is_number(*tolerance)) return std::nullopt;
    const auto equal = near(a, b, *tolerance);
    result.holds = equal.value_or(false);
    return result;
  }
  const auto compared = order_of(a, b);
  // Numbers too large to be compared exactly: the expectation is not shown to hold.
  result.holds = compared && holds(order, *compared);
  return result;
}

}  // namespace mig::planner
