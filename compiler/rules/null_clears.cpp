// W0318: null written to a target that cannot clear a field with null.
#include "compiler/rules/rule_context.h"
#include "compiler/rules/target_writes.h"

namespace mig::rules {

void check_null_clears(RuleContext& context) {
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const syntax::Module& tree = context.tree(map.module);
    const auto report_into = [&](const sema::TargetSymbol& target, Span place, const std::string& field, bool edit) {
      const Span setting =
          target.settings.count("clears_with_null") != 0 ? target.settings.find("clears_with_null")->second.span : target.connector_span;
      Diagnostic& finding = context.report(
          Code::W0318, place, "`" + field + "` may be null, and " + target.name + " ignores null: an old value stays", "may be null");
      if (setting.valid()) finding.also(setting, "null does not clear a field here");
      std::vector<Edit> edits;
      if (edit) edits.push_back({place.after(), " ?? keep"});
      finding.help(Applicability::choose, "leave the field alone on purpose: `?? keep`", std::move(edits));
      finding.about(field).in("map " + map.name);
    };
    for_each_write(context, m, [&](syntax::StmtId id, uint32_t index) {
      if (index >= context.program.targets.size() || context.program.targets[index].clears_with_null) return;
      const auto report = [&](Span place, const std::string& field, bool edit) {
        report_into(context.program.targets[index], place, field, edit);
      };
      if (const auto* assign = tree[id].get_if<syntax::AssignStmt>();
          assign != nullptr && assign->target.valid() && assign->value.valid()) {
        const Type& type = context.type(ExprRef{map.module, assign->value});
        if (type.nullable && type.kind != Kind::kError) report(tree[assign->value].span, assign->target.last().text, true);
      } else if (const auto* copy = tree[id].get_if<syntax::CopyStmt>()) {
        const auto& copied = context.info(map.module, id).copied;
        for (size_t i = 0; i < copied.size() && i < copy->fields.size(); ++i) {
          if (context.type(copied[i].from).nullable) report(copy->fields[i].span, copy->fields[i].text, false);
        }
      }
    });
  }
}

}  // namespace mig::rules
