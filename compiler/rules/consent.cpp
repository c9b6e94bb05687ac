#include "compiler/rules/consent.h"

#include <algorithm>

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

template <size_t N>
bool among(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string normalised(std::string_view word) {
  std::string text;
  for (const char c : word) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
  return text;
}

// Words that only subscriptions have.
bool is_subscription_word(std::string_view word) {
  static constexpr std::string_view kWords[] = {"subscribed", "unsubscribed",  "opted_in", "opted_out",  "opt_in",       "opt_out",
                                                "complained", "suppressed",    "spam",     "consented",  "resubscribed", "do_not_contact",
                                                "dnc",        "double_opt_in", "unsub",    "spam_report"};
  return among(word, kWords);
}

}  // namespace

uint32_t level_of_word(const RuleContext& context, std::string_view written) {
  static constexpr std::string_view kComplained[] = {"complained",  "complaint",      "complainer", "spam",
                                                     "spam_report", "spam_complaint", "abuse"};
  static constexpr std::string_view kRefused[] = {"suppressed",  "unsubscribed", "unsub",    "opted_out", "opt_out",
                                                  "blocked",     "blacklisted",  "refused",  "revoked",   "withdrawn",
                                                  "bounced",     "hard_bounce",  "cleaned",  "dnc",       "do_not_contact",
                                                  "do_not_mail", "do_not_email", "objected", "deceased"};
  static constexpr std::string_view kAsked[] = {"pending", "unconfirmed", "invited", "opt_in_pending", "double_opt_in"};
  static constexpr std::string_view kGiven[] = {"subscribed", "opted_in", "opt_in", "confirmed", "consented", "resubscribed", "active"};
  const std::string word = normalised(written);
  const sema::ConsentLevels levels = sema::consent_levels(context.program);
  const auto own = std::find(levels.names.begin(), levels.names.end(), word);
  if (own != levels.names.end()) return static_cast<uint32_t>(own - levels.names.begin());
  if (levels.declared) return kNone;
  if (among(word, kComplained)) return 0;
  if (among(word, kRefused)) return 1;
  if (among(word, kAsked)) return 3;
  if (among(word, kGiven)) return 4;
  return kNone;
}

uint32_t level_of(const RuleContext& context, uint32_t enumeration, uint32_t variant) {
  const uint32_t own = sema::marked_level(context.program, sema::consent_levels(context.program), enumeration, variant);
  if (own != kNone) return own;
  return level_of_word(context, variant_name(context, enumeration, variant));
}

bool is_consent_enum(const RuleContext& context, uint32_t enumeration) {
  if (enumeration >= context.program.enums.size()) return false;
  const auto& variants = context.program.enums[enumeration].variants;
  const sema::ConsentLevels levels = sema::consent_levels(context.program);
  for (uint32_t v = 0; v < variants.size(); ++v) {
    if (sema::marked_level(context.program, levels, enumeration, v) != kNone) return true;
  }
  return std::any_of(variants.begin(), variants.end(),
                     [](const EnumVariant& variant) { return is_subscription_word(normalised(variant.name)); });
}

uint32_t lowest_level(const RuleContext& context, uint32_t enumeration) {
  uint32_t lowest = kNone;
  if (!is_consent_enum(context, enumeration)) return lowest;
  for (uint32_t v = 0; v < context.program.enums[enumeration].variants.size(); ++v)
    lowest = std::min(lowest, level_of(context, enumeration, v));
  return lowest;
}

bool is_raised(const RuleContext& context, uint32_t from, uint32_t enumeration, uint32_t variant) {
  const uint32_t to = level_of(context, enumeration, variant);
  return from != kNone && to != kNone && to > from && to > lowest_level(context, enumeration);
}

std::string variant_name(const RuleContext& context, uint32_t enumeration, uint32_t variant) {
  if (enumeration >= context.program.enums.size() || variant >= context.program.enums[enumeration].variants.size()) return {};
  return context.program.enums[enumeration].variants[variant].name;
}

const StatusArm* StatusMapping::arm_of(uint32_t variant) const {
  for (const StatusArm& arm : arms) {
    for (const StatusKey& key : arm.keys) {
      if (key.variant == variant) return &arm;
    }
  }
  return nullptr;
}

namespace {

class MappingReader {
 public:
  explicit MappingReader(const RuleContext& context) : context_(context), program_(context.program) {}

  StatusMappings run() {
    for (uint32_t t = 0; t < program_.tables.size(); ++t) table(t);
    for (ModuleId module = 0; module < program_.modules.size(); ++module) {
      const syntax::Module& tree = context_.tree(module);
      for (uint32_t e = 0; e < tree.exprs.size(); ++e) {
        if (tree.exprs[e].kind() == syntax::ExprKind::match) match({module, syntax::ExprId{e}});
      }
    }
    for (uint32_t f = 0; f < program_.fns.size(); ++f) fn(f);
    compose();
    return std::move(result_);
  }

