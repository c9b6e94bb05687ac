#include "compiler/rules/load_order.h"

#include <algorithm>

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

std::vector<std::vector<uint32_t>> maps_by_target(const RuleContext& context) {
  std::vector<std::vector<uint32_t>> maps(context.program.targets.size());
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    if (context.program.maps[m].target < maps.size()) maps[context.program.maps[m].target].push_back(m);
  }
  // Extra rows of other maps.
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const auto* written = context.decl(map).get_if<syntax::MapDecl>();
    if (written == nullptr) continue;
    for_each_statement(context.tree(map.module), written->body, [&](syntax::StmtId id) {
      const auto* emit = context.tree(map.module)[id].get_if<syntax::EmitStmt>();
      for (uint32_t t = 0; emit != nullptr && t < maps.size(); ++t) {
        if (context.program.targets[t].name == emit->target.text) maps[t].push_back(m);
      }
    });
  }
  return maps;
}

bool can_lack_records(const RuleContext& context, uint32_t target, const std::vector<uint32_t>& maps) {
  const auto& dedupes = context.program.dedupes;
  if (std::any_of(dedupes.begin(), dedupes.end(), [&](const sema::DedupeSymbol& dedupe) { return dedupe.target == target; })) return true;
  return std::any_of(maps.begin(), maps.end(), [&](uint32_t map) {
    bool rejects = false;
    const sema::MapSymbol& symbol = context.program.maps[map];
    for (const uint32_t issue : symbol.raises) {
      if (issue >= context.program.issues.size()) continue;
      const Verb verb = context.program.issues[issue].issue.verb;
      rejects |= verb == Verb::kReject || verb == Verb::kSkip;
    }
    return rejects;
  });
}

namespace {

class EdgeCollector {
 public:
  explicit EdgeCollector(const RuleContext& context) : context_(context), program_(context.program), maps_(maps_by_target(context)) {}

  std::vector<LoadEdge> run() {
    for (uint32_t t = 0; t < program_.targets.size(); ++t) {
      const sema::SchemaSymbol* schema = context_.schema_of_target(t);
      if (schema == nullptr || maps_[t].empty()) continue;
      for (const sema::SchemaField& field : schema->fields) {
        if (field.reference_target >= maps_.size() || field.deferred || maps_[field.reference_target].empty()) continue;
        edges_.push_back({t, field.reference_target, field.reference_span, path(t, field), &field});
      }
    }
    for (const CallSite& site : context_.calls()) {
      const uint32_t map = context_.map_around(site.expr);
      if (site.call->map >= program_.maps.size() || map == kNone || !is_immediate(site.expr, map)) continue;
      const uint32_t child = program_.maps[map].target, parent = program_.maps[site.call->map].target;
      if (child >= maps_.size() || parent >= maps_.size()) continue;
      edges_.push_back({child, parent, context_.expr(site.expr).span,
                        "map " + program_.maps[map].name + " -> map " + program_.maps[site.call->map].name, nullptr});
    }
    return std::move(edges_);
  }

 private:
  std::string path(uint32_t target, const sema::SchemaField& field) const {
    std::string text = program_.targets[target].name + "." + field.name + " -> " + program_.targets[field.reference_target].name;
    const sema::SchemaSymbol* parent = context_.schema_of_target(field.reference_target);
    if (parent != nullptr && field.reference_field < parent->fields.size()) text += "." + parent->fields[field.reference_field].name;
    return text;
  }

  // Whether the call is needed when the record is first written: not when it only feeds fields of the second pass.
  bool is_immediate(ExprRef ref, uint32_t map) const {
    ExprRef top = ref;
    for (ExprRef outer = context_.parent(top); outer.valid(); outer = context_.parent(outer)) top = outer;
    const sema::SchemaSymbol* schema = context_.target_schema(map);
    const auto* written = context_.decl(program_.maps[map]).get_if<syntax::MapDecl>();
    if (schema == nullptr || written == nullptr) return true;
    const syntax::Module& tree = context_.tree(ref.module);
    const auto deferred = [&](const syntax::AssignStmt& assign) {
      const auto it = assign.target.valid() ? schema->by_name.find(assign.target.last().text) : schema->by_name.end();
      return it != schema->by_name.end() && schema->fields[it->second].deferred;
    };
    bool immediate = false, found = false;
    for_each_statement(tree, written->body, [&](syntax::StmtId id) {
      const auto* assign = tree[id].get_if<syntax::AssignStmt>();
      if (assign != nullptr && assign->value == top.id) immediate = !deferred(*assign), found = true;
      const auto* let = tree[id].get_if<syntax::LetStmt>();
      if (let == nullptr || let->value != top.id) return;
      found = true;
      for_each_statement(tree, written->body, [&](syntax::StmtId other) {
        for_each_root(tree[other], [&](syntax::ExprId root) {
          bool names = false;
          walk(tree, root, [&](syntax::ExprId part) {
            const auto* name = tree[part].get_if<syntax::NameExpr>();
            names |= name != nullptr && name->name.text == let->name.text;
          });
          const auto* user = tree[other].get_if<syntax::AssignStmt>();
          if (names && (user == nullptr || !deferred(*user))) immediate = true;
        });
      });
    });
    return immediate || !found;
  }

  const RuleContext& context_;
  const sema::Program& program_;
  std::vector<std::vector<uint32_t>> maps_;
  std::vector<LoadEdge> edges_;
};

}  // namespace

std::vector<LoadEdge> load_edges(const RuleContext& context) { return EdgeCollector(context).run(); }

}  // namespace mig::rules
