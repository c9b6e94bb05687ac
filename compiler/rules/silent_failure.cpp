// W0302: a failure becomes nothing, or a decision, and nobody is told. (A plain `catch null` is found by type checking, unless what it
// covers has an error.)
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

/// A part of a handler that drops the value without an issue.
struct Drop {
  syntax::ExprId id;
  bool keeps = false;
};

void collect_drops(const syntax::Module& tree, syntax::ExprId id, std::vector<Drop>& drops) {
  id = without_groups(tree, id);
  if (!id.valid()) return;
  const syntax::Expr& expr = tree[id];
  if (expr.kind() == syntax::ExprKind::null) drops.push_back({id, false});
  if (expr.kind() == syntax::ExprKind::keep) drops.push_back({id, true});
  if (const auto* choice = expr.get_if<syntax::IfExpr>()) {
    collect_drops(tree, choice->consequence, drops);
    collect_drops(tree, choice->otherwise, drops);
  } else if (const auto* match = expr.get_if<syntax::MatchExpr>()) {
    for (const syntax::MatchArm& arm : match->arms) collect_drops(tree, arm.value, drops);
  }
}

bool can_fail(const RuleContext& context, ExprRef value) {
  bool found = context.info(value).may_fail;
  walk(context.tree(value.module), value.id, [&](syntax::ExprId id) {
    const sema::ExprInfo& about = context.info({value.module, id});
    if (about.call >= context.program.calls.size()) return;
    const sema::CallInfo& call = context.program.calls[about.call];
    found |=
        call.may_fail || (call.callee == Ref::kFn && call.index < context.program.fns.size() && context.program.fns[call.index].may_fail);
  });
  return found;
}

/// Whether data that cannot be read may be what fails, and not only an absent parent or key, which may be out of scope with reason.
bool can_be_unreadable(const RuleContext& context, ExprRef value) {
  bool found = false;
  walk(context.tree(value.module), value.id, [&](syntax::ExprId id) {
    const sema::ExprInfo& about = context.info({value.module, id});
    if (about.call >= context.program.calls.size()) return;
    const sema::CallInfo& call = context.program.calls[about.call];
    found |= call.callee == Ref::kStdlib && call.may_fail && call.map == sema::kNone && call.target == sema::kNone;
  });
  return found;
}

/// `catch skip C`, whatever failed.
void report_skip(RuleContext& context, ModuleId module, const syntax::CatchExpr& handled) {
  const syntax::Module& tree = context.tree(module);
  const syntax::ExprId id = without_groups(tree, handled.handler);
  const auto* raise = id.valid() ? tree[id].get_if<syntax::RaiseExpr>() : nullptr;
  if (raise == nullptr || raise->verb != syntax::RaiseVerb::skip || !can_be_unreadable(context, {module, handled.value})) return;
  context
      .report(Code::W0302, tree[id].span, "a record that cannot be read is left out as if it were out of scope",
              "counts as skipped on purpose, and nobody is asked to repair it")
      .also(tree[handled.value].span, "can fail")
      .help(Applicability::choose,
            "`catch reject CODE` lists the record with its cause; where some are out of scope, say which: `skip CODE when ...`");
}

}  // namespace

void check_silent_failure(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (uint32_t e = 0; e < tree.exprs.size(); ++e) {
      const auto* handled = tree.exprs[e].get_if<syntax::CatchExpr>();
      if (handled == nullptr || !handled->handler.valid() || !handled->value.valid()) continue;
      if (context.was_reported(Code::W0302, tree[handled->handler].span) || !can_fail(context, {module, handled->value})) continue;
      if (context.info({module, syntax::ExprId{e}}).needless) continue;
      report_skip(context, module, *handled);
      std::vector<Drop> drops;
      collect_drops(tree, handled->handler, drops);
      for (const Drop& drop : drops) {
        const Span place = tree[drop.id].span;
        context
            .report(Code::W0302, place,
                    drop.keeps ? "after a failure the field is left as it was, and nobody is told"
                               : "a failure becomes null and nobody is told",
                    drop.keeps ? "the new value is lost without an issue" : "the value is lost without an issue")
            .also(tree[handled->value].span, "can fail")
            .help(Applicability::sketch,
                  drop.keeps ? "list it as a warning: `warn CODE use keep`" : "list it as a warning: `warn CODE use null`",
                  {{place.start(), "warn DECIDE use "}});
      }
    }
  }
}

}  // namespace mig::rules
