#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

using namespace syntax;
using Visit = std::function<void(ExprId)>;

void one(ExprId id, const Visit& visit) {
  if (id.valid()) visit(id);
}
void settings(const std::vector<Setting>& entries, const Visit& visit) {
  for (const Setting& entry : entries) one(entry.value, visit);
}
void connector(const ConnectorCall& call, const Visit& visit) {
  for (const Argument& argument : call.arguments) one(argument.value, visit);
}
void block(const Module& tree, const Block& body, const Visit& visit) {
  for_each_statement(tree, body, [&](StmtId id) { for_each_root(tree[id], visit); });
}
void checks(const std::vector<CheckItem>& items, const Visit& visit) {
  for (const CheckItem& item : items) {
    if (const auto* let = std::get_if<CheckLet>(&item)) one(let->value, visit);
    if (const auto* expect = std::get_if<CheckExpect>(&item)) {
      one(expect->condition, visit);
      one(expect->tolerance, visit);
    }
  }
}

void step(const Step& written, const Visit& visit) {
  switch (written.kind()) {
    case StepKind::run: settings(written.as<RunStep>().settings.entries, visit); return;
    case StepKind::sync: settings(written.as<SyncStep>().settings.entries, visit); return;
    case StepKind::compare: settings(written.as<CompareStep>().settings.entries, visit); return;
    case StepKind::route: settings(written.as<RouteStep>().settings.entries, visit); return;
    case StepKind::undo: settings(written.as<UndoStep>().settings.entries, visit); return;
    case StepKind::setting: one(written.as<SettingStep>().setting.value, visit); return;
    case StepKind::gate:
      for (const GateItem& item : written.as<GateStep>().items) {
        if (const auto* require = std::get_if<GateRequire>(&item)) {
          one(require->condition, visit);
          one(require->duration, visit);
        }
        if (const auto* approve = std::get_if<GateApprove>(&item)) one(approve->within, visit);
      }
      return;
    case StepKind::profile:
    case StepKind::reconcile:
    case StepKind::event:
    case StepKind::notify:
    case StepKind::manual: return;
  }
}

}  // namespace

void for_each_root(const Module& tree, const Decl& decl, const Visit& visit) {
  switch (decl.kind()) {
    case DeclKind::error:
    case DeclKind::import: return;
    case DeclKind::header: settings(decl.as<HeaderDecl>().settings.entries, visit); return;
    case DeclKind::param: one(decl.as<ParamDecl>().value, visit); return;
    case DeclKind::type: one(decl.as<TypeDecl>().condition, visit); return;
    case DeclKind::enumeration: return;
    case DeclKind::schema:
      if (decl.as<SchemaDecl>().from) connector(*decl.as<SchemaDecl>().from, visit);
      return;
    case DeclKind::source:
      connector(decl.as<SourceDecl>().from, visit);
      settings(decl.as<SourceDecl>().settings.entries, visit);
      return;
    case DeclKind::target:
      connector(decl.as<TargetDecl>().into, visit);
      settings(decl.as<TargetDecl>().settings.entries, visit);
      return;
    case DeclKind::lookup:
      connector(decl.as<LookupDecl>().from, visit);
      settings(decl.as<LookupDecl>().settings.entries, visit);
      return;
    case DeclKind::table:
      for (const TableRow& row : decl.as<TableDecl>().rows) one(row.value, visit);
      return;
    case DeclKind::fn: {
      const auto& fn = decl.as<FnDecl>();
      for (const FnParameter& parameter : fn.parameters) one(parameter.default_value, visit);
      one(fn.body, visit);
      if (fn.block) block(tree, *fn.block, visit);
      return;
    }
    case DeclKind::issue: settings(decl.as<IssueDecl>().settings.entries, visit); return;
    case DeclKind::privacy:
      for (const PrivacyMask& mask : decl.as<PrivacyDecl>().masks) one(mask.mask, visit);
      return;
    case DeclKind::map: block(tree, decl.as<MapDecl>().body, visit); return;
    case DeclKind::dedupe: {
      const auto& dedupe = decl.as<DedupeDecl>();
      for (const ExprId key : dedupe.keys) one(key, visit);
      for (const DedupePrefer& prefer : dedupe.prefers) one(prefer.value, visit);
      for (const DedupeMerge& merge : dedupe.merges) one(merge.value, visit);
      return;
    }
    case DeclKind::profile: checks(decl.as<ProfileDecl>().items, visit); return;
    case DeclKind::reconcile: checks(decl.as<ReconcileDecl>().items, visit); return;
    case DeclKind::sync:
      settings(decl.as<SyncDecl>().settings, visit);
      for (const SyncHandler& handler : decl.as<SyncDecl>().handlers) settings(handler.settings.entries, visit);
      return;
    case DeclKind::stage:
      for (const Step& each : decl.as<StageDecl>().steps) step(each, visit);
      return;
    case DeclKind::rollback:
      one(decl.as<RollbackDecl>().within, visit);
      for (const Step& each : decl.as<RollbackDecl>().steps) step(each, visit);
      return;
    case DeclKind::test:
      for (const TestItem& item : decl.as<TestDecl>().items) {
        if (const auto* assume = std::get_if<TestAssume>(&item)) one(assume->value, visit);
        if (const auto* given = std::get_if<TestGiven>(&item)) {
          for (const ExprId value : given->values) one(value, visit);
        }
        if (const auto* expect = std::get_if<TestExpect>(&item)) {
          one(expect->condition, visit);
          one(expect->tolerance, visit);
        }
      }
      return;
    case DeclKind::item: settings(decl.as<ItemDecl>().settings.entries, visit); return;
    case DeclKind::environment: {
      const auto& environment = decl.as<EnvironmentDecl>();
      for (const EnvironmentSecret& secret : environment.secrets) one(secret.value, visit);
      for (const EnvironmentBinding& binding : environment.bindings) settings(binding.settings.entries, visit);
      settings(environment.settings, visit);
      return;
    }
  }
}

}  // namespace mig::rules