 private:
  void outcomes(ExprRef ref, bool acknowledged, std::vector<StatusOutcome>& found) {
    const syntax::Module& tree = context_.tree(ref.module);
    ref.id = without_groups(tree, ref.id);
    if (!ref.valid()) return;
    const syntax::Expr& expr = tree[ref.id];
    const sema::ExprInfo& about = context_.info(ref);
    if (about.ref == Ref::kVariant) {
      found.push_back({about.index, about.part, expr.span, acknowledged});
    } else if (const auto* raise = expr.get_if<syntax::RaiseExpr>()) {
      if (raise->verb == syntax::RaiseVerb::warn) outcomes({ref.module, raise->replacement}, true, found);
    } else if (const auto* choice = expr.get_if<syntax::IfExpr>()) {
      outcomes({ref.module, choice->consequence}, acknowledged, found);
      outcomes({ref.module, choice->otherwise}, acknowledged, found);
    } else if (const auto* fallback = expr.get_if<syntax::CoalesceExpr>()) {
      outcomes({ref.module, fallback->value}, acknowledged, found);
      outcomes({ref.module, fallback->fallback}, acknowledged, found);
    } else if (const auto* inner = expr.get_if<syntax::MatchExpr>()) {
      for (const syntax::MatchArm& arm : inner->arms) outcomes({ref.module, arm.value}, acknowledged, found);
    }
  }

  void keys(ModuleId module, syntax::PatternId id, uint32_t enumeration, StatusArm& arm) {
    if (!id.valid()) return;
    const syntax::Pattern& pattern = context_.tree(module)[id];
    switch (pattern.kind()) {
      case syntax::PatternKind::wildcard:
      case syntax::PatternKind::otherwise: arm.otherwise = true; return;
      case syntax::PatternKind::alternatives:
        for (const syntax::PatternId each : pattern.as<syntax::AlternativesPattern>().alternatives) keys(module, each, enumeration, arm);
        return;
      case syntax::PatternKind::constant: {
        const syntax::ExprId value = pattern.as<syntax::ConstantPattern>().value;
        const auto* text = value.valid() ? context_.tree(module)[value].get_if<syntax::StringExpr>() : nullptr;
        if (text != nullptr) arm.keys.push_back({text->value, kNone, level_of_word(context_, text->value)});
        return;
      }
      case syntax::PatternKind::variant: {
        const sema::PatternInfo& about = context_.info(module, id);
        if (about.form != sema::PatternForm::kVariant || about.enumeration != enumeration) return;
        arm.keys.push_back(
            {variant_name(context_, enumeration, about.variant), about.variant, level_of(context_, enumeration, about.variant)});
        return;
      }
      case syntax::PatternKind::error:
      case syntax::PatternKind::range: return;
    }
  }

  // Adds the variants that `_` covers, and keeps the mapping when its results are statuses. Returns its index, or kNone.
  uint32_t keep(StatusMapping mapping) {
    bool results = false, inputs = mapping.enumeration != kNone && is_consent_enum(context_, mapping.enumeration);
    std::vector<bool> named(mapping.enumeration < program_.enums.size() ? program_.enums[mapping.enumeration].variants.size() : 0, false);
    for (const StatusArm& arm : mapping.arms) {
      for (const StatusOutcome& outcome : arm.outcomes) results |= is_consent_enum(context_, outcome.enumeration);
      for (const StatusKey& key : arm.keys) {
        if (key.variant < named.size()) named[key.variant] = true;
        if (key.variant == kNone) inputs |= is_subscription_word(normalised(key.name));
      }
    }
    if (!results && !inputs) return kNone;
    mapping.about_consent = results && inputs;
    for (StatusArm& arm : mapping.arms) {
      if (!arm.otherwise) continue;
      for (uint32_t v = 0; v < named.size(); ++v) {
        if (!named[v]) arm.keys.push_back({variant_name(context_, mapping.enumeration, v), v, level_of(context_, mapping.enumeration, v)});
      }
    }
    result_.all.push_back(std::move(mapping));
    return static_cast<uint32_t>(result_.all.size() - 1);
  }

  uint32_t enum_of(const Type& type) const { return type.kind == Kind::kEnum ? type.declaration : kNone; }

  void table(uint32_t index) {
    const sema::TableSymbol& symbol = program_.tables[index];
    const auto* written = context_.decl(symbol).get_if<syntax::TableDecl>();
    if (written == nullptr) return;
    StatusMapping mapping;
    mapping.name = "table " + symbol.name;
    mapping.enumeration = enum_of(context_.type(symbol.key));
    for (const syntax::TableRow& row : written->rows) {
      StatusArm arm;
      keys(symbol.module, row.key, mapping.enumeration, arm);
      arm.key_span = row.key.valid() ? context_.tree(symbol.module)[row.key].span : row.span;
      outcomes({symbol.module, row.value}, false, arm.outcomes);
      mapping.arms.push_back(std::move(arm));
    }
    const uint32_t kept = keep(std::move(mapping));
    if (kept != kNone) of_table_.emplace(index, kept);
  }

