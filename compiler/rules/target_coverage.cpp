// W0412: optional fields of the target that a map never sets. (Required ones are found by type checking.)
#include "compiler/base/written_name.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/target_writes.h"

namespace mig::rules {

namespace {

bool writes_whole_records(sema::Write write) {
  switch (write) {
    case sema::Write::kAppend:
    case sema::Write::kReplace:
    case sema::Write::kInsert:
    case sema::Write::kUpsert: return true;
    case sema::Write::kUpdate:
    case sema::Write::kPatch:
    case sema::Write::kDelete: return false;
  }
  return true;
}

void report_unset(RuleContext& context, const sema::SchemaSymbol& schema, const std::vector<bool>& set, const syntax::Block& body,
                  const sema::MapSymbol& map, Span place, std::string_view indent) {
  std::vector<uint32_t> unset;
  std::vector<std::string> names;
  bool any = false;
  for (uint32_t f = 0; f < schema.fields.size() && f < set.size(); ++f) {
    any = any || set[f];
    if (set[f] || !schema.fields[f].optional) continue;
    unset.push_back(f);
    names.push_back(schema.fields[f].name);
  }
  if (unset.empty() || !any) return;
  const bool single = unset.size() == 1;
  Diagnostic& finding = context.report(Code::W0412, place,
                                       std::string(single ? "optional target field " : "optional target fields ") + listed(names) +
                                           (single ? " is never set" : " are never set"),
                                       single ? "does not set it" : "does not set them");
  for (size_t i = 0; i < unset.size() && i < 2; ++i) {
    if (schema.fields[unset[i]].span.valid()) finding.also(schema.fields[unset[i]].span, "declared here");
  }
  std::string lines;
  for (const std::string& name : names) lines += "\n" + std::string(indent) + written_name(name) + " = keep";
  if (!body.statements.empty()) {
    const Span end = context.tree(map.module)[body.statements.back()].span.after();
    finding.help(Applicability::choose, single ? "leave it alone on purpose" : "leave them alone on purpose", {{end, lines}});
  }
  finding.about(names.front()).in("map " + map.name);
}

// Extra rows for other targets.
void check_emits(RuleContext& context, uint32_t m) {
  const sema::MapSymbol& map = context.program.maps[m];
  const syntax::Module& tree = context.tree(map.module);
  for_each_write(context, m, [&](syntax::StmtId id, uint32_t) {
    const auto* emit = tree[id].get_if<syntax::EmitStmt>();
    const uint32_t target = context.info(map.module, id).target;
    const sema::SchemaSymbol* schema = context.schema_of_target(target);
    if (emit == nullptr || schema == nullptr || context.is_broken(tree[id].span) ||
        !writes_whole_records(context.program.targets[target].write))
      return;
    std::vector<bool> set(schema->fields.size());
    for_each_write(context, map.module, emit->body, target, [&](syntax::StmtId inner, uint32_t into) {
      const sema::StmtInfo& about = context.info(map.module, inner);
      if (into != target) return;
      if (!about.target_fields.empty() && about.target_fields[0] < set.size()) set[about.target_fields[0]] = true;
      for (const sema::CopiedField& copied : about.copied) {
        if (copied.target_field < set.size()) set[copied.target_field] = true;
      }
    });
    report_unset(context, *schema, set, emit->body, map, emit->target.span, "    ");
  });
}

}  // namespace

void check_target_coverage(RuleContext& context) {
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const syntax::Decl& decl = context.decl(map);
    const auto* written = decl.get_if<syntax::MapDecl>();
    const sema::SchemaSymbol* schema = context.target_schema(m);
    if (written == nullptr || decl.incomplete) continue;
    check_emits(context, m);
    if (schema == nullptr || !writes_whole_records(context.program.targets[map.target].write)) continue;
    std::vector<bool> set;
    for (const Span& assigned : map.assigned) set.push_back(assigned.valid());
    report_unset(context, *schema, set, written->body, map, map.span, "  ");
  }
}

}  // namespace mig::rules
