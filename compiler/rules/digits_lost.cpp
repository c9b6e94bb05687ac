// W0263: identifiers that are read as numbers.
#include <algorithm>

#include "compiler/rules/field_names.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// The texts of `x in ["postal_code", "phone"]`.
std::vector<std::string> protected_names(const RuleContext& context, ExprRef condition) {
  std::vector<std::string> names;
  const syntax::Module& tree = context.tree(condition.module);
  walk(tree, condition.id, [&](syntax::ExprId id) {
    const auto* compare = tree[id].get_if<syntax::CompareExpr>();
    if (compare == nullptr || !compare->right.valid()) return;
    walk(tree, compare->right, [&](syntax::ExprId part) {
      if (const auto* text = tree[part].get_if<syntax::StringExpr>()) names.push_back(text->value);
    });
  });
  return names;
}

void check_inference(RuleContext& context, const CallSite& site) {
  const size_t kAsText = 1;
  if (site.call->arguments.size() <= kAsText) return;
  const sema::BoundArgument& as_text = site.call->arguments[kAsText];
  const Span place = context.expr(site.expr).span;
  const std::string loses = "\"02134\" becomes 2134, \"007\" becomes 7, \"+4420\" becomes 4420";
  ExprRef condition = as_text.source == sema::BoundArgument::Source::kExpr ? as_text.expr : ExprRef{};
  if (condition.valid()) condition.id = without_groups(context.tree(condition.module), condition.id);
  const auto* literal = condition.valid() ? context.expr(condition).get_if<syntax::BoolExpr>() : nullptr;
  const bool never =
      as_text.source == sema::BoundArgument::Source::kConstant ? !as_text.constant.boolean : literal != nullptr && !literal->value;
  const bool always =
      as_text.source == sema::BoundArgument::Source::kConstant ? as_text.constant.boolean : literal != nullptr && literal->value;
  if (always) return;
  if (never) {
    context.report(Code::W0263, place, "text that looks like a number becomes one, also where it is an identifier", loses)
        .help(Applicability::sketch,
              "name the fields that stay text, such as postal codes and phone numbers: `as_text: field in [\"postal_code\", \"phone\"]`")
        .help(Applicability::choose, "or keep all text as it is: `as_text: true`");
    return;
  }
  if (!condition.valid()) return;
  const std::vector<std::string> names = protected_names(context, condition);
  Diagnostic& finding =
      context.report(Code::W0263, place,
                     "text that looks like a number becomes one" +
                         (names.empty() ? std::string() : "; only " + listed(names) + (names.size() == 1 ? " stays text" : " stay text")),
                     loses);
  finding.also(context.expr(condition).span, names.empty() ? "decides what stays text" : "these stay text");
  finding.help(Applicability::choose, "check that no other field holds identifiers, then allow it: `@allow(W0263, \"why\")`");
}

void check_number(RuleContext& context, const CallSite& site) {
  const ExprRef value = context.argument(site, 0);
  for (const NamedOrigin& origin : origins_of(context, value)) {
    if (!is_identifier_like(origin.name)) continue;
    Diagnostic& finding =
        context.report(Code::W0263, context.expr(site.expr).span, "`" + origin.name + "` looks like an identifier and is read as a number",
                       "leading zeros and plus signs are lost: \"02134\" becomes 2134");
    if (origin.span.valid()) finding.also(origin.span, "digits of an identifier are not a quantity");
    finding.help(Applicability::choose, "keep it as text in the target");
    finding.help(Applicability::choose, "or, if it is a number in every record, allow it: `@allow(W0263, \"why\")`");
    finding.about(origin.name);
    return;
  }
}

}  // namespace

void check_digits_lost(RuleContext& context) {
  for (const CallSite& site : context.calls()) {
    const std::string_view function = site.function();
    if (function == "infer_scalar") check_inference(context, site);
    if (function == "parse_int" || function == "parse_decimal" || function == "parse_float") check_number(context, site);
  }
}

}  // namespace mig::rules
