#include "compiler/sema/literals.h"

#include <algorithm>
#include <cstdlib>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/percent.h"

namespace mig::sema {

namespace {

const syntax::Expr* unwrapped(const syntax::Module& tree, syntax::ExprId id) {
  if (!id.valid()) return nullptr;
  const syntax::Expr* expr = &tree[id];
  while (const auto* group = expr->get_if<syntax::GroupExpr>()) {
    if (!group->inner.valid()) return nullptr;
    expr = &tree[group->inner];
  }
  return expr;
}

bool read_digits(std::string_view digits, bool negative, int64_t& value) {
  uint64_t magnitude = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    if (__builtin_mul_overflow(magnitude, uint64_t{10}, &magnitude)) return false;
    if (__builtin_add_overflow(magnitude, static_cast<uint64_t>(c - '0'), &magnitude)) return false;
  }
  const uint64_t most = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (digits.empty() || magnitude > most) return false;
  value = negative ? static_cast<int64_t>(~magnitude + 1) : static_cast<int64_t>(magnitude);
  return true;
}

Constant of_duration(const syntax::DurationExpr& written, bool negative, bool& invalid) {
  Constant constant;
  int64_t amount = 0;
  if (!read_digits(written.digits, negative, amount)) {
    invalid = true;
    return constant;
  }
  int64_t factor = 1;
  switch (written.unit) {
    case syntax::TimeUnit::ms: factor = 1000; break;
    case syntax::TimeUnit::s: factor = kMicrosPerSecond; break;
    case syntax::TimeUnit::min: factor = 60 * kMicrosPerSecond; break;
    case syntax::TimeUnit::h: factor = 3600 * kMicrosPerSecond; break;
    case syntax::TimeUnit::d: factor = kMicrosPerDay; break;
    case syntax::TimeUnit::w: factor = 7 * kMicrosPerDay; break;
    case syntax::TimeUnit::mo: factor = 1; break;
    case syntax::TimeUnit::y: factor = 12; break;
  }
  if (__builtin_mul_overflow(amount, factor, &constant.integer)) {
    invalid = true;
    return Constant();
  }
  constant.form = written.is_period() ? Constant::Form::kPeriod : Constant::Form::kDuration;
  return constant;
}

Constant of_date(const syntax::DateExpr& written, bool& invalid) {
  Constant constant;
  bool ok = false;
  switch (written.form) {
    case syntax::DateForm::date:
      ok = read_date(written.text, constant.integer);
      constant.form = Constant::Form::kDate;
      break;
    case syntax::DateForm::datetime:
      ok = read_datetime(written.text, constant.integer);
      constant.form = Constant::Form::kDatetime;
      break;
    case syntax::DateForm::timestamp:
      ok = read_timestamp(written.text, constant.integer);
      constant.form = Constant::Form::kTimestamp;
      break;
    case syntax::DateForm::time:
      ok = read_time(written.text, constant.integer);
      if (!ok) ok = read_time(written.text + ":00", constant.integer);
      constant.form = Constant::Form::kTime;
      break;
  }
  if (ok) return constant;
  invalid = true;
  return Constant();
}

Constant of_decimal(std::string_view text, bool negative, int extra_scale, Constant::Form form, bool& invalid) {
  const DecimalText read = read_decimal_text(text);
  Constant constant;
  if (!read.fits) {
    invalid = true;
    return constant;
  }
  constant.form = form;
  constant.decimal = negative ? -read.unscaled : read.unscaled;
  constant.scale = static_cast<uint8_t>(read.scale + extra_scale);
  invalid = form == Constant::Form::kPercent && constant.scale > kPercentScale;
  return invalid ? Constant() : constant;
}

Constant of_node(const syntax::Module& tree, const syntax::Expr& expr, bool negative, bool& invalid) {
  Constant constant;
  if (const auto* integer = expr.get_if<syntax::IntExpr>()) {
    if (read_digits(integer->digits, negative, constant.integer)) {
      constant.form = Constant::Form::kInt;
    } else {
      invalid = true;
    }
    return constant;
  }
  if (const auto* decimal = expr.get_if<syntax::DecimalExpr>())
    return of_decimal(decimal->text, negative, 0, Constant::Form::kDecimal, invalid);
  if (const auto* percent = expr.get_if<syntax::PercentExpr>())
    return of_decimal(percent->text, negative, 2, Constant::Form::kPercent, invalid);
  if (const auto* duration = expr.get_if<syntax::DurationExpr>()) return of_duration(*duration, negative, invalid);
  if (const auto* real = expr.get_if<syntax::FloatExpr>()) {
    constant.form = Constant::Form::kFloat;
    constant.real = std::strtod(real->text.c_str(), nullptr) * (negative ? -1 : 1);
    return constant;
  }
  if (negative) return constant;
  if (expr.get_if<syntax::NullExpr>() != nullptr) constant.form = Constant::Form::kNull;
  if (const auto* boolean = expr.get_if<syntax::BoolExpr>()) {
    constant.form = Constant::Form::kBool;
    constant.boolean = boolean->value;
  }
  if (const auto* text = expr.get_if<syntax::StringExpr>()) {
    constant.form = Constant::Form::kText;
    constant.text = text->value;
  }
  if (const auto* date = expr.get_if<syntax::DateExpr>()) return of_date(*date, invalid);
  if (const auto* list = expr.get_if<syntax::ListExpr>()) {
    for (const syntax::ExprId element : list->elements) {
      const auto text = literal_text(tree, element);
      if (!text) return constant;
      constant.texts.push_back(*text);
    }
    constant.form = Constant::Form::kTexts;
  }
  return constant;
}

}  // namespace

