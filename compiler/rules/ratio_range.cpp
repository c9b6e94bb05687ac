// W0252: a rate or share whose declared range admits percentages, weighted and limited so that nobody would notice.
#include <algorithm>
#include <unordered_set>

#include "compiler/rules/field_names.h"
#include "compiler/rules/number_range.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// A percentage of 10 or more fits, and no refinement says what is meant.
bool admits_percentages(const Type& type) {
  if (!type.name.empty()) return false;
  Type plain = type;
  plain.nullable = false;
  const auto range = range_of(plain);
  if (!range || !range->has_high()) return type.kind == Kind::kInt || type.kind == Kind::kDecimal;
  NumberRange ten{{true, true, 10, 10}, 0}, own = *range;
  align(own, ten);
  return own.interval.high >= ten.interval.high;
}

}  // namespace

void check_ratio_range(RuleContext& context) {
  std::unordered_set<std::string> reported;
  for (const CallSite& site : context.calls()) {
    if (site.function() != "min" && site.function() != "clamp") continue;
    for (size_t parameter = 0; parameter < site.call->arguments.size(); ++parameter) {
      const ExprRef value = context.argument(site, parameter);
      if (!value.valid()) continue;
      const syntax::Module& tree = context.tree(value.module);
      const auto* chain = tree[without_groups(tree, value.id)].get_if<syntax::ArithmeticExpr>();
      if (chain == nullptr || chain->operators.empty() || chain->operators[0].op != syntax::ArithmeticOp::multiply) continue;
      for (const syntax::ExprId operand : chain->operands) {
        for (const NamedOrigin& origin : origins_of(context, {value.module, operand})) {
          if (!is_ratio_like(origin.name) || !admits_percentages(context.type(origin.type))) continue;
          const Span place = tree[operand].span;
          if (!reported.insert(std::to_string(place.file.value) + ":" + std::to_string(place.begin)).second) continue;
          Type plain = context.type(origin.type);
          plain.nullable = false;
          const auto range = range_of(plain);
          const std::string most = range && range->has_high() ? number_text(range->interval.high, range->scale) : "any number";
          Diagnostic& finding =
              context.report(Code::W0252, place, "`" + origin.name + "` may be 25 as well as 0.25, and the limit hides the difference",
                             "may be up to " + most);
          if (origin.span.valid()) finding.also(origin.span, "declared here, wider than 0 to 1");
          finding.help(Applicability::choose,
                       "if it is a share of one, declare that: `type Share = decimal(5, 4) where value >= 0.0 and value <= 1.0`");
          finding.help(Applicability::choose, "if it is a percentage, divide by 100 first: `" + context.text(place) + " * 0.01`");
          finding.about(origin.name);
        }
      }
    }
  }
}

}  // namespace mig::rules
