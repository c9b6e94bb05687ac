// Uses of names in declarations, statements, expressions, patterns and types.
#include "compiler/language_server/symbol_collector.h"

namespace mig::lsp {

using namespace syntax;
using sema::kNone;
using sema::Ref;
using enum SymbolKind;

void SymbolCollector::declaration(const Decl& decl) {
  parts_of(decl);
  if (const auto* node = decl.get_if<TableDecl>()) {
    for (const Path& via : node->via) path(via, {function, table});
  }
  if (const auto* node = decl.get_if<FnDecl>()) {
    for (const Path& code : node->raises) path(code, {issue});
  }
  if (const auto* node = decl.get_if<MapDecl>()) {
    name(node->source, {source});
    name(node->target, {target});
    for (const Name* one : {&node->source_alias, &node->target_alias}) {
      if (one->valid()) found_.push_back({one->span, one->span, alias, map_, kNone, nullptr});
    }
  }
  if (const auto* node = decl.get_if<DedupeDecl>()) {
    name(decl.name, {target});
    path(node->warn, {issue});
    for (const DedupeMerge& merge : node->merges) {
      if (merge.field.valid()) add_field(merge.field.parts[0].span, target_schema(), merge.field.parts[0].text);
    }
  }
  if (decl.kind() == DeclKind::profile) name(decl.name, {source});
}

void SymbolCollector::parts_of(const Decl& decl) {
  const auto checks = [&](const std::vector<CheckItem>& items) {
    for (const CheckItem& item_of : items) {
      if (const auto* expect = std::get_if<CheckExpect>(&item_of)) path(expect->code, {issue});
    }
  };
  if (const auto* node = decl.get_if<ProfileDecl>()) checks(node->items);
  if (const auto* node = decl.get_if<ReconcileDecl>()) checks(node->items);
  if (const auto* node = decl.get_if<PrivacyDecl>()) {
    for (const PrivacyAllow& allow : node->allows) names(allow.targets, {target});
    for (const PrivacyMask& mask : node->masks) names(mask.environments, {environment});
  }
  if (const auto* node = decl.get_if<SyncDecl>()) {
    name(node->source, {source});
    name(node->map, {map});
    for (const SyncHandler& handler : node->handlers) path(handler.code, {issue});
  }
  if (const auto* node = decl.get_if<StageDecl>()) {
    names(node->after, {stage});
    steps(node->steps);
  }
  if (const auto* node = decl.get_if<RollbackDecl>()) steps(node->steps);
  if (const auto* node = decl.get_if<TestDecl>()) {
    names(node->subjects, {map, function, table, reconcile, target});
    for (const TestItem& item_of : node->items) {
      if (const auto* expect = std::get_if<TestExpectIssue>(&item_of)) path(expect->code, {issue});
      const auto* given = std::get_if<TestGiven>(&item_of);
      if (given == nullptr || map_ == kNone) continue;
      for (const ExprId value : given->values) {
        const auto* record = value.valid() ? (*tree_)[value].get_if<RecordExpr>() : nullptr;
        if (record == nullptr) continue;
        for (const RecordEntry& entry : record->entries) {
          if (!entry.quoted) add_field(entry.key.span, source_schema(), entry.key.text);
        }
      }
    }
  }
  if (const auto* node = decl.get_if<EnvironmentDecl>()) {
    for (const EnvironmentBinding& binding : node->bindings) name(binding.name, {source, target, lookup});
  }
}

void SymbolCollector::steps(const std::vector<Step>& list) {
  for (const Step& step : list) {
    if (const auto* node = step.get_if<ProfileStep>()) names(node->sources, {source});
    if (const auto* node = step.get_if<RunStep>()) names(node->maps, {map});
    if (const auto* node = step.get_if<ReconcileStep>()) names(node->checks, {reconcile});
    if (const auto* node = step.get_if<SyncStep>()) name(node->sync, {sync});
    if (const auto* node = step.get_if<CompareStep>()) names({node->left, node->right}, {source, target});
    if (const auto* node = step.get_if<RouteStep>()) name(node->destination, {target, source});
    if (const auto* node = step.get_if<EventStep>()) name(node->argument, {rollback});
    if (const auto* node = step.get_if<UndoStep>()) names(node->subjects, {map, sync});
    const auto* gate = step.get_if<GateStep>();
    if (gate == nullptr) continue;
    for (const GateItem& item_of : gate->items) {
      if (const auto* require = std::get_if<GateRequire>(&item_of)) path(require->code, {issue});
    }
  }
}

void SymbolCollector::statement(StmtId id) {
  const Stmt& stmt = (*tree_)[id];
  enter(stmt.span);
  const auto& infos = program_.modules[module_].stmts;
  const auto of_alias = [&](const Path& written) {
    if (written.parts.size() < 2 || map_ >= program_.maps.size() || declaration_ >= tree_->decls.size()) return;
    const auto* owner = tree_->decls[declaration_].get_if<MapDecl>();
    if (owner == nullptr) return;
    for (const Name* one : {&owner->source_alias, &owner->target_alias}) {
      if (one->valid() && one->text == written.parts[0].text)
        found_.push_back({written.parts[0].span, one->span, alias, map_, kNone, nullptr});
    }
  };
  if (const auto* node = stmt.get_if<AssignStmt>(); node != nullptr && id.value < infos.size()) {
    const auto& fields = infos[id.value].target_fields;
    if (!fields.empty() && fields.size() <= node->target.parts.size()) {
      add_field(node->target.parts[node->target.parts.size() - fields.size()].span, target_schema(), fields[0]);
      if (fields.size() < node->target.parts.size()) of_alias(node->target);
    }
  }
  if (const auto* node = stmt.get_if<CopyStmt>()) {
    of_alias(Path{{node->object.valid() ? node->object.parts[0] : Name{}, Name{}}, {}});
    for (const Name& one : node->fields) add_field(one.span, source_schema(), one.text);
  }
  if (const auto* node = stmt.get_if<IgnoreStmt>()) {
    for (const Path& one : node->fields) {
      if (one.parts.size() < 2) continue;
      of_alias(one);
      add_field(one.parts[1].span, source_schema(), one.parts[1].text);
    }
  }
  if (const auto* node = stmt.get_if<RequireStmt>()) path(node->code, {issue});
  if (const auto* node = stmt.get_if<RaiseStmt>()) path(node->code, {issue});
  if (const auto* node = stmt.get_if<EmitStmt>()) name(node->target, {target});
}

void SymbolCollector::expression(ExprId id) {
  const Expr& expr = (*tree_)[id];
  if (id.value >= program_.modules[module_].exprs.size()) return;
  const sema::ExprInfo& about = program_.modules[module_].exprs[id.value];
  enter(expr.span);
  if (about.ref == Ref::kTypeName) {
    // The name of a type as an argument, like the S of decode(value, S).
    Path written;
    if (const auto* node = expr.get_if<NameExpr>()) written = {{node->name}, node->name.span};
    if (const auto* node = expr.get_if<FieldExpr>()) {
      const auto* file = (*tree_)[node->object].get_if<NameExpr>();
      if (file != nullptr) written = {{file->name, node->field}, expr.span};
    }
    path(written, {enumeration, schema});
    return;
  }
  if (const auto* node = expr.get_if<NameExpr>()) {
    if (about.ref == Ref::kNothing || about.ref == Ref::kOther || about.ref == Ref::kSourceRecord || about.ref == Ref::kTargetRecord) {
      unresolved(node->name, node->name.span);
    } else {
      reference(about, node->name.span, id);
    }
  }
  if (const auto* node = expr.get_if<FieldExpr>()) {
    if (about.ref == Ref::kRecordField) {
      add_field(node->field.span, record_schema(node->object), about.index);
    } else {
      reference(about, node->field.span, id);
    }
  }
  if (const auto* node = expr.get_if<CallExpr>(); node != nullptr && about.call < program_.calls.size() && node->callee.valid()) {
    // The callee of a call may carry no annotation of its own.
    const sema::CallInfo& call = program_.calls[about.call];
    const auto* callee = (*tree_)[node->callee].get_if<NameExpr>();
    if (callee != nullptr) {
      reference({.ref = call.callee, .index = call.index, .call = about.call}, callee->name.span, node->callee);
    } else if (const auto* qualified = (*tree_)[node->callee].get_if<FieldExpr>()) {
      reference({.ref = call.callee, .index = call.index, .call = about.call}, qualified->field.span, node->callee);
    }
  }
  if (const auto* node = expr.get_if<RaiseExpr>()) path(node->code, {issue});
}

void SymbolCollector::reference(const sema::ExprInfo& about, Span span, ExprId) {
  switch (about.ref) {
    case Ref::kLocal: add(span, local, about.index); return;
    case Ref::kSourceField: add_field(span, source_schema(), about.index); return;
    case Ref::kTargetField: add_field(span, target_schema(), about.index); return;
    case Ref::kParam: add(span, param, about.index); return;
    case Ref::kVariant: add(span, variant, about.index, about.part); return;
    case Ref::kFn: add(span, function, about.index); return;
    case Ref::kTable: add(span, table, about.index); return;
    case Ref::kLookup: add(span, lookup, about.index); return;
    case Ref::kMap: add(span, map, about.index); return;
    case Ref::kSource: add(span, source, about.index); return;
    case Ref::kTarget: add(span, target, about.index); return;
    case Ref::kReconcile: add(span, reconcile, about.index); return;
    case Ref::kSync: add(span, sync, about.index); return;
    case Ref::kStage: add(span, stage, about.index); return;
    case Ref::kStdlib:
      if (about.call < program_.calls.size() && program_.calls[about.call].declaration != nullptr) {
        found_.push_back({span, {}, standard_function, kNone, kNone, program_.calls[about.call].declaration});
      }
      return;
    case Ref::kNothing:
    case Ref::kSourceRecord:
    case Ref::kTargetRecord:
    case Ref::kRecordField:
    case Ref::kRunNow:
    case Ref::kRunId:
    case Ref::kRowPosition:
    case Ref::kRowSource:
    case Ref::kRowKey:
    case Ref::kUnavailable:
    case Ref::kModule:
    case Ref::kWord:
    case Ref::kTypeName:
    case Ref::kOther: return;
  }
}

// A name that the checker resolved as part of something else: an alias, a qualifier, a field in settings, a relation.
void SymbolCollector::unresolved(const Name& written, Span span) {
  if (declaration_ >= tree_->decls.size()) return;
  const Decl& decl = tree_->decls[declaration_];
  if (const auto* owner = decl.get_if<MapDecl>()) {
    for (const Name* one : {&owner->source_alias, &owner->target_alias}) {
      if (one->valid() && one->text == written.text) {
        found_.push_back({span, one->span, alias, map_, kNone, nullptr});
        return;
      }
    }
  }
  if (decl.kind() == DeclKind::target) {
    const std::size_t before = found_.size();
    add_field(span, target_schema(), written.text);
    if (found_.size() > before) return;
  }
  name(written, {enumeration, source, target, map, reconcile, sync, stage, table, function, lookup, item});
}

void SymbolCollector::pattern(PatternId id) {
  const Pattern& written = (*tree_)[id];
  if (id.value >= program_.modules[module_].patterns.size()) return;
  const sema::PatternInfo& about = program_.modules[module_].patterns[id.value];
  const auto* node = written.get_if<VariantPattern>();
  if (node == nullptr || !node->variant.valid() || about.form != sema::PatternForm::kVariant) return;
  add(node->variant.last().span, variant, about.enumeration, about.variant);
}

void SymbolCollector::type(TypeExprId id) {
  const auto* node = (*tree_)[id].get_if<NamedType>();
  if (node != nullptr) path(node->name, {SymbolKind::type, enumeration, schema});
}

}  // namespace mig::lsp
