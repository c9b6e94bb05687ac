// E0601: parents that nothing writes. E0603: targets that need each other first. W0605: keys of parents that may not have been written.
#include <algorithm>

#include "compiler/rules/load_order.h"
#include "compiler/rules/tree_walk.h"
#include "compiler/sema/analysis.h"

namespace mig::rules {

namespace {

void check_parents(RuleContext& context, const std::vector<std::vector<uint32_t>>& maps) {
  for (uint32_t t = 0; t < context.program.targets.size(); ++t) {
    const sema::SchemaSymbol* schema = context.schema_of_target(t);
    if (schema == nullptr || maps[t].empty()) continue;
    for (const sema::SchemaField& field : schema->fields) {
      if (field.reference_target >= maps.size() || !maps[field.reference_target].empty()) continue;
      const sema::TargetSymbol& parent = context.program.targets[field.reference_target];
      Diagnostic& finding = context.report(Code::E0601, field.reference_span,
                                           "`" + field.name + "` refers to " + parent.name + ", and no map writes " + parent.name,
                                           "nothing writes the rows it needs");
      finding.also(parent.span, "declared here")
          .help(Applicability::sketch, "add the missing map: `map " + parent.name + "_rows: SOURCE as s -> " + parent.name + " { ... }`")
          .about(schema->name + "." + field.name);
      if (field.reference_imported) {
        finding.help(Applicability::choose, "or remove the target " + parent.name + ", if the rows are there before this migration");
      } else {
        finding.help(Applicability::choose, "or remove the attribute, if the rows are there before this migration",
                     {{field.reference_span, ""}});
      }
    }
  }
}

void check_cycles(RuleContext& context) {
  const std::vector<LoadEdge> edges = load_edges(context);
  std::vector<std::vector<uint32_t>> graph(context.program.targets.size());
  for (const LoadEdge& edge : edges) {
    auto& parents = graph[edge.child];
    if (std::find(parents.begin(), parents.end(), edge.parent) == parents.end()) parents.push_back(edge.parent);
  }
  for (const std::vector<uint32_t>& cycle : sema::order_by_dependencies(graph).cycles) {
    const auto inside = [&](uint32_t target) { return std::find(cycle.begin(), cycle.end(), target) != cycle.end(); };
    std::vector<const LoadEdge*> parts;
    for (const LoadEdge& edge : edges) {
      if (inside(edge.child) && inside(edge.parent)) parts.push_back(&edge);
    }
    if (parts.empty()) continue;
    const auto with_field = std::find_if(parts.begin(), parts.end(), [](const LoadEdge* edge) { return edge->field != nullptr; });
    const LoadEdge& first = with_field == parts.end() ? *parts.front() : **with_field;
    std::string path;
    for (const LoadEdge* part : parts) path += (path.empty() ? "" : "\n") + part->path;
    Diagnostic& finding =
        context.report(Code::E0603, first.place,
                       "tables cannot be loaded in any order: " + context.program.targets[first.child].name + " needs " +
                           context.program.targets[first.parent].name +
                           (cycle.size() > 1 ? ", which needs " + context.program.targets[first.child].name : std::string()),
                       "each row must exist before it is referred to");
    size_t labels = 0;
    for (const LoadEdge* part : parts) {
      if (part != &first && part->place != first.place && labels++ < 2) finding.also(part->place, "and back");
    }
    finding.note_as("cycle", path);
    if (first.field != nullptr && !first.field->reference_imported && first.place.size() > 1) {
      const Span before_close{first.place.file, first.place.end - 1, first.place.end - 1};
      finding.help(Applicability::choose, "write the reference in a second pass", {{before_close, ", deferred: true"}});
    } else {
      finding.help(Applicability::choose, "declare the field with `@references(..., deferred: true)`: it is then written in a second pass");
    }
  }
}

bool asks_for_parent(const RuleContext& context, ModuleId module, syntax::ExprId value, int depth = 0) {
  bool found = false;
  walk(context.tree(module), value, [&](syntax::ExprId id) {
    const sema::ExprInfo& about = context.info({module, id});
    if (about.call < context.program.calls.size()) {
      const sema::CallInfo& call = context.program.calls[about.call];
      found |= call.map != kNone || call.target != kNone;
    }
    if (about.ref == Ref::kLocal && about.index < context.program.locals.size() && depth < 16) {
      const ExprRef let = context.let_value(module, context.program.locals[about.index].span);
      if (let.valid()) found |= asks_for_parent(context, let.module, let.id, depth + 1);
    }
  });
  return found;
}

void check_orphans(RuleContext& context, const std::vector<std::vector<uint32_t>>& maps) {
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const sema::SchemaSymbol* schema = context.target_schema(m);
    const auto* written = context.decl(map).get_if<syntax::MapDecl>();
    if (schema == nullptr || written == nullptr || context.is_broken(context.decl(map).span)) continue;
    const syntax::Module& tree = context.tree(map.module);
    for_each_statement(tree, written->body, [&](syntax::StmtId id) {
      const auto* assign = tree[id].get_if<syntax::AssignStmt>();
      if (assign == nullptr || !assign->target.valid() || !assign->value.valid()) return;
      const auto it = schema->by_name.find(assign->target.last().text);
      if (it == schema->by_name.end()) return;
      const sema::SchemaField& field = schema->fields[it->second];
      const uint32_t parent = field.reference_target;
      if (parent >= maps.size() || maps[parent].empty() || !can_lack_records(context, parent, maps[parent])) return;
      const auto kind = tree[without_groups(tree, assign->value)].kind();
      if (kind == syntax::ExprKind::null || kind == syntax::ExprKind::keep || asks_for_parent(context, map.module, assign->value)) return;
      const std::string& writer = context.program.maps[maps[parent].front()].name;
      context
          .report(Code::W0605, tree[assign->value].span,
                  "the row of " + context.program.targets[parent].name + " that `" + field.name + "` points to may not have been written",
                  "not asked whether it was")
          .also(field.reference_span, "refers to " + context.program.targets[parent].name)
          .also(context.program.maps[maps[parent].front()].span, "can reject, skip or merge records")
          .help(Applicability::sketch,
                "ask the map that writes it, and say what happens to orphans: `ref(" + writer + ", KEY) catch reject CODE`")
          .about(schema->name + "." + field.name)
          .in("map " + map.name);
    });
  }
}

}  // namespace

void check_references(RuleContext& context) {
  const auto maps = maps_by_target(context);
  check_parents(context, maps);
  check_cycles(context);
  check_orphans(context, maps);
}

}  // namespace mig::rules
