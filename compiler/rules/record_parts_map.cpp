// What the statements of a map read of nested records. Values that are records of the source are followed through names, fields,
// choices and the standard library's functions over lists; wherever else such a record goes, all of it is read.
#include <algorithm>
#include <array>

#include "compiler/rules/record_parts.h"
#include "compiler/rules/source_reads.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// They ask how many there are, or whether there is one.
bool asks_for_presence(std::string_view function) {
  constexpr std::array kNames = {"count", "present", "keys", "has_key", "is_unavailable"};
  return std::find(kNames.begin(), kNames.end(), function) != kNames.end();
}
// Two records are the same when all of their fields are.
bool compares_elements(std::string_view function) {
  constexpr std::array kNames = {"distinct", "union", "intersect", "except"};
  return std::find(kNames.begin(), kNames.end(), function) != kNames.end();
}

}  // namespace

struct RecordParts::Reading {
  RecordParts& all;
  const sema::MapSymbol& map;
  const RuleContext& context = all.context_;
  const syntax::Module& tree = context.tree(map.module);
  // Without them only what is ignored has to be known: the rest is of whole fields.
  const bool records = std::any_of(all.parts_.begin(), all.parts_.end(), [](const RecordPart& part) { return part.record != kNoType; });
  std::unordered_map<uint32_t, Places> locals = {};
  std::unordered_map<uint32_t, uint32_t> emitted = {};  // variables of `emit ... for`: where their name begins, local

  void block(const syntax::Block& body) {
    for_each_statement(tree, body, [&](syntax::StmtId id) { statement(id); });
  }

  void statement(syntax::StmtId id) {
    const syntax::Stmt& stmt = tree[id];
    if (!records && stmt.kind() != syntax::StmtKind::ignore) return;
    if (const auto* let = stmt.get_if<syntax::LetStmt>()) {
      if (let->value.valid()) locals[context.info(map.module, id).local] = places(let->value);
    } else if (const auto* emit = stmt.get_if<syntax::EmitStmt>()) {
      if (emit->sequence.valid()) bind_emitted(emit->variable.span, places(emit->sequence));
    } else if (const auto* copy = stmt.get_if<syntax::CopyStmt>()) {
      for (const syntax::Name& name : copy->fields) {
        const auto field = all.schema_.by_name.find(name.text);
        if (field != all.schema_.by_name.end()) all.take(field->second, name.span);
      }
    } else if (const auto* ignore = stmt.get_if<syntax::IgnoreStmt>()) {
      for (const syntax::Path& path : ignore->fields) this->ignore(path);
    } else {
      for_each_root(stmt, [&](syntax::ExprId root) { consume(root); });
    }
  }

  void bind_emitted(Span variable, Places bound) {
    if (emitted.empty()) {
      for (uint32_t l = 0; l < context.program.locals.size(); ++l) {
        const sema::Local& local = context.program.locals[l];
        if (local.kind == sema::LocalKind::kEmitted && local.span.file == variable.file) emitted.emplace(local.span.begin, l);
      }
    }
    const auto local = emitted.find(variable.begin);
    if (local != emitted.end()) locals[local->second] = std::move(bound);
  }

  void ignore(const syntax::Path& path) {
    const size_t first = path.parts.size() > 1 && path.parts[0].text == map.source_alias ? 1 : 0;
    if (!path.valid()) return;
    const auto field = all.schema_.by_name.find(path.parts[first].text);
    if (field == all.schema_.by_name.end()) return;
    uint32_t part = field->second;
    for (size_t i = first + 1; i < path.parts.size() && part != kNone; ++i) part = all.child(part, path.parts[i].text);
    if (part != kNone && !all.parts_[part].ignored.valid()) all.parts_[part].ignored = path.span;
  }

  void consume(syntax::ExprId id) {
    for (const uint32_t part : places(id)) all.take(part, tree[id].span);
  }
  void consume_children(syntax::ExprId id) {
    for_each_child(tree[id], [&](syntax::ExprId child) { consume(child); });
  }
  static void add(Places& to, const Places& more) {
    for (const uint32_t part : more) {
      if (std::find(to.begin(), to.end(), part) == to.end()) to.push_back(part);
    }
  }

  /// The parts that the value is, or is a list of; what they are made of is not read yet.
  Places places(syntax::ExprId id) {
    if (!id.valid()) return {};
    const syntax::Expr& expr = tree[id];
    const uint32_t source_field = source_field_of(context, map, {map.module, id});
    if (source_field != kNone) {
      all.ask(source_field, expr.span);
      return {source_field};
    }
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return places(group->inner);
    if (expr.kind() == syntax::ExprKind::name) {
      const sema::ExprInfo& about = context.info({map.module, id});
      const auto known = about.ref == Ref::kLocal ? locals.find(about.index) : locals.end();
      return known == locals.end() ? Places{} : known->second;
    }
    if (const auto* field = expr.get_if<syntax::FieldExpr>()) {
      Places inner;
      for (const uint32_t part : places(field->object)) {
        const uint32_t child = all.child(part, field->field.text);
        if (child == kNone) {
          all.take(part, expr.span);
          continue;
        }
        all.ask(child, expr.span);
        add(inner, {child});
      }
      return inner;
    }
    if (const auto* coalesce = expr.get_if<syntax::CoalesceExpr>()) return either({coalesce->value, coalesce->fallback});
    if (const auto* handled = expr.get_if<syntax::CatchExpr>()) return either({handled->value, handled->handler});
    if (const auto* choice = expr.get_if<syntax::IfExpr>()) {
      consume(choice->condition);
      return either({choice->consequence, choice->otherwise});
    }
    if (const auto* match = expr.get_if<syntax::MatchExpr>()) {
      consume(match->subject);
      std::vector<syntax::ExprId> values;
      for (const syntax::MatchArm& arm : match->arms) {
        consume(arm.guard);
        values.push_back(arm.value);
      }
      return either(values);
    }
    if (const auto* index = expr.get_if<syntax::IndexExpr>()) {
      consume(index->index);
      return places(index->object);
    }
    if (const auto* raise = expr.get_if<syntax::RaiseExpr>()) {
      consume(raise->detail);
      return places(raise->replacement);
    }
    if (const auto* compare = expr.get_if<syntax::CompareExpr>(); compare != nullptr && compares_with_null(*compare)) {
      places(compare->left);
      places(compare->right);
      return {};
    }
    if (const auto* pipe = expr.get_if<syntax::PipeExpr>()) {
      Places value = places(pipe->head);
      for (const syntax::PipeStage& stage : pipe->stages) value = call(stage.callee, &value);
      return value;
    }
    if (expr.kind() == syntax::ExprKind::call) return call(id, nullptr);
    consume_children(id);
    return {};
  }

