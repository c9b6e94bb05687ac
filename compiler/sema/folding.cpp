// Values of expressions that are known at check time.
#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

constexpr int kMaxFoldDepth = 32;  // constants that name constants

Constant fold_in(const Program& program, ModuleId module, syntax::ExprId id, int depth) {
  if (!id.valid() || depth > kMaxFoldDepth) return {};
  const syntax::Module& tree = program.modules[module].tree;
  bool invalid = false;
  Constant constant = literal_constant(tree, id, invalid);
  if (constant.known()) return constant;
  const syntax::Expr& node = tree[id];
  if (const auto* group = node.get_if<syntax::GroupExpr>()) return fold_in(program, module, group->inner, depth + 1);
  const ExprInfo& about = program.modules[module].exprs[id.value];
  if (about.ref == Ref::kVariant) {
    constant.form = Constant::Form::kVariant;
    constant.integer = about.part;
    return constant;
  }
  if (const auto* list = node.get_if<syntax::ListExpr>()) {
    Constant texts;
    texts.form = Constant::Form::kTexts;
    for (const syntax::ExprId element : list->elements) {
      const Constant each = fold_in(program, module, element, depth + 1);
      if (each.form != Constant::Form::kText) return {};
      texts.texts.push_back(each.text);
    }
    return texts;
  }
  // A constant is a function without parameters.
  if (about.ref == Ref::kFn && about.index != kNone) {
    const FnSymbol& fn = program.fns[about.index];
    if (fn.parameters.empty() && fn.body.valid()) return fold_in(program, fn.module, fn.body.id, depth + 1);
    return {};
  }
  if (const auto* interpolated = node.get_if<syntax::InterpolatedExpr>()) {
    Constant text;
    text.form = Constant::Form::kText;
    for (const syntax::InterpolatedPiece& piece : interpolated->pieces) {
      if (piece.hole.valid()) return {};
      text.text += piece.text;
    }
    return text;
  }
  return {};
}

}  // namespace

Constant ExpressionChecker::fold(syntax::ExprId id, int depth) { return fold_in(program_, frame_.module, id, depth); }

}  // namespace mig::sema
