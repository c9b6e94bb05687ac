// Visits the parts of a syntax tree: the children of an expression, the statements of a block, the expressions of a declaration.
#pragma once

#include <functional>

#include "compiler/syntax/ast.h"

namespace mig::rules {

/// Calls `visit(ExprId)` for every direct child, in source order; absent children are left out.
template <class Visit>
void for_each_child(const syntax::Expr& expr, Visit&& visit) {
  using namespace syntax;
  const auto one = [&](ExprId id) {
    if (id.valid()) visit(id);
  };
  switch (expr.kind()) {
    case ExprKind::error:
    case ExprKind::null:
    case ExprKind::boolean:
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::floating:
    case ExprKind::percent:
    case ExprKind::duration:
    case ExprKind::date:
    case ExprKind::string:
    case ExprKind::keep:
    case ExprKind::name: return;
    case ExprKind::interpolated:
      for (const InterpolatedPiece& piece : expr.as<InterpolatedExpr>().pieces) one(piece.hole);
      return;
    case ExprKind::field: one(expr.as<FieldExpr>().object); return;
    case ExprKind::call:
      one(expr.as<CallExpr>().callee);
      for (const Argument& argument : expr.as<CallExpr>().arguments) one(argument.value);
      return;
    case ExprKind::index:
      one(expr.as<IndexExpr>().object);
      one(expr.as<IndexExpr>().index);
      return;
    case ExprKind::list:
      for (const ExprId element : expr.as<ListExpr>().elements) one(element);
      return;
    case ExprKind::record:
      for (const RecordEntry& entry : expr.as<RecordExpr>().entries) one(entry.value);
      return;
    case ExprKind::group: one(expr.as<GroupExpr>().inner); return;
    case ExprKind::negate: one(expr.as<NegateExpr>().operand); return;
    case ExprKind::logical_not: one(expr.as<NotExpr>().operand); return;
    case ExprKind::arithmetic:
      for (const ExprId operand : expr.as<ArithmeticExpr>().operands) one(operand);
      return;
    case ExprKind::pipe:
      one(expr.as<PipeExpr>().head);
      for (const PipeStage& stage : expr.as<PipeExpr>().stages) one(stage.callee);
      return;
    case ExprKind::coalesce:
      one(expr.as<CoalesceExpr>().value);
      one(expr.as<CoalesceExpr>().fallback);
      return;
    case ExprKind::compare:
      one(expr.as<CompareExpr>().left);
      one(expr.as<CompareExpr>().right);
      return;
    case ExprKind::logic:
      for (const ExprId operand : expr.as<LogicExpr>().operands) one(operand);
      return;
    case ExprKind::handle:
      one(expr.as<CatchExpr>().value);
      one(expr.as<CatchExpr>().handler);
      return;
    case ExprKind::conditional:
      one(expr.as<IfExpr>().condition);
      one(expr.as<IfExpr>().consequence);
      one(expr.as<IfExpr>().otherwise);
      return;
    case ExprKind::match:
      one(expr.as<MatchExpr>().subject);
      for (const MatchArm& arm : expr.as<MatchExpr>().arms) {
        one(arm.guard);
        one(arm.value);
      }
      return;
    case ExprKind::lambda: one(expr.as<LambdaExpr>().body); return;
    case ExprKind::raise:
      one(expr.as<RaiseExpr>().detail);
      one(expr.as<RaiseExpr>().replacement);
      return;
  }
}

/// Calls `visit(ExprId)` for the expression and everything below it, parents first.
template <class Visit>
void walk(const syntax::Module& tree, syntax::ExprId id, Visit&& visit) {
  if (!id.valid()) return;
  visit(id);
  for_each_child(tree[id], [&](syntax::ExprId child) { walk(tree, child, visit); });
}

/// Calls `visit(ExprId)` for the expressions that stand directly in a statement (not in its blocks).
template <class Visit>
void for_each_root(const syntax::Stmt& stmt, Visit&& visit) {
  using namespace syntax;
  const auto one = [&](ExprId id) {
    if (id.valid()) visit(id);
  };
  switch (stmt.kind()) {
    case StmtKind::error:
    case StmtKind::copy:
    case StmtKind::ignore: return;
    case StmtKind::let: one(stmt.as<LetStmt>().value); return;
    case StmtKind::assign: one(stmt.as<AssignStmt>().value); return;
    case StmtKind::require:
      one(stmt.as<RequireStmt>().condition);
      one(stmt.as<RequireStmt>().detail);
      return;
    case StmtKind::raise:
      one(stmt.as<RaiseStmt>().detail);
      one(stmt.as<RaiseStmt>().condition);
      return;
    case StmtKind::when: one(stmt.as<WhenStmt>().condition); return;
    case StmtKind::emit: one(stmt.as<EmitStmt>().sequence); return;
    case StmtKind::give_back: one(stmt.as<ReturnStmt>().value); return;
  }
}

/// Calls `visit(StmtId)` for every statement of a block, inner blocks included, in written order.
template <class Visit>
void for_each_statement(const syntax::Module& tree, const syntax::Block& block, Visit&& visit) {
  for (const syntax::StmtId id : block.statements) {
    visit(id);
    const syntax::Stmt& stmt = tree[id];
    if (const auto* when = stmt.get_if<syntax::WhenStmt>()) {
      for_each_statement(tree, when->consequence, visit);
      if (when->otherwise) for_each_statement(tree, *when->otherwise, visit);
    } else if (const auto* emit = stmt.get_if<syntax::EmitStmt>()) {
      for_each_statement(tree, emit->body, visit);
    }
  }
}

/// Calls `visit(ExprId)` for every expression that stands directly in a declaration: settings, bodies, rows, checks, steps.
void for_each_root(const syntax::Module& tree, const syntax::Decl& decl, const std::function<void(syntax::ExprId)>& visit);

/// The expression without parentheses around it.
inline syntax::ExprId without_groups(const syntax::Module& tree, syntax::ExprId id) {
  while (id.valid()) {
    const auto* group = tree[id].get_if<syntax::GroupExpr>();
    if (group == nullptr) break;
    id = group->inner;
  }
  return id;
}

}  // namespace mig::rules