  Places either(const std::vector<syntax::ExprId>& values) {
    Places found;
    for (const syntax::ExprId value : values) add(found, places(value));
    return found;
  }
  bool compares_with_null(const syntax::CompareExpr& compare) const {
    const auto is_null = [&](syntax::ExprId id) { return id.valid() && tree[without_groups(tree, id)].kind() == syntax::ExprKind::null; };
    return is_null(compare.left) || is_null(compare.right);
  }

  // Two records of the same fields.
  bool same_record(TypeId a, TypeId b) const {
    if (a == kNoType || b == kNoType) return false;
    const Type &one = context.type(a), &two = context.type(b);
    return one.name == two.name && one.fields == two.fields;
  }
  Places of_record(const Places& from, TypeId record) const {
    Places found;
    for (const uint32_t part : from) {
      if (same_record(all.parts_[part].record, record)) found.push_back(part);
    }
    return found;
  }

  Places call(syntax::ExprId id, const Places* piped) {
    const syntax::Expr& expr = tree[id];
    const sema::ExprInfo& about = context.info({map.module, id});
    const sema::CallInfo* known = about.call < context.program.calls.size() ? &context.program.calls[about.call] : nullptr;
    if (known != nullptr && known->lambda.valid() && piped != nullptr) return applied(known->lambda.id, *piped);
    if (known == nullptr || known->declaration == nullptr) return somewhere_else(id, piped);
    Places given = piped != nullptr ? *piped : Places{};
    std::vector<syntax::ExprId> functions;
    const auto* written = expr.get_if<syntax::CallExpr>();
    for (size_t i = 0; written != nullptr && i < written->arguments.size(); ++i) {
      const syntax::ExprId value = without_groups(tree, written->arguments[i].value);
      if (value.valid() && tree[value].kind() == syntax::ExprKind::lambda)
        functions.push_back(value);
      else
        add(given, places(value));
    }
    const std::string_view name = known->declaration->name;
    if (functions.empty() && asks_for_presence(name)) return {};
    const TypeId record = all.record_in(known->result);
    Places result = compares_elements(name) ? Places{} : of_record(given, record);
    Places seen;
    for (const syntax::ExprId function : functions) {
      const Places inner = applied(function, given, &seen);
      const Places kept = of_record(inner, record);
      add(result, kept);
      for (const uint32_t part : inner) {
        if (std::find(kept.begin(), kept.end(), part) == kept.end()) all.take(part, expr.span);
      }
    }
    for (const uint32_t part : given) {
      const bool followed =
          std::find(result.begin(), result.end(), part) != result.end() || std::find(seen.begin(), seen.end(), part) != seen.end();
      if (!followed) all.take(part, expr.span);
    }
    return result;
  }

  /// The value of a lambda whose parameters stand for the parts that have their type; `seen` gets those.
  Places applied(syntax::ExprId id, const Places& given, Places* seen = nullptr) {
    id = without_groups(tree, id);
    const auto* lambda = tree[id].get_if<syntax::LambdaExpr>();
    const sema::ExprInfo& about = context.info({map.module, id});
    if (lambda == nullptr || about.index >= context.program.lambdas.size()) {
      for (const uint32_t part : given) all.take(part, tree[id].span);
      return {};
    }
    for (const uint32_t local : context.program.lambdas[about.index].locals) {
      if (local >= context.program.locals.size()) continue;
      const TypeId record = all.record_in(context.program.locals[local].type);
      Places bound;
      for (const uint32_t part : given) {
        if (all.parts_[part].record == kNoType ? record == kNoType : same_record(all.parts_[part].record, record)) bound.push_back(part);
      }
      if (seen != nullptr) add(*seen, bound);
      locals[local] = std::move(bound);
    }
    return places(lambda->body);
  }

  // Your own functions, tables, lookups, references: what they are given is read.
  Places somewhere_else(syntax::ExprId id, const Places* piped) {
    if (piped != nullptr) {
      for (const uint32_t part : *piped) all.take(part, tree[id].span);
    }
    consume_children(id);
    return {};
  }
};

void RecordParts::add_map(const sema::MapSymbol& map) {
  const auto* written = context_.decl(map).get_if<syntax::MapDecl>();
  if (written != nullptr) Reading{*this, map}.block(written->body);
}

}  // namespace mig::rules
