// W0222: an identifier is cut.
#include <algorithm>
#include <unordered_map>

#include "compiler/rules/field_names.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

/// The target fields that values are for, by module and value.
class AssignedFields {
 public:
  explicit AssignedFields(const RuleContext& context) : context_(context) {
    for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
      auto& fields = by_value_.emplace_back();
      for (const syntax::Stmt& stmt : context.tree(module).stmts) {
        const auto* assign = stmt.get_if<syntax::AssignStmt>();
        if (assign != nullptr && assign->value.valid() && assign->target.valid())
          fields.emplace(assign->value.value, assign->target.last().text);
      }
    }
  }

  /// Empty outside assignments.
  std::string field_around(ExprRef ref) const {
    ExprRef top = ref;
    for (ExprRef outer = context_.parent(top); outer.valid(); outer = context_.parent(outer)) top = outer;
    const auto it = by_value_[ref.module].find(top.id.value);
    return it == by_value_[ref.module].end() ? std::string() : it->second;
  }

 private:
  const RuleContext& context_;
  std::vector<std::unordered_map<uint32_t, std::string>> by_value_;
};

}  // namespace

void check_identifier_truncated(RuleContext& context) {
  const AssignedFields assigned(context);
  for (const CallSite& site : context.calls()) {
    const std::string_view function = site.function();
    if ((function != "truncate" && function != "slice") || context.is_acknowledged(site.expr)) continue;
    const ExprRef value = context.argument(site, 0);
    if (!value.valid()) continue;
    const Type& before = context.type(context.argument_type(site, 0));
    const Type& after = context.type(site.call->result);
    if (before.kind == Kind::kString && after.kind == Kind::kString && before.high != kUnboundedHigh && before.high <= after.high) continue;
    const std::vector<NamedOrigin> origins = origins_of(context, value);
    const auto found = std::find_if(origins.begin(), origins.end(), [](const NamedOrigin& origin) {
      return is_identifier_like(origin.name) && !is_free_text_like(origin.name);
    });
    if (found == origins.end()) continue;
    const std::string field = assigned.field_around(site.expr);
    if (is_free_text_like(field)) continue;
    Diagnostic& finding =
        context.report(Code::W0222, context.expr(site.expr).span,
                       "`" + found->name + "` looks like an identifier, and a part of it identifies something else", "cuts it");
    if (found->span.valid()) finding.also(found->span, "declared here");
    finding.help(Applicability::choose, "reject what is too long instead: `fit_length(x, 1, n) catch reject CODE`");
    finding.about(field.empty() ? found->name : field);
  }
}

}  // namespace mig::rules
