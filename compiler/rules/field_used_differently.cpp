// W0413: two maps give the same target field the same source field by different rules.
#include <unordered_map>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/source_reads.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

struct Use {
  uint32_t map = kNone;
  Span value;
  std::string rule;  // the expression, one blank between words, without the alias
};

// The only source field that an expression reads; kNone when there are several or when locals take part.
uint32_t only_field(const RuleContext& context, const sema::MapSymbol& map, syntax::ExprId value) {
  uint32_t only = kNone;
  bool single = true;
  walk(context.tree(map.module), value, [&](syntax::ExprId id) {
    if (context.info({map.module, id}).ref == Ref::kLocal) {
      const uint32_t local = context.info({map.module, id}).index;
      if (local < context.program.locals.size() && context.program.locals[local].kind == sema::LocalKind::kLet) single = false;
    }
    const uint32_t field = source_field_of(context, map, {map.module, id});
    if (field == kNone || field == only) return;
    if (only != kNone) single = false;
    only = field;
  });
  return single ? only : kNone;
}

// The text of the expression without blanks, the source's alias and what happens to failures.
std::string rule_text(const RuleContext& context, const sema::MapSymbol& map, syntax::ExprId value) {
  const syntax::Module& tree = context.tree(map.module);
  value = without_groups(tree, value);
  if (const auto* handled = tree[value].get_if<syntax::CatchExpr>(); handled != nullptr && handled->value.valid()) value = handled->value;
  std::string text;
  bool blank = false;
  for (const char c : context.sources.text(tree[value].span)) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = true;
      continue;
    }
    if (blank && !text.empty()) text += ' ';
    blank = false;
    text += c;
  }
  const std::string alias = map.source_alias + ".";
  for (size_t at = 0; !map.source_alias.empty() && (at = text.find(alias, at)) != std::string::npos; ++at) {
    const bool word = at > 0 && (text[at - 1] == '_' || std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0);
    if (!word) text.replace(at, alias.size(), ".");
  }
  return text;
}

}  // namespace

void check_field_used_differently(RuleContext& context) {
  std::vector<uint32_t> maps_of(context.program.schemas.size(), 0);  // by source schema
  for (const sema::MapSymbol& map : context.program.maps) {
    if (map.source < context.program.sources.size() && context.program.sources[map.source].schema < maps_of.size())
      ++maps_of[context.program.sources[map.source].schema];
  }
  // By source schema, source field and name of the target field.
  std::unordered_map<std::string, Use> first;
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const auto* written = context.decl(map).get_if<syntax::MapDecl>();
    if (written == nullptr || map.source >= context.program.sources.size() || context.source_schema(m) == nullptr) continue;
    const uint32_t schema = context.program.sources[map.source].schema;
    if (schema < maps_of.size() && maps_of[schema] < 2) continue;
    for (const syntax::StmtId id : written->body.statements) {
      const auto* assign = context.tree(map.module)[id].get_if<syntax::AssignStmt>();
      if (assign == nullptr || !assign->target.valid() || !assign->value.valid()) continue;
      const uint32_t field = only_field(context, map, assign->value);
      if (field == kNone) continue;
      const std::string name = assign->target.last().text;
      Use use{m, context.tree(map.module)[assign->value].span, rule_text(context, map, assign->value)};
      const auto [it, added] = first.emplace(std::to_string(schema) + "." + std::to_string(field) + "." + name, use);
      if (added || it->second.map == m || it->second.rule == use.rule) continue;
      const std::string& source_name = context.program.schemas[schema].fields[field].name;
      const std::string other = context.program.maps[it->second.map].name;
      context
          .report(Code::W0413, use.value, "`" + name + "` is made from `" + source_name + "` in two ways", "this rule in map " + map.name)
          .also(it->second.value, "another rule in map " + other)
          .help(Applicability::choose, "put the rule into one `fn` and call it in both maps, or allow the difference with a reason")
          .about(name)
          .in("map " + map.name);
    }
  }
}

}  // namespace mig::rules
