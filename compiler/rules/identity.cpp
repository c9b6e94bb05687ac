// E0651: a dedupe that leaves two records under one key of the target. W0655: no dedupe, and two records can share a key.
#include <algorithm>
#include <set>

#include "compiler/rules/load_order.h"
#include "compiler/rules/target_writes.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

/// How a map makes the key of the target.
struct KeyRule {
  bool known = true;
  bool distinct = false;       // different source records have different keys
  std::set<uint32_t> sources;  // source fields it is made of
  Span place;                  // the first assignment
};

KeyRule key_rule(const RuleContext& context, uint32_t index, const std::vector<uint32_t>& key) {
  KeyRule rule;
  const sema::MapSymbol& map = context.program.maps[index];
  const sema::SchemaSymbol* target = context.target_schema(index);
  const sema::SchemaSymbol* source = context.source_schema(index);
  const auto* written = context.decl(map).get_if<syntax::MapDecl>();
  if (target == nullptr || source == nullptr || written == nullptr || key.empty() || source->key.empty() ||
      context.is_broken(context.decl(map).span)) {
    rule.known = false;
    return rule;
  }
  const syntax::Module& tree = context.tree(map.module);
  std::set<uint32_t> assigned;
  bool positional = false;
  for_each_write(context, index, [&](syntax::StmtId id, uint32_t into) {
    if (into != map.target) return;
    if (const auto* assign = tree[id].get_if<syntax::AssignStmt>(); assign != nullptr && assign->target.valid() && assign->value.valid()) {
      const auto it = target->by_name.find(assign->target.last().text);
      if (it == target->by_name.end() || std::find(key.begin(), key.end(), it->second) == key.end()) return;
      assigned.insert(it->second);
      if (!rule.place.valid()) rule.place = tree[id].span;
      const sema::ExprInfo& about = context.info({map.module, assign->value});
      if (about.lineage < context.program.lineages.size())
        rule.sources.insert(context.program.lineages[about.lineage].begin(), context.program.lineages[about.lineage].end());
      walk(tree, assign->value, [&](syntax::ExprId part) {
        const Ref ref = context.info({map.module, part}).ref;
        positional |= ref == Ref::kRowPosition || ref == Ref::kRowKey;
      });
    }
    for (const sema::CopiedField& copied : context.info(map.module, id).copied) {
      if (std::find(key.begin(), key.end(), copied.target_field) == key.end()) continue;
      assigned.insert(copied.target_field);
      rule.sources.insert(copied.source_field);
      if (!rule.place.valid()) rule.place = tree[id].span;
    }
  });
  rule.known = assigned.size() == key.size();
  const bool whole = std::all_of(source->key.begin(), source->key.end(), [&](uint32_t field) { return rule.sources.count(field) != 0; });
  const bool unique = std::any_of(rule.sources.begin(), rule.sources.end(),
                                  [&](uint32_t field) { return field < source->fields.size() && source->fields[field].unique; });
  rule.distinct = whole || unique || positional;
  return rule;
}

std::string key_text(const sema::SchemaSymbol& schema, const std::vector<uint32_t>& key) {
  std::vector<std::string> names;
  for (const uint32_t field : key) names.push_back(schema.fields[field].name);
  return listed(names);
}

void check_dedupe(RuleContext& context, const sema::DedupeSymbol& dedupe, const sema::SchemaSymbol& schema,
                  const std::vector<uint32_t>& key, const std::vector<uint32_t>& maps) {
  // Records with one target key are in one group when the dedupe key is made of target key fields alone.
  std::set<uint32_t> by;
  for (const ExprRef each : dedupe.keys) {
    if (!each.valid()) return;
    walk(context.tree(each.module), each.id, [&](syntax::ExprId id) {
      const sema::ExprInfo& about = context.info({each.module, id});
      if (about.ref == Ref::kTargetField) by.insert(about.index);
    });
  }
  if (by.empty()) return;
  const bool inside =
      std::all_of(by.begin(), by.end(), [&](uint32_t field) { return std::find(key.begin(), key.end(), field) != key.end(); });
  if (inside) return;
  for (const uint32_t map : maps) {
    const KeyRule rule = key_rule(context, map, key);
    if (!rule.known || rule.distinct) continue;
    Span place = context.expr(dedupe.keys.front()).span;
    place = Span::join(place, context.expr(dedupe.keys.back()).span);
    context
        .report(Code::E0651, place, "two records that are not merged can still have the same " + key_text(schema, key),
                "groups by something else than the key of " + dedupe.name)
        .also(rule.place, "map " + context.program.maps[map].name + " gives the key, and not from the whole key of its source")
        .help(Applicability::choose, "group by the key: `dedupe " + dedupe.name + " by " + schema.fields[key.front()].name + "`")
        .help(Applicability::choose, "or make the key of the source a part of the target's key, for example with `uuid_v5`")
        .in("dedupe " + dedupe.name);
    return;
  }
}

}  // namespace

void check_identity(RuleContext& context) {
  const auto maps = maps_by_target(context);
  for (uint32_t t = 0; t < context.program.targets.size(); ++t) {
    const sema::SchemaSymbol* schema = context.schema_of_target(t);
    const sema::TargetSymbol& target = context.program.targets[t];
    if (schema == nullptr) continue;
    const std::vector<uint32_t>& key = target.by.empty() ? schema->key : target.by;
    if (key.empty()) continue;
    const sema::DedupeSymbol* dedupe = nullptr;
    for (const sema::DedupeSymbol& each : context.program.dedupes) {
      if (each.target == t) dedupe = &each;
    }
    if (dedupe != nullptr) {
      check_dedupe(context, *dedupe, *schema, key, maps[t]);
      continue;
    }
    if (target.write == sema::Write::kPatch || target.write == sema::Write::kUpdate || target.write == sema::Write::kDelete) continue;
    for (const uint32_t m : maps[t]) {
      if (context.program.maps[m].target != t) continue;
      const KeyRule rule = key_rule(context, m, key);
      if (!rule.known || rule.distinct) continue;
      const sema::SchemaSymbol& source = *context.source_schema(m);
      context
          .report(Code::W0655, rule.place,
                  "two records of " + context.program.sources[context.program.maps[m].source].name + " can have the same " +
                      key_text(*schema, key) + ", and nothing decides between them",
                  "not made from " + key_text(source, source.key) + ", which tells the source records apart")
          .also(schema->fields[key.front()].span, "key of " + target.name)
          .help(Applicability::sketch, "say which one is kept: `dedupe " + target.name + " by " + schema->fields[key.front()].name +
                                           " { prefer FIELD desc  warn CODE }`")
          .help(Applicability::choose, "or declare that the source has each value once: `@unique`")
          .about(schema->fields[key.front()].name)
          .in("map " + context.program.maps[m].name);
    }
  }
}

}  // namespace mig::rules
