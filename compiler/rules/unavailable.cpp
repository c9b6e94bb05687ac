// E0317: a field that a stream may leave out is read where nothing has asked whether it came.
#include <algorithm>
#include <set>

#include "compiler/rules/source_reads.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

using Fields = std::set<uint32_t>;

Fields both(const Fields& a, const Fields& b) {
  Fields result;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(result, result.end()));
  return result;
}

// The fields that have come when a condition is true, and when it is false.
struct Answer {
  Fields when_true, when_false;
};

class AvailabilityChecker {
 public:
  AvailabilityChecker(RuleContext& context, const sema::MapSymbol& map, const sema::SchemaSymbol& schema)
      : context_(context), map_(map), schema_(schema), tree_(context.tree(map.module)) {}

  void block(const syntax::Block& body, Fields come) {
    for (const syntax::StmtId id : body.statements) statement(id, come);
  }

 private:
  void statement(syntax::StmtId id, Fields& come) {
    const syntax::Stmt& stmt = tree_[id];
    assigned_ = {};
    if (const auto* copy = stmt.get_if<syntax::CopyStmt>()) {
      for (const syntax::Name& name : copy->fields) {
        const auto field = schema_.by_name.find(name.text);
        if (field != schema_.by_name.end()) read(field->second, name.span, come);
      }
    } else if (const auto* require = stmt.get_if<syntax::RequireStmt>()) {
      expression(require->condition, come);
      expression(require->detail, come);
      if (require->verb != syntax::RaiseVerb::warn) come.merge(answer(require->condition).when_true);
    } else if (const auto* raise = stmt.get_if<syntax::RaiseStmt>()) {
      expression(raise->condition, come);
      expression(raise->detail, come);
      if (raise->verb != syntax::RaiseVerb::warn) come.merge(answer(raise->condition).when_false);
    } else if (const auto* when = stmt.get_if<syntax::WhenStmt>()) {
      expression(when->condition, come);
      Answer known = answer(when->condition);
      known.when_true.insert(come.begin(), come.end());
      known.when_false.insert(come.begin(), come.end());
      block(when->consequence, known.when_true);
      if (when->otherwise) block(*when->otherwise, known.when_false);
    } else if (const auto* emit = stmt.get_if<syntax::EmitStmt>()) {
      expression(emit->sequence, come);
      block(emit->body, come);
    } else {
      if (const auto* assign = stmt.get_if<syntax::AssignStmt>()) assigned_ = assign->value;
      for_each_root(stmt, [&](syntax::ExprId root) { expression(root, come); });
    }
  }

  uint32_t source_field(syntax::ExprId id) const {
    return id.valid() ? source_field_of(context_, map_, {map_.module, without_groups(tree_, id)}) : kNone;
  }
  // What `is_unavailable(...)` asks about; kNone for anything else.
  uint32_t asked(syntax::ExprId id) const {
    if (const auto* call = tree_[id].get_if<syntax::CallExpr>())
      return is_question(call->callee) && call->arguments.size() == 1 ? source_field(call->arguments[0].value) : kNone;
    const auto* pipe = tree_[id].get_if<syntax::PipeExpr>();
    return pipe != nullptr && pipe->stages.size() == 1 && is_question(pipe->stages[0].callee) ? source_field(pipe->head) : kNone;
  }
  bool is_question(syntax::ExprId callee) const {
    const auto* name = callee.valid() ? tree_[callee].get_if<syntax::NameExpr>() : nullptr;
    return name != nullptr && name->name.text == "is_unavailable";
  }

