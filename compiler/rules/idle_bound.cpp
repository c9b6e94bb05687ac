// W0521: `min`, `max` and `clamp` that can never act. (Conditions that are always true or false are found by type checking.)
#include "compiler/rules/number_range.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

enum class Winner : uint8_t { kUnknown, kFirst, kSecond };

Winner winner(bool smaller, NumberRange a, NumberRange b) {
  align(a, b);
  // One wins always when all of it lies on its side of the other; equal ends give the same value.
  const auto below = [](const NumberRange& x, const NumberRange& y) {
    return x.has_high() && y.has_low() && x.interval.high <= y.interval.low;
  };
  if (below(a, b)) return smaller ? Winner::kFirst : Winner::kSecond;
  if (below(b, a)) return smaller ? Winner::kSecond : Winner::kFirst;
  return Winner::kUnknown;
}

void report_idle(RuleContext& context, const CallSite& site, std::string_view function, const NumberRange& value, const NumberRange& limit,
                 Span limit_span, Span value_span, bool smaller) {
  const std::string bound = number_text(limit.interval.low, limit.scale);
  Diagnostic& finding = context.report(
      Code::W0521, limit_span,
      "this `" + std::string(function) + "` never acts: the value is never " + (smaller ? "above " : "below ") + bound + " anyway",
      "changes nothing");
  if (value_span.valid()) finding.also(value_span, range_text(value));
  const auto* call = context.expr(site.expr).get_if<syntax::CallExpr>();
  if (call != nullptr && value_span.valid() && value_span != limit_span) {
    const Span whole = context.expr(site.expr).span;
    finding.help(Applicability::choose, "remove it",
                 {{{whole.file, whole.begin, value_span.begin}, ""}, {{whole.file, value_span.end, whole.end}, ""}});
  }
  finding.help(Applicability::choose, "or correct the limit, or the parts of the value, if it should act");
}

}  // namespace

void check_idle_bound(RuleContext& context) {
  for (const CallSite& site : context.calls()) {
    const std::string_view function = site.function();
    const bool two_sided = function == "clamp";
    if (!two_sided && function != "min" && function != "max") continue;
    const bool smaller = function == "min";
    const auto a = range_of(context.type(context.argument_type(site, 0)));
    const auto b = range_of(context.type(context.argument_type(site, 1)));
    if (!a || !b) continue;
    const auto span_of = [&](size_t parameter) {
      const ExprRef ref = context.argument(site, parameter);
      return ref.valid() ? context.expr(ref).span : Span{};
    };
    if (two_sided) {
      const auto high = range_of(context.type(context.argument_type(site, 2)));
      if (!high || !b->is_constant() || !high->is_constant()) continue;
      const bool low_idle = winner(false, *a, *b) == Winner::kFirst, high_idle = winner(true, *a, *high) == Winner::kFirst;
      if (low_idle && high_idle) {
        Diagnostic& finding = context.report(Code::W0521, context.expr(site.expr).span,
                                             "this `clamp` never acts: the value is never outside the limits anyway", "changes nothing");
        if (span_of(0).valid()) finding.also(span_of(0), range_text(*a));
      }
      continue;
    }
    if (a->is_constant() && b->is_constant()) continue;
    const Winner wins = winner(smaller, *a, *b);
    if (wins == Winner::kUnknown) continue;
    const NumberRange& first = wins == Winner::kFirst ? *a : *b;
    const NumberRange& other = wins == Winner::kFirst ? *b : *a;
    const size_t value_index = wins == Winner::kFirst ? 0 : 1;
    if (other.is_constant()) {
      const Span limit_span = span_of(1 - value_index).valid() ? span_of(1 - value_index) : context.expr(site.expr).span;
      report_idle(context, site, function, first, other, limit_span, span_of(value_index), smaller);
    } else if (first.is_constant()) {
      Diagnostic& finding = context.report(Code::W0521, context.expr(site.expr).span,
                                           "this `" + std::string(function) + "` is always " + number_text(first.interval.low, first.scale),
                                           "the other value is never used");
      if (span_of(1 - value_index).valid()) finding.also(span_of(1 - value_index), range_text(other));
      finding.help(Applicability::choose,
                   smaller ? "if this should be a lower limit, write `max`" : "if this should be an upper limit, write `min`");
    }
  }
}

}  // namespace mig::rules
