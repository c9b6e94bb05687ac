// Result types that depend on arguments (the rules of stdlib declarations), and what constant arguments reveal.
#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/type_relations.h"
#include "runtime/types/decimal.h"
#include "stdlib/date_ambiguity.h"

namespace mig::sema {

namespace {

using stdlib::Declaration;

size_t parameter_index(const Declaration& declaration, std::string_view name) {
  for (size_t i = 0; i < declaration.parameters.size(); ++i) {
    if (declaration.parameters[i].name == name) return i;
  }
  return declaration.parameters.size();
}

// Functions that never make a text longer, and may make it shorter.
constexpr std::string_view kShortening[] = {"trim",         "trim_start", "trim_end", "collapse_spaces", "strip_prefix",
                                            "strip_suffix", "before",     "after",    "remove",          "null_if"};

// Functions whose text is as long as the one they are given.
constexpr std::string_view kSameLength[] = {"mask_phone", "mask_last"};

}  // namespace

TypeId CallChecker::result_of(const Declaration& declaration, CallInfo& call, const Bindings& bindings, bool& may_fail) {
  const std::string& rule = declaration.rule;
  // Bounds that narrowing gave an argument hold for the value that is passed, not only for the type it converts to.
  const auto argument_type = [&](size_t i) -> TypeId {
    if (i >= call.arguments.size()) return kNoType;
    const BoundArgument& bound = call.arguments[i];
    TypeId own = bound.type;
    TypeId exact = kNoType;
    if (bound.source == BoundArgument::Source::kExpr) exact = checker_.info(bound.expr.id).type;
    if (bound.source == BoundArgument::Source::kPiped) exact = call.piped;
    if (exact == kNoType || own == kNoType || is_error(type(exact)) || is_never(type(exact))) return own;
    if (type(exact).kind != type(own).kind || type(own).kind == Kind::kDecimal) return own;
    return exact;
  };
  const TypeId first = argument_type(0);
  // Ends of an int argument, which are equal when it is a constant.
  const auto end_of = [&](size_t i, bool least) -> int64_t {
    if (i >= call.arguments.size()) return least ? kUnboundedLow : kUnboundedHigh;
    if (call.arguments[i].constant.form == Constant::Form::kInt) return call.arguments[i].constant.integer;
    const TypeId own = argument_type(i);
    if (own == kNoType) return least ? kUnboundedLow : kUnboundedHigh;
    return least ? type(own).low : type(own).high;
  };
  const auto constant = [&](std::string_view name) { return end_of(parameter_index(declaration, name), true); };
  if (rule.empty()) {
    TypeId result = instantiate(declaration, declaration.result, bindings);
    if (declaration.name == "redact" && type(argument_type(1)).kind == Kind::kString)
      return types().string(type(argument_type(1)).low, type(argument_type(1)).high);
    if (std::find(std::begin(kSameLength), std::end(kSameLength), declaration.name) != std::end(kSameLength) && first != kNoType &&
        type(first).kind == Kind::kString && type(first).unit == LengthUnit::kCodePoints)
      return types().string(type(first).low, type(first).high);
    if (result != kNoType && first != kNoType &&
        std::find(std::begin(kShortening), std::end(kShortening), declaration.name) != std::end(kShortening)) {
      const Type& given = type(first);
      if (given.kind == Kind::kString && given.unit == LengthUnit::kCodePoints && given.high != kUnboundedHigh) {
        const bool nullable = type(result).nullable;
        result = types().string(kUnboundedLow, given.high);
        if (nullable) result = types().nullable(result);
      }
    }
    return result;
  }
  if (rule == "min" || rule == "max") {
    const TypeId second = argument_type(1);
    const Type& a = type(first);
    const Type& b = type(second);
    const bool least = rule == "min";
    const auto pick = [&](int128 x, int128 y) { return least ? std::min(x, y) : std::max(x, y); };
    const Interval x = interval_of(a), y = interval_of(b);
    const Interval both{true, true, pick(x.low, y.low), pick(x.high, y.high)};
    if (a.kind == Kind::kInt) return types().integer(static_cast<int64_t>(both.low), static_cast<int64_t>(both.high));
    return decimal_within(types(), std::max(a.precision, b.precision), a.scale, both);
  }
  if (rule == "clamp") {
    const Interval low = interval_of(type(argument_type(1))), high = interval_of(type(argument_type(2))), x = interval_of(type(first));
    const Interval result{true, true, std::min(std::max(x.low, low.low), high.low), std::min(std::max(x.high, low.high), high.high)};
    if (type(first).kind == Kind::kInt) return types().integer(static_cast<int64_t>(result.low), static_cast<int64_t>(result.high));
    return decimal_within(types(), type(first).precision, type(first).scale, result);
  }
  if (rule == "abs" || rule == "same") {
    const Type& x = type(first);
    Interval own = interval_of(x);
    if (x.kind == Kind::kInt || (x.kind == Kind::kDecimal && declaration.name == "abs")) {
      const int128 most = std::max(own.low < 0 ? -own.low : own.low, own.high < 0 ? -own.high : own.high);
      own = {true, true, own.low > 0 ? own.low : own.high < 0 ? -own.high : 0, most};
      bool overflows = false;
      if (x.kind == Kind::kInt) {
        const TypeId result = int_within(types(), own, overflows);
        call.may_overflow = overflows;
        return result;
      }
      return decimal_within(types(), x.precision, x.scale, own);
    }
    return call.arguments.empty() ? kNoType : call.arguments[0].type;
  }
  if (rule == "round_to") {
    const Type& x = type(call.arguments[0].type);
    const int scale = static_cast<int>(constant("scale"));
    const int whole = x.precision - x.scale;
    const int precision = std::min(whole + scale + (scale < x.scale ? 1 : 0), kMaxDecimalDigits);
    Interval interval = interval_of(x);
    if (scale >= x.scale) {
      interval = rescaled(interval, x.scale, scale);
    } else {
      interval.low = decimal_shift_down(interval.low, x.scale - scale, Rounding::kFloor);
      interval.high = decimal_shift_down(interval.high, x.scale - scale, Rounding::kCeiling);
    }
    call.may_overflow = digits_of(interval) > kMaxDecimalDigits;
    return decimal_within(types(), std::max(precision, std::max(scale, 1)), scale, interval);
  }
  if (rule == "div") {
    const Type& a = type(call.arguments[0].type);
    const Type& b = type(call.arguments[1].type);
    const int scale = static_cast<int>(constant("scale"));
    const int precision = a.precision - a.scale + b.scale + scale;
    const Interval divisor = interval_of(b);
    if (divisor.low > 0 || divisor.high < 0) may_fail = false;
    if (precision > kMaxDecimalDigits) call.may_overflow = true;
    return types().decimal(static_cast<uint8_t>(std::clamp(precision, std::max(scale, 1), kMaxDecimalDigits)), static_cast<uint8_t>(scale));
  }
  if (rule == "int_div" || rule == "mod") {
    const Type& a = type(first);
    const Type& b = type(argument_type(1));
    if (b.low > 0 || b.high < 0) may_fail = false;
    if (rule == "int_div") {
      call.may_overflow = a.low == kUnboundedLow && b.low <= -1 && b.high >= -1;
      if (b.low > 0 && a.low >= 0) return types().integer(0, a.high == kUnboundedHigh ? kUnboundedHigh : a.high / b.low);
      return types().of(Kind::kInt);
    }
    if (b.low > 0) return types().integer(0, b.high == kUnboundedHigh ? kUnboundedHigh : b.high - 1);
    return types().of(Kind::kInt);
  }
  if (rule == "percent_of") {
    const Type& x = type(call.arguments[0].type);
    call.may_overflow = true;
    return types().decimal(static_cast<uint8_t>(std::min(x.precision + 3, kMaxDecimalDigits)), x.scale);
  }
  if (rule == "fit_int") {
    const Type& x = type(first);
    const int64_t low = constant("low"), high = constant("high");
    if (low <= x.low && x.high <= high) may_fail = false;
    return types().integer(std::max(low, std::min(x.low, high)), std::min(high, std::max(x.high, low)));
  }
  if (rule == "decimal_of") {
    const int64_t precision = constant("precision"), scale = constant("scale");
    if (scale > precision) {
      checker_.report(Code::E0241,
                      checker_.expr(call.arguments.back().expr.valid() ? call.arguments.back().expr.id : call.arguments[0].expr.id).span,
                      "a decimal cannot have more digits behind the point than in all");
      return error();
    }
    const TypeId result = types().decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
    if (declaration.name == "fit_decimal" && fit(types(), call.arguments[0].type, result) == Fit::kYes) {
      may_fail = false;
      const Type& x = type(call.arguments[0].type);
      return decimal_within(types(), static_cast<int>(precision), static_cast<int>(scale),
                            rescaled(interval_of(x), x.scale, static_cast<int>(scale)));
    }
    return result;
  }
  if (rule == "minor_to_decimal") {
    const int scale = static_cast<int>(constant("scale"));
    const Interval interval = interval_of(type(first));
    const int precision = std::max({digits_of(interval), scale, 1});
    return decimal_within(types(), std::min(precision, kMaxDecimalDigits), scale, interval);
  }
  if (rule == "length") {
    const Type& s = type(first);
    if (s.unit != LengthUnit::kCodePoints) return types().integer(0, kUnboundedHigh);
    return types().integer(std::max<int64_t>(s.low, 0), s.high);
  }
  if (rule == "slice") {
    const int64_t most = end_of(2, false);
    return types().string(kUnboundedLow,
                          most == kUnboundedHigh ? type(first).high : std::max<int64_t>(std::min(most, type(first).high), 0));
  }
  if (rule == "truncate") {
    const Type& s = type(first);
    const size_t n = parameter_index(declaration, "n");
    const int64_t least = end_of(n, true), most = end_of(n, false);
    const int64_t low = std::min(std::max<int64_t>(s.low, 0), std::max<int64_t>(least, 0));
    return types().string(low == 0 ? kUnboundedLow : low, std::min(s.high, most));
  }
  if (rule == "fit_length") {
    const Type& s = type(first);
    const int64_t low = constant("min"), high = constant("max");
    if (std::max<int64_t>(s.low, 0) >= low && s.high <= high && s.unit == LengthUnit::kCodePoints) may_fail = false;
    return types().string(low == 0 ? kUnboundedLow : low, high);
  }
  if (rule == "non_empty") {
    const Type& s = type(first);
    return types().nullable(types().string(std::max<int64_t>(s.low, 1), s.high));
  }
  if (rule == "sum") {
    const Type& list = type(call.arguments[0].type);
    if (list.element == kNoType) return kNoType;
    call.may_overflow = true;
    return types().decimal(38, type(list.element).scale);
  }
  if (rule == "average") {
    const Type& list = type(call.arguments[0].type);
    if (list.element == kNoType) return kNoType;
    const int scale = static_cast<int>(constant("scale"));
    const Type& element = type(list.element);
    return types().nullable(types().decimal(
        static_cast<uint8_t>(std::clamp(element.precision - element.scale + scale, std::max(scale, 1), 38)), static_cast<uint8_t>(scale)));
  }
  if (rule == "coalesce") {
    TypeId element = call.arguments[0].type;
    if (element == kNoType) return kNoType;
    const auto& rest = call.arguments[0].rest;
    const bool last_has_value = !rest.empty() && !type(checker_.info(rest.back().id).type).nullable;
    return last_has_value ? types().non_null(element) : types().nullable(element);
  }
  if (rule == "on_duplicate") {
    for (const std::string_view name : {"on_duplicate", "on_conflict"}) {
      const size_t i = parameter_index(declaration, name);
      if (i < call.arguments.size() && call.arguments[i].constant.integer != 0) may_fail = false;
    }
    return instantiate(declaration, declaration.result, bindings);
  }
  return instantiate(declaration, declaration.result, bindings);  // "field", and rules that only restrict arguments
}

void CallChecker::judge_constants(const Declaration& declaration, const CallInfo& call, syntax::ExprId id) {
  for (size_t i = 0; i < declaration.intrinsic_arguments.size(); ++i) {
    const stdlib::IntrinsicArgument& made = declaration.intrinsic_arguments[i];
    if (made.source != stdlib::IntrinsicArgument::Source::kPrepared) continue;
    const auto constant = [&](size_t part) -> const Constant* {
      if (part >= made.parts.size() || made.parts[part] < 0) return nullptr;
      const size_t index = static_cast<size_t>(made.parts[part]);
      return index < call.arguments.size() ? &call.arguments[index].constant : nullptr;
    };
    const auto span_of = [&](size_t part) {
      const size_t index = static_cast<size_t>(made.parts[part]);
      const BoundArgument& bound = call.arguments[index];
      return bound.expr.valid() ? expr(bound.expr.id).span : expr(id).span;
    };
    stdlib::PreparedSpec spec;
    spec.kind = made.prepared;
    std::string problem;
    if (made.prepared == stdlib::PreparedKind::kPattern && constant(0) != nullptr) {
      spec.texts = {constant(0)->text};
      if (stdlib::prepare(spec, problem) == nullptr) checker_.report(Code::E0006, span_of(0), "the pattern cannot be read", problem);
    } else if (made.prepared == stdlib::PreparedKind::kZone && constant(0) != nullptr) {
      spec.name = constant(0)->text;
      if (stdlib::prepare(spec, problem) == nullptr) {
        checker_.report(Code::E0101, span_of(0), "there is no time zone `" + spec.name + "`", problem)
            .help(Applicability::choose, "zones have the names of the IANA database: \"America/New_York\", \"UTC\"");
      }
    } else if (made.prepared == stdlib::PreparedKind::kDateFormats && constant(0) != nullptr) {
      judge_formats_of(declaration, call, id, made);
    }
  }
}

void CallChecker::judge_formats_of(const Declaration& declaration, const CallInfo& call, syntax::ExprId id,
                                   const stdlib::IntrinsicArgument& made) {
  const BoundArgument& list = call.arguments[static_cast<size_t>(made.parts[0])];
  std::vector<std::string> formats =
      list.constant.form == Constant::Form::kText ? std::vector<std::string>{list.constant.text} : list.constant.texts;
  std::vector<Span> spans;
  if (list.expr.valid()) {
    if (const auto* literal = expr(list.expr.id).get_if<syntax::ListExpr>()) {
      for (const syntax::ExprId element : literal->elements) spans.push_back(expr(element).span);
    }
  }
  const Span whole = list.expr.valid() ? expr(list.expr.id).span : expr(id).span;
  if (spans.size() != formats.size()) spans.assign(formats.size(), whole);
  stdlib::PreparedSpec spec;
  spec.kind = stdlib::PreparedKind::kDateFormats;
  spec.flag = made.number;
  std::string zone, pivot, locale;
  bool first_format = false;
  Span zone_span;
  for (size_t i = 0; i < declaration.parameters.size(); ++i) {
    const std::string& name = declaration.parameters[i].name;
    const Constant& value = call.arguments[i].constant;
    if (name == "zone") zone = value.text, zone_span = call.arguments[i].expr.valid() ? expr(call.arguments[i].expr.id).span : Span();
    if (name == "pivot" && value.form == Constant::Form::kInt) pivot = std::to_string(value.integer);
    if (name == "locale") locale = value.text;
    if (name == "if_ambiguous") first_format = value.integer != 0;
  }
  spec.values = {pivot, locale};
  const bool wants_zone = declaration.name == "parse_timestamp";
  std::string problem;
  if (!zone.empty()) {
    if (stdlib::prepare({stdlib::PreparedKind::kZone, zone, {}, {}, 0, 0}, problem) == nullptr) {
      checker_.report(Code::E0101, zone_span.valid() ? zone_span : whole, "there is no time zone `" + zone + "`", problem)
          .help(Applicability::choose, "zones have the names of the IANA database: \"America/New_York\", \"UTC\"");
      return;
    }
  }
  if (formats.empty()) {
    checker_.report(Code::E0233, whole, "no format is given, so no text can be read", "an empty list");
    return;
  }
  bool all_good = true, zone_reported = false;
  for (size_t i = 0; i < formats.size(); ++i) {
    const auto same = std::find(formats.begin(), formats.begin() + static_cast<std::ptrdiff_t>(i), formats[i]);
    if (same != formats.begin() + static_cast<std::ptrdiff_t>(i)) {
      checker_.report(Code::E0515, spans[i], "the format \"" + formats[i] + "\" stands twice in the list", "never reached")
          .also(spans[static_cast<size_t>(same - formats.begin())], "the first one reads every text of this form");
    }
    spec.texts = {formats[i]};
    spec.name = zone;
    if (stdlib::prepare(spec, problem) != nullptr) continue;
    all_good = false;
    std::string with_zone_problem;
    if (wants_zone && zone.empty()) {
      spec.name = "UTC";
      if (stdlib::prepare(spec, with_zone_problem) != nullptr) {
        if (!zone_reported) {
          Diagnostic& finding =
              checker_.report(Code::E0232, spans[i], "this format has no zone, so the instant is not known", "a time without an offset");
          finding.note("the same clock time is another instant in every zone; nothing is assumed");
          const Span at = whole.after();
          finding.help(Applicability::choose, "say in which zone the times are written", {{at, ", zone: \"UTC\""}});
        }
        zone_reported = true;
        continue;
      }
      problem = with_zone_problem;
    }
    checker_.report(Code::E0233, spans[i], "this format cannot be used: " + problem, "\"" + formats[i] + "\"");
  }
  if ((!all_good && !zone_reported) || first_format || formats.size() < 2) return;
  spec.texts = formats;
  spec.name = zone_reported ? "UTC" : zone;
  for (const auto& [earlier, later] : stdlib::ambiguous_formats(spec)) {
    Diagnostic& finding =
        checker_.report(Code::W0231, spans[later], "two formats read the same text as different days", "reads 03/04 one way");
    if (!(spans[earlier] == spans[later])) finding.also(spans[earlier], "the earlier format reads it the other way");
    finding.note("with this order the earlier format wins whenever both fit: day and month are swapped up to the 12th");
    finding.help(Applicability::choose, "keep the order on purpose", {{whole.after(), ", if_ambiguous: first_format"}});
    finding.help(Applicability::choose, "or remove the format that the data does not use");
  }
}

std::string failure_reason(std::string_view function) {
  const auto starts = [&](std::string_view prefix) { return function.substr(0, prefix.size()) == prefix; };
  if (function == "parse_date" || function == "parse_time" || function == "parse_datetime" || function == "parse_timestamp") {
    return "fails when the text fits none of the formats";
  }
  if (function == "parse_email") return "fails when the text is not an e-mail address";
  if (starts("parse_")) return "fails when the text cannot be read";
  if (function == "fit_length") return "fails when the text is too short or too long";
  if (function == "fit_int" || function == "fit_decimal") return "fails when the number does not fit";
  if (function == "div" || function == "int_div" || function == "mod") return "fails when the divisor is zero";
  if (function == "at_zone") return "fails for local times that the zone skips or has twice";
  if (function == "map_keys" || function == "map_entries" || function == "merge" || function == "index_by")
    return "fails when two keys become the same";
  return "`" + std::string(function) + "` can fail";
}

}  // namespace mig::sema