  Answer answer(syntax::ExprId id) const {
    id = without_groups(tree_, id);
    if (!id.valid()) return {};
    if (const uint32_t field = asked(id); field != kNone) return {{}, {field}};
    const syntax::Expr& expr = tree_[id];
    if (const auto* negated = expr.get_if<syntax::NotExpr>()) {
      Answer inner = answer(negated->operand);
      return {std::move(inner.when_false), std::move(inner.when_true)};
    }
    if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
      const bool all = logic->op == syntax::LogicOp::conjunction;
      Answer result = answer(logic->operands.front());
      for (size_t i = 1; i < logic->operands.size(); ++i) {
        Answer next = answer(logic->operands[i]);
        if (all) {
          result.when_true.merge(next.when_true);
          result.when_false = both(result.when_false, next.when_false);
        } else {
          result.when_false.merge(next.when_false);
          result.when_true = both(result.when_true, next.when_true);
        }
      }
      return result;
    }
    const sema::ExprInfo& about = context_.info({map_.module, id});
    if (expr.kind() == syntax::ExprKind::name && about.ref == Ref::kLocal && about.index < context_.program.locals.size()) {
      const ExprRef value = context_.let_value(map_.module, context_.program.locals[about.index].span);
      if (value.valid() && value.id.value != id.value) return answer(value.id);
    }
    return {};
  }

  void expression(syntax::ExprId id, const Fields& come) {
    if (!id.valid() || asked(id) != kNone) return;
    const syntax::Expr& expr = tree_[id];
    if (const uint32_t field = source_field_of(context_, map_, {map_.module, id}); field != kNone) return read(field, expr.span, come);
    if (const auto* choice = expr.get_if<syntax::IfExpr>()) {
      expression(choice->condition, come);
      Answer known = answer(choice->condition);
      known.when_true.insert(come.begin(), come.end());
      known.when_false.insert(come.begin(), come.end());
      expression(choice->consequence, known.when_true);
      expression(choice->otherwise, known.when_false);
    } else if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
      Fields known = come;
      for (const syntax::ExprId operand : logic->operands) {
        expression(operand, known);
        Answer next = answer(operand);
        known.merge(logic->op == syntax::LogicOp::conjunction ? next.when_true : next.when_false);
      }
    } else if (const auto* match = expr.get_if<syntax::MatchExpr>()) {
      expression(match->subject, come);
      for (const syntax::MatchArm& arm : match->arms) {
        expression(arm.guard, come);
        Fields known = come;
        if (arm.guard.valid()) known.merge(answer(arm.guard).when_true);
        expression(arm.value, known);
      }
    } else {
      for_each_child(expr, [&](syntax::ExprId child) { expression(child, come); });
    }
  }

  void read(uint32_t index, Span place, const Fields& come) {
    const sema::SchemaField& field = schema_.fields[index];
    if (!field.may_be_unavailable || come.count(index) != 0) return;
    Diagnostic& finding = context_.report(
        Code::E0317, place, "`" + field.name + "` may not be sent with a change, and would look like null", "may be unavailable");
    finding.also(field.span, "declared here");
    const std::string question = "is_unavailable(" + (map_.source_alias.empty() ? "" : map_.source_alias + ".") + field.name + ")";
    if (assigned_.valid())
      finding.help(Applicability::choose, "leave the stored value alone then",
                   {{tree_[assigned_].span.start(), "if " + question + " then keep else "}});
    else
      finding.help(Applicability::choose, "ask first whether it came: `if " + question + " then ... else ...`");
    finding.about(field.name).in("map " + map_.name);
  }

  RuleContext& context_;
  const sema::MapSymbol& map_;
  const sema::SchemaSymbol& schema_;
  const syntax::Module& tree_;
  syntax::ExprId assigned_;  // the value of the assignment that is looked at
};

}  // namespace

void check_unavailable(RuleContext& context) {
  if (context.program.modules.empty()) return;
  std::set<std::string_view> fed;  // maps that a stream feeds
  for (const syntax::Decl& decl : context.tree(0).decls) {
    if (const auto* sync = decl.get_if<syntax::SyncDecl>()) fed.insert(sync->map.text);
  }
  for (const sema::MapSymbol& map : context.program.maps) {
    const sema::SchemaSymbol* schema = context.schema_of_source(map.source);
    const auto* written = context.decl(map).get_if<syntax::MapDecl>();
    if (schema == nullptr || written == nullptr || fed.count(map.name) == 0) continue;
    AvailabilityChecker(context, map, *schema).block(written->body, {});
  }
}

}  // namespace mig::rules
