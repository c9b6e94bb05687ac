// Statements of a map with the target that each of them writes to: the map's own, or that of the `emit` around it.
#pragma once

#include "compiler/rules/rule_context.h"

namespace mig::rules {

template <class Visit>
void for_each_write(const RuleContext& context, ModuleId module, const syntax::Block& block, uint32_t target, Visit&& visit) {
  const syntax::Module& tree = context.tree(module);
  for (const syntax::StmtId id : block.statements) {
    visit(id, target);
    if (const auto* when = tree[id].get_if<syntax::WhenStmt>()) {
      for_each_write(context, module, when->consequence, target, visit);
      if (when->otherwise) for_each_write(context, module, *when->otherwise, target, visit);
    } else if (const auto* emit = tree[id].get_if<syntax::EmitStmt>()) {
      for_each_write(context, module, emit->body, context.info(module, id).target, visit);
    }
  }
}

/// Calls `visit(StmtId, target)` for every statement of the map in written order; `target` indexes Program::targets, kNone when unknown.
template <class Visit>
void for_each_write(const RuleContext& context, uint32_t map, Visit&& visit) {
  const sema::MapSymbol& symbol = context.program.maps[map];
  const auto* written = context.decl(symbol).get_if<syntax::MapDecl>();
  if (written != nullptr) for_each_write(context, symbol.module, written->body, symbol.target, visit);
}

}  // namespace mig::rules
