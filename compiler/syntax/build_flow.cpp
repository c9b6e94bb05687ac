// Syncs, stages, rollbacks and environments.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

DeclNode TreeBuilder::build_sync(MigParser::SyncDeclContext* context) {
  SyncDecl node;
  node.source = name(context->name(1));
  node.map = name(context->name(2));
  for (MigParser::SyncItemContext* part : context->syncItem()) {
    if (broken(part)) continue;
    if (part->setting() != nullptr) {
      if (!broken(part->setting())) node.settings.push_back(setting(part->setting()));
      continue;
    }
    SyncHandler handler;
    handler.span = span(part);
    for (MigParser::WordContext* operation : part->word()) handler.operations.push_back(name(operation));
    handler.code = code(part->code());
    if (part->K_FAIL() != nullptr) handler.verb = SyncVerb::fail;
    if (part->K_REJECT() != nullptr) handler.verb = SyncVerb::reject;
    if (part->K_SKIP() != nullptr) handler.verb = SyncVerb::skip;
    if (part->K_WARN() != nullptr) handler.verb = SyncVerb::warn;
    handler.action = name(part->name());
    handler.settings = settings(part->settings());
    node.handlers.push_back(std::move(handler));
  }
  return node;
}

DeclNode TreeBuilder::build_stage(MigParser::StageDeclContext* context) {
  StageDecl node;
  node.after = names(context->names());
  node.steps = steps(context->step(), false);
  node.body = Span::join(span(context->T_LBRACE()), span(context->T_RBRACE()));
  return node;
}

DeclNode TreeBuilder::build_rollback(MigParser::RollbackDeclContext* context) {
  RollbackDecl node;
  if (context->expr() != nullptr) node.within = expr(context->expr());
  node.steps = steps(context->step(), true);
  node.body = Span::join(span(context->T_LBRACE()), span(context->T_RBRACE()));
  return node;
}

std::vector<Step> TreeBuilder::steps(const std::vector<MigParser::StepContext*>& contexts, bool rollback) {
  std::vector<Step> result;
  for (MigParser::StepContext* part : contexts) {
    if (broken(part) || (part->setting() != nullptr && broken(part->setting()))) continue;
    Step step{span(part), attributes(part->attribute()), step_node(part)};
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

StepNode TreeBuilder::step_node(MigParser::StepContext* context) {
  const auto list = [&] { return context->names() == nullptr ? std::vector<Name>{} : names(context->names()); };
  if (context->setting() != nullptr) return SettingStep{setting(context->setting())};
  if (context->K_PROFILE() != nullptr) return ProfileStep{list()};
  if (context->K_RUN() != nullptr) return RunStep{list(), settings(context->settings())};
  if (context->K_RECONCILE() != nullptr) return ReconcileStep{list()};
  if (context->K_SYNC() != nullptr) return SyncStep{name(context->name(0)), settings(context->settings())};
  if (context->K_COMPARE() != nullptr) {
    return CompareStep{name(context->name(0)), name(context->name(1)), settings(context->settings())};
  }
  if (context->K_ROUTE() != nullptr) {
    return RouteStep{text(context->text()), name(context->name(0)), settings(context->settings())};
  }
  if (context->K_GATE() != nullptr) {
    return GateStep{name(context->name(0)), gate_items(context->gateItem()),
                    Span::join(span(context->T_LBRACE()), span(context->T_RBRACE()))};
  }
  if (context->K_UNDO() != nullptr) return UndoStep{list(), settings(context->settings())};
  if (context->K_NOTIFY() != nullptr) return NotifyStep{text(context->text())};
  if (context->K_MANUAL() != nullptr) return ManualStep{text(context->text())};
  EventStep event{name(context->word(0)), name(context->word(1)), {}};
  if (context->T_LPAREN() != nullptr) event.argument = name(context->name(0));
  return event;
}

DeclNode TreeBuilder::build_environment(MigParser::EnvironmentDeclContext* context) {
  EnvironmentDecl node;
  for (MigParser::EnvironmentItemContext* part : context->environmentItem()) {
    if (broken(part)) continue;
    const Span where = span(part);
    if (part->setting() != nullptr) {
      if (!broken(part->setting())) node.settings.push_back(setting(part->setting()));
    } else if (part->K_SECRET() != nullptr) {
      node.secrets.push_back({name(part->name()), expr(part->expr()), where});
    } else {
      BindingKind kind = BindingKind::target;
      if (part->K_SOURCE() != nullptr) kind = BindingKind::source;
      if (part->K_LOOKUP() != nullptr) kind = BindingKind::lookup;
      node.bindings.push_back({kind, name(part->name()), settings(part->settings()), where});
    }
  }
  return node;
}

}  // namespace mig::syntax
