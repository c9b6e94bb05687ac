// W0251: a weighted value that is limited above while nothing keeps it from becoming negative.
#include <algorithm>
#include <map>

#include "compiler/rules/field_names.h"
#include "compiler/rules/number_range.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

struct OpenTerm {
  CallSite site;
  Span value;
  NumberRange range, limit;
  NamedOrigin origin;  // the input that can be negative
};

// Something around it also limits it below, or takes its sign away.
bool is_limited_below(const RuleContext& context, ExprRef ref) {
  for (ExprRef at = ref; at.valid(); at = context.parent(at)) {
    const sema::ExprInfo& about = context.info(at);
    if (about.call >= context.program.calls.size()) continue;
    const auto* declaration = context.program.calls[about.call].declaration;
    if (declaration == nullptr) continue;
    if (declaration->name == "max" || declaration->name == "clamp" || declaration->name == "abs") return true;
  }
  return false;
}

bool multiplies(const RuleContext& context, ExprRef ref) {
  const syntax::Module& tree = context.tree(ref.module);
  const auto* chain = tree[without_groups(tree, ref.id)].get_if<syntax::ArithmeticExpr>();
  return chain != nullptr && !chain->operators.empty() && chain->operators[0].op == syntax::ArithmeticOp::multiply;
}

// The largest sum around the term: its terms are reported together.
ExprRef whole_sum(const RuleContext& context, ExprRef ref) {
  ExprRef whole = ref;
  for (ExprRef outer = context.parent(ref); outer.valid(); outer = context.parent(outer)) {
    if (context.expr(outer).kind() == syntax::ExprKind::arithmetic) whole = outer;
  }
  return whole;
}

}  // namespace

void check_one_sided_limit(RuleContext& context) {
  std::map<std::pair<ModuleId, uint32_t>, std::vector<OpenTerm>> by_sum;
  for (const CallSite& site : context.calls()) {
    if (site.function() != "min") continue;
    for (size_t parameter = 0; parameter < 2; ++parameter) {
      const ExprRef value = context.argument(site, parameter);
      const auto range = range_of(context.type(context.argument_type(site, parameter)));
      const auto limit = range_of(context.type(context.argument_type(site, 1 - parameter)));
      if (!value.valid() || !range || !limit || !limit->is_constant() || limit->interval.low <= 0) continue;
      if ((range->has_low() && range->interval.low >= 0) || !multiplies(context, value) || is_limited_below(context, site.expr)) continue;
      const std::vector<NamedOrigin> origins = origins_of(context, value);
      const auto negative = std::find_if(origins.begin(), origins.end(), [&](const NamedOrigin& origin) {
        const auto own = range_of(context.type(origin.type));
        return own && !(own->has_low() && own->interval.low >= 0) && !is_ratio_like(origin.name);
      });
      if (negative == origins.end()) continue;
      const ExprRef sum = whole_sum(context, site.expr);
      by_sum[{sum.module, sum.id.value}].push_back({site, context.expr(value).span, *range, *limit, *negative});
    }
  }
  for (const auto& [sum, terms] : by_sum) {
    const OpenTerm& first = terms.front();
    const std::string term = context.text(first.value);
    const std::string lowest =
        first.range.has_low() ? "as low as " + number_text(first.range.interval.low, first.range.scale) : "negative without limit";
    Diagnostic& finding = context.report(
        Code::W0251, first.value,
        "`" + term + "` is limited to " + number_text(first.limit.interval.low, first.limit.scale) + " above, and nothing limits it below",
        "can be " + lowest);
    for (size_t i = 1; i < terms.size() && i < 3; ++i) {
      finding.also(terms[i].value, terms[i].range.has_low() ? "as low as " + number_text(terms[i].range.interval.low, terms[i].range.scale)
                                                            : "negative without limit");
    }
    if (terms.size() == 1 && first.origin.span.valid()) finding.also(first.origin.span, "`" + first.origin.name + "` may be negative");
    finding.help(Applicability::choose,
                 "say that `" + first.origin.name + "` is never negative, for example `int(0..)`: records where it is are then found");
    std::vector<Edit> edits;
    for (const OpenTerm& each : terms) {
      const Span whole = context.expr(each.site.expr).span;
      edits.push_back({whole.start(), "max(0" + std::string(each.limit.scale > 0 ? ".0, " : ", ")});
      edits.push_back({whole.after(), ")"});
    }
    const bool calls = std::all_of(terms.begin(), terms.end(),
                                   [&](const OpenTerm& each) { return context.expr(each.site.expr).kind() == syntax::ExprKind::call; });
    if (calls) finding.help(Applicability::choose, "or limit it below, too", std::move(edits));
  }
}

}  // namespace mig::rules