  void match(ExprRef ref) {
    const auto& written = context_.expr(ref).as<syntax::MatchExpr>();
    if (!written.subject.valid()) return;
    StatusMapping mapping;
    mapping.name = "this match";
    mapping.enumeration = enum_of(context_.type(ExprRef{ref.module, written.subject}));
    for (const syntax::MatchArm& row : written.arms) {
      StatusArm arm;
      keys(ref.module, row.pattern, mapping.enumeration, arm);
      arm.key_span = row.pattern.valid() ? context_.tree(ref.module)[row.pattern].span : row.span;
      outcomes({ref.module, row.value}, false, arm.outcomes);
      mapping.arms.push_back(std::move(arm));
    }
    const uint32_t kept = keep(std::move(mapping));
    if (kept != kNone) of_match_.emplace((uint64_t{ref.module} << 32) | ref.id.value, kept);
  }

  // A function that is one match over its parameter.
  void fn(uint32_t index) {
    const sema::FnSymbol& symbol = program_.fns[index];
    if (!symbol.body.valid() || symbol.parameters.empty()) return;
    const syntax::ExprId body = without_groups(context_.tree(symbol.body.module), symbol.body.id);
    const auto it = of_match_.find((uint64_t{symbol.body.module} << 32) | body.value);
    if (it == of_match_.end()) return;
    const auto& written = context_.tree(symbol.body.module)[body].as<syntax::MatchExpr>();
    const sema::ExprInfo& subject =
        context_.info(ExprRef{symbol.body.module, without_groups(context_.tree(symbol.body.module), written.subject)});
    if (subject.ref != Ref::kLocal || subject.index != symbol.parameters[0]) return;
    result_.all[it->second].name = "fn " + symbol.name;
    of_fn_.emplace(index, it->second);
  }

  uint32_t mapping_of_call(const sema::CallInfo& call) const {
    const auto& known = call.callee == Ref::kTable ? of_table_ : of_fn_;
    if (call.callee != Ref::kTable && call.callee != Ref::kFn) return kNone;
    const auto it = known.find(call.index);
    return it == known.end() ? kNone : it->second;
  }

  // The mapping whose result an expression is: `norm_status(x)`, `x |> norm_status`.
  uint32_t mapping_of_value(ExprRef ref) const {
    const syntax::Module& tree = context_.tree(ref.module);
    ref.id = without_groups(tree, ref.id);
    if (!ref.valid()) return kNone;
    if (const auto* pipe = tree[ref.id].get_if<syntax::PipeExpr>(); pipe != nullptr && !pipe->stages.empty())
      ref.id = pipe->stages.back().callee;
    const sema::ExprInfo& about = context_.info(ref);
    if (about.ref == Ref::kLocal && about.index < program_.locals.size()) {
      const ExprRef value = context_.let_value(ref.module, program_.locals[about.index].span);
      return value.valid() && value.id < ref.id ? mapping_of_value(value) : kNone;
    }
    return about.call < program_.calls.size() ? mapping_of_call(program_.calls[about.call]) : kNone;
  }

  void compose() {
    for (const CallSite& site : context_.calls()) {
      const uint32_t outer = mapping_of_call(*site.call);
      if (outer == kNone || site.call->arguments.empty()) continue;
      uint32_t inner = kNone;
      if (site.call->arguments[0].source == sema::BoundArgument::Source::kExpr) {
        inner = mapping_of_value(site.call->arguments[0].expr);
      } else {
        // The stage before this one.
        const ExprRef around = context_.parent(site.expr);
        const auto* pipe = around.valid() ? context_.expr(around).get_if<syntax::PipeExpr>() : nullptr;
        for (size_t i = 0; pipe != nullptr && i < pipe->stages.size(); ++i) {
          if (pipe->stages[i].callee == site.expr.id)
            inner = mapping_of_value({around.module, i == 0 ? pipe->head : pipe->stages[i - 1].callee});
        }
      }
      if (inner != kNone) result_.compositions.push_back({inner, outer, context_.expr(site.expr).span});
    }
    for (const auto& [key, outer] : of_match_) {
      const ExprRef ref{static_cast<ModuleId>(key >> 32), syntax::ExprId{static_cast<uint32_t>(key)}};
      const auto& written = context_.expr(ref).as<syntax::MatchExpr>();
      const uint32_t inner = mapping_of_value({ref.module, written.subject});
      if (inner != kNone) result_.compositions.push_back({inner, outer, written.keyword});
    }
    std::sort(result_.compositions.begin(), result_.compositions.end(),
              [](const StatusComposition& a, const StatusComposition& b) { return a.place < b.place; });
  }

  const RuleContext& context_;
  const sema::Program& program_;
  StatusMappings result_;
  std::unordered_map<uint32_t, uint32_t> of_table_, of_fn_;
  std::unordered_map<uint64_t, uint32_t> of_match_;
};

}  // namespace

StatusMappings read_status_mappings(const RuleContext& context) { return MappingReader(context).run(); }

}  // namespace mig::rules
