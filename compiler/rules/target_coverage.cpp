// W0412: optional fields of the target that a map never sets. (Required ones are found by type checking.)
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

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

}  // namespace

void check_target_coverage(RuleContext& context) {
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const syntax::Decl& decl = context.decl(map);
    const auto* written = decl.get_if<syntax::MapDecl>();
    const sema::SchemaSymbol* schema = context.target_schema(m);
    if (written == nullptr || schema == nullptr || decl.incomplete || !writes_whole_records(context.program.targets[map.target].write))
      continue;
    std::vector<uint32_t> unset;
    std::vector<std::string> names;
    bool any = false;
    for (uint32_t f = 0; f < schema->fields.size() && f < map.assigned.size(); ++f) {
      any |= map.assigned[f].valid();
      if (map.assigned[f].valid() || !schema->fields[f].optional) continue;
      unset.push_back(f);
      names.push_back(schema->fields[f].name);
    }
    if (unset.empty() || !any) continue;
    const bool single = unset.size() == 1;
    Diagnostic& finding = context.report(Code::W0412, map.span,
                                         std::string(single ? "optional target field " : "optional target fields ") + listed(names) +
                                             (single ? " is never set" : " are never set"),
                                         single ? "does not set it" : "does not set them");
    for (size_t i = 0; i < unset.size() && i < 2; ++i) {
      if (schema->fields[unset[i]].span.valid()) finding.also(schema->fields[unset[i]].span, "declared here");
    }
    std::string lines;
    for (const std::string& name : names) lines += "\n  " + name + " = keep";
    if (!written->body.statements.empty()) {
      const Span end = context.tree(map.module)[written->body.statements.back()].span.after();
      finding.help(Applicability::choose, single ? "leave it alone on purpose" : "leave them alone on purpose", {{end, lines}});
    }
    finding.about(names.front()).in("map " + map.name);
  }
}

}  // namespace mig::rules
