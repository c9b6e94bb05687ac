// Syncs, stages, rollbacks and environments.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

DeclNode TreeBuilder::build_sync(const ParseNode* context) {
  SyncDecl node;
  node.source = name(context->name(1));
  node.map = name(context->name(2));
  for (const ParseNode* part : context->all_sync_item()) {
    if (broken(part)) continue;
    if (part->setting() != nullptr) {
      if (!broken(part->setting())) node.settings.push_back(setting(part->setting()));
      continue;
    }
    SyncHandler handler;
    handler.span = span(part);
    for (const ParseNode* operation : part->all_word()) handler.operations.push_back(name(operation));
    handler.code = code(part->code());
    if (part->token(MigParser::K_FAIL) != nullptr) handler.verb = SyncVerb::fail;
    if (part->token(MigParser::K_REJECT) != nullptr) handler.verb = SyncVerb::reject;
    if (part->token(MigParser::K_SKIP) != nullptr) handler.verb = SyncVerb::skip;
    if (part->token(MigParser::K_WARN) != nullptr) handler.verb = SyncVerb::warn;
    handler.action = name(part->name());
    handler.settings = settings(part->settings());
    node.handlers.push_back(std::move(handler));
  }
  return node;
}

DeclNode TreeBuilder::build_stage(const ParseNode* context) {
  StageDecl node;
  node.after = names(context->names());
  node.steps = steps(context->all_step(), false);
  node.body = Span::join(span(context->token(MigParser::T_LBRACE)), span(context->token(MigParser::T_RBRACE)));
  return node;
}

DeclNode TreeBuilder::build_rollback(const ParseNode* context) {
  RollbackDecl node;
  if (context->expr() != nullptr) node.within = expr(context->expr());
  node.steps = steps(context->all_step(), true);
  node.body = Span::join(span(context->token(MigParser::T_LBRACE)), span(context->token(MigParser::T_RBRACE)));
  return node;
}

std::vector<Step> TreeBuilder::steps(const std::vector<const ParseNode*>& contexts, bool rollback) {
  std::vector<Step> result;
  for (const ParseNode* part : contexts) {
    if (broken(part) || (part->setting() != nullptr && broken(part->setting()))) continue;
    Step step{span(part), attributes(part), step_node(part)};
    bool fits = true;
    switch (step.kind()) {
      case StepKind::undo: fits = rollback; break;
      case StepKind::profile:
      case StepKind::run:
      case StepKind::reconcile:
      case StepKind::sync:
      case StepKind::compare:
      case StepKind::gate: fits = !rollback; break;
      case StepKind::route:
      case StepKind::event:
      case StepKind::notify:
      case StepKind::manual:
      case StepKind::setting: break;
    }
    if (!fits) {
      finding(Code::E0014, step.span, rollback ? "this step does not belong to a rollback" : "`undo` belongs to a rollback",
              rollback ? "a rollback undoes maps, routes back, notifies, and names what people do"
                       : "declare `rollback name { undo ... }` and name it in `on failure`");
    }
    result.push_back(std::move(step));
  }
  return result;
}

StepNode TreeBuilder::step_node(const ParseNode* context) {
  const auto list = [&] { return context->names() == nullptr ? std::vector<Name>{} : names(context->names()); };
  if (context->setting() != nullptr) return SettingStep{setting(context->setting())};
  if (context->token(MigParser::K_PROFILE) != nullptr) return ProfileStep{list()};
  if (context->token(MigParser::K_RUN) != nullptr) return RunStep{list(), settings(context->settings())};
  if (context->token(MigParser::K_RECONCILE) != nullptr) return ReconcileStep{list()};
  if (context->token(MigParser::K_SYNC) != nullptr) return SyncStep{name(context->name(0)), settings(context->settings())};
  if (context->token(MigParser::K_COMPARE) != nullptr) {
    return CompareStep{name(context->name(0)), name(context->name(1)), settings(context->settings())};
  }
  if (context->token(MigParser::K_ROUTE) != nullptr) {
    return RouteStep{text(context->text()), name(context->name(0)), settings(context->settings())};
  }
  if (context->token(MigParser::K_GATE) != nullptr) {
    return GateStep{name(context->name(0)), gate_items(context->all_gate_item()),
                    Span::join(span(context->token(MigParser::T_LBRACE)), span(context->token(MigParser::T_RBRACE)))};
  }
  if (context->token(MigParser::K_UNDO) != nullptr) return UndoStep{list(), settings(context->settings())};
  if (context->token(MigParser::K_NOTIFY) != nullptr) return NotifyStep{text(context->text())};
  if (context->token(MigParser::K_MANUAL) != nullptr) return ManualStep{text(context->text())};
  EventStep event{name(context->word(0)), name(context->word(1)), {}};
  if (context->token(MigParser::T_LPAREN) != nullptr) event.argument = name(context->name(0));
  return event;
}

DeclNode TreeBuilder::build_environment(const ParseNode* context) {
  EnvironmentDecl node;
  for (const ParseNode* part : context->all_environment_item()) {
    if (broken(part)) continue;
    const Span where = span(part);
    if (part->setting() != nullptr) {
      if (!broken(part->setting())) node.settings.push_back(setting(part->setting()));
    } else if (part->token(MigParser::K_SECRET) != nullptr) {
      node.secrets.push_back({name(part->name()), expr(part->expr()), where});
    } else {
      BindingKind kind = BindingKind::target;
      if (part->token(MigParser::K_SOURCE) != nullptr) kind = BindingKind::source;
      if (part->token(MigParser::K_LOOKUP) != nullptr) kind = BindingKind::lookup;
      node.bindings.push_back({kind, name(part->name()), settings(part->settings()), where});
    }
  }
  return node;
}

}  // namespace mig::syntax