std::optional<int64_t> literal_int(const syntax::Module& tree, syntax::ExprId id) {
  bool invalid = false;
  const Constant constant = literal_constant(tree, id, invalid);
  if (constant.form != Constant::Form::kInt) return std::nullopt;
  return constant.integer;
}

std::optional<std::string> literal_text(const syntax::Module& tree, syntax::ExprId id) {
  const syntax::Expr* expr = unwrapped(tree, id);
  if (expr == nullptr) return std::nullopt;
  if (const auto* text = expr->get_if<syntax::StringExpr>()) return text->value;
  return std::nullopt;
}

std::string dotted_name(const syntax::Module& tree, syntax::ExprId id) {
  std::vector<std::string_view> parts;
  while (id.valid()) {
    const syntax::Expr& expr = tree[id];
    if (const auto* name = expr.get_if<syntax::NameExpr>()) {
      std::string joined = name->name.text;
      for (auto it = parts.rbegin(); it != parts.rend(); ++it) joined.append(".").append(*it);
      return joined;
    }
    const auto* field = expr.get_if<syntax::FieldExpr>();
    if (field == nullptr) break;
    parts.push_back(field->field.text);
    id = field->object;
  }
  return {};
}

Constant literal_constant(const syntax::Module& tree, syntax::ExprId id, bool& invalid) {
  const syntax::Expr* expr = unwrapped(tree, id);
  if (expr == nullptr) return {};
  if (const auto* negate = expr->get_if<syntax::NegateExpr>()) {
    const syntax::Expr* operand = unwrapped(tree, negate->operand);
    return operand == nullptr ? Constant() : of_node(tree, *operand, true, invalid);
  }
  return of_node(tree, *expr, false, invalid);
}

DecimalText read_decimal_text(std::string_view text) {
  DecimalText result;
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  result.scale = static_cast<int>(std::min<size_t>(fraction.size(), 1000));
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  result.precision = static_cast<int>(std::min<size_t>(whole.size() + fraction.size(), 1000));
  if (result.precision > kMaxDecimalDigits || result.scale > kMaxDecimalDigits) {
    result.fits = false;
    return result;
  }
  for (const std::string_view part : {whole, fraction}) {
    for (const char c : part) result.unscaled = result.unscaled * 10 + (c - '0');
  }
  return result;
}

}  // namespace mig::sema
