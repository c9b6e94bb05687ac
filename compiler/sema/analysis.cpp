#include "compiler/sema/analysis.h"

#include <algorithm>

#include "compiler/base/edit_distance.h"

namespace mig::sema {

std::string_view name_kind_text(NameKind kind) {
  switch (kind) {
    case NameKind::kModule: return "import";
    case NameKind::kParam: return "param";
    case NameKind::kType: return "type";
    case NameKind::kEnum: return "enum";
    case NameKind::kSchema: return "schema";
    case NameKind::kSource: return "source";
    case NameKind::kTarget: return "target";
    case NameKind::kLookup: return "lookup";
    case NameKind::kTable: return "table";
    case NameKind::kFn: return "function";
    case NameKind::kIssue: return "issue";
    case NameKind::kMap: return "map";
    case NameKind::kReconcile: return "reconcile block";
    case NameKind::kSync: return "sync";
    case NameKind::kStage: return "stage";
    case NameKind::kRollback: return "rollback";
    case NameKind::kItem: return "item";
    case NameKind::kEnvironment: return "environment";
  }
  return "name";
}

Diagnostic& Analysis::report(Code code, Span span, std::string message, std::string label) {
  findings.push_back(Diagnostic::make(code, span, std::move(message), std::move(label)));
  return findings.back();
}

std::optional<uint32_t> Analysis::find(NameKind kind, ModuleId module, std::string_view name) const {
  const auto& table = names[module][static_cast<size_t>(kind)];
  const auto it = table.find(std::string(name));
  if (it == table.end()) return std::nullopt;
  return it->second;
}

std::vector<std::string_view> Analysis::names_of(NameKind kind, ModuleId module) const {
  std::vector<std::string_view> result;
  for (const auto& [name, index] : names[module][static_cast<size_t>(kind)]) result.push_back(name);
  std::sort(result.begin(), result.end());
  return result;
}

void Analysis::suggest(Diagnostic& finding, std::string_view word, Span span, const std::vector<std::string_view>& candidates) {
  if (!suggests()) return;
  ++suggestions_;
  if (const auto near = nearest_name(word, candidates)) {
    finding.help(Applicability::choose, "did you mean `" + std::string(*near) + "`?", {{span, std::string(*near)}});
  }
}

std::optional<uint32_t> Analysis::resolve(NameKind kind, ModuleId module, const syntax::Name& name, bool quiet) {
  return resolve(kind, module, syntax::Path{{name}, name.span}, quiet);
}

std::optional<uint32_t> Analysis::resolve(NameKind kind, ModuleId module, const syntax::Path& path, bool quiet) {
  if (!path.valid() || !path.last().valid()) return std::nullopt;
  ModuleId owner = module;
  if (path.parts.size() == 2) {
    const auto imported = find(NameKind::kModule, module, path.parts[0].text);
    if (!imported) {
      if (!quiet) {
        Diagnostic& finding = report(Code::E0101, path.parts[0].span, "no import is called `" + path.parts[0].text + "`");
        suggest(finding, path.parts[0].text, path.parts[0].span, names_of(NameKind::kModule, module));
      }
      return std::nullopt;
    }
    owner = *imported;
  }
  const syntax::Name& name = path.last();
  if (path.parts.size() <= 2) {
    if (const auto found = find(kind, owner, name.text)) return found;
  }
  if (!quiet) {
    Diagnostic& finding =
        report(Code::E0101, name.span, "no " + std::string(name_kind_text(kind)) + " is called `" + name.text + "`", "not declared");
    suggest(finding, name.text, name.span, names_of(kind, owner));
  }
  return std::nullopt;
}

std::string Analysis::place(Span span) const {
  if (!span.valid()) return {};
  return "line " + std::to_string(sources.position(span).line);
}

std::string Analysis::type_text(TypeId id) {
  if (id == kNoType) return "?";
  const Type& t = types()[id];
  if (t.kind == Kind::kNever) return t.nullable ? "null" : t.may_keep ? "keep" : "never";
  return types().text(id);
}

void Analysis::report_undeclared_issue(ModuleId module, const syntax::Path& code) {
  if (!code.valid() || !undeclared_issues_.insert(std::to_string(module) + " " + code.text()).second) return;
  Diagnostic& finding = report(Code::E0501, code.span, "the issue `" + code.text() + "` is not declared", "used here");
  suggest(finding, code.last().text, code.last().span, names_of(NameKind::kIssue, module));
  finding.help(Applicability::sketch, "declare it: `issue " + code.last().text + " \"what is wrong\" fix \"what to do\"`");
}

size_t Analysis::SetHash::operator()(const std::vector<uint32_t>& set) const {
  size_t hash = set.size();
  for (const uint32_t member : set) hash = hash * 1099511628211u + member;
  return hash;
}

uint32_t Analysis::intern(std::vector<std::vector<uint32_t>>& sets, SetIds& ids, std::vector<uint32_t> set) {
  if (sets.empty()) sets.emplace_back();
  if (set.empty()) return 0;
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  const auto [it, added] = ids.try_emplace(set, static_cast<uint32_t>(sets.size()));
  if (added) sets.push_back(std::move(set));
  return it->second;
}

uint32_t Analysis::merge(std::vector<std::vector<uint32_t>>& sets, SetIds& ids, Merges& merges, uint32_t a, uint32_t b) {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  const uint64_t key = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
  if (const auto it = merges.find(key); it != merges.end()) return it->second;
  std::vector<uint32_t> both;
  std::set_union(sets[a].begin(), sets[a].end(), sets[b].begin(), sets[b].end(), std::back_inserter(both));
  return merges[key] = intern(sets, ids, std::move(both));
}

DependencyOrder order_by_dependencies(const std::vector<std::vector<uint32_t>>& edges) {
  // Tarjan's strongly connected components, with an explicit stack.
  DependencyOrder result;
  const size_t count = edges.size();
  std::vector<uint32_t> number(count, 0), lowest(count, 0);
  std::vector<bool> open(count, false);
  std::vector<uint32_t> component;
  struct Visit {
    uint32_t node;
    size_t next;
  };
  std::vector<Visit> stack;
  uint32_t counter = 0;
  for (uint32_t root = 0; root < count; ++root) {
    if (number[root] != 0) continue;
    stack.push_back({root, 0});
    number[root] = lowest[root] = ++counter;
    open[root] = true;
    component.push_back(root);
    while (!stack.empty()) {
      const uint32_t node = stack.back().node;
      if (stack.back().next < edges[node].size()) {
        const uint32_t target = edges[node][stack.back().next++];
        if (number[target] == 0) {
          number[target] = lowest[target] = ++counter;
          open[target] = true;
          component.push_back(target);
          stack.push_back({target, 0});
        } else if (open[target]) {
          lowest[node] = std::min(lowest[node], number[target]);
        }
        continue;
      }
      stack.pop_back();
      if (!stack.empty()) lowest[stack.back().node] = std::min(lowest[stack.back().node], lowest[node]);
      if (lowest[node] != number[node]) continue;
      std::vector<uint32_t> members;
      while (true) {
        const uint32_t member = component.back();
        component.pop_back();
        open[member] = false;
        members.push_back(member);
        result.order.push_back(member);
        if (member == node) break;
      }
      const bool loops = members.size() > 1 || std::find(edges[node].begin(), edges[node].end(), node) != edges[node].end();
      std::reverse(members.begin(), members.end());
      if (loops) result.cycles.push_back(std::move(members));
    }
  }
  return result;
}

NameUses::NameUses(const syntax::Module& tree) {
  for (const syntax::Expr& expr : tree.exprs) {
    if (const auto* name = expr.get_if<syntax::NameExpr>()) {
      expressions_.push_back({{}, name->name.text, expr.span});
    } else if (const auto* field = expr.get_if<syntax::FieldExpr>()) {
      if (!field->object.valid()) continue;
      if (const auto* object = tree[field->object].get_if<syntax::NameExpr>()) {
        expressions_.push_back({object->name.text, field->field.text, expr.span});
      }
    }
  }
  for (const syntax::TypeExpr& type : tree.types) {
    if (const auto* named = type.get_if<syntax::NamedType>(); named != nullptr && named->name.valid()) {
      const auto& parts = named->name.parts;
      types_.push_back({parts.size() > 1 ? std::string_view(parts[0].text) : std::string_view(), parts.back().text, type.span});
    }
  }
  const auto by_position = [](const Use& a, const Use& b) { return a.span.begin < b.span.begin; };
  for (std::vector<Use>* uses : {&expressions_, &types_}) {
    // Trees are built from left to right, so there is seldom anything to move.
    if (!std::is_sorted(uses->begin(), uses->end(), by_position)) std::stable_sort(uses->begin(), uses->end(), by_position);
  }
}

namespace {
void visit_within(const std::vector<NameUses::Use>& uses, Span span, const std::function<void(const NameUses::Use&)>& visit) {
  auto it = std::lower_bound(uses.begin(), uses.end(), span.begin,
                             [](const NameUses::Use& use, uint32_t begin) { return use.span.begin < begin; });
  for (; it != uses.end() && it->span.begin < span.end; ++it) visit(*it);
}
}  // namespace

void NameUses::in_expressions(Span span, const std::function<void(const Use&)>& visit) const { visit_within(expressions_, span, visit); }
void NameUses::in_types(Span span, const std::function<void(const Use&)>& visit) const { visit_within(types_, span, visit); }

}  // namespace mig::sema
