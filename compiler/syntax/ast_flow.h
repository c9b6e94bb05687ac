// Declarations of what runs when: profile, reconcile, sync, stage, rollback, test, item, environment.
#pragma once

#include "compiler/syntax/ast_decl.h"

namespace mig::syntax {

// `profile source { expect ... }`. Decl::name is the source's name.
struct ProfileDecl {
  std::vector<CheckItem> items;
};
// `reconcile name { let ...  expect ... }`
struct ReconcileDecl {
  std::vector<CheckItem> items;
};

// `on insert, update do upsert`, `on delete do archive { lifecycle = archived }`, `on truncate do fail C`
enum class SyncVerb : std::uint8_t { action, fail, reject, skip, warn };
struct SyncHandler {
  std::vector<Name> operations;
  SyncVerb verb = SyncVerb::action;
  Name action;  // `upsert`, `archive`, ...; invalid unless verb is action
  Path code;    // not valid() if verb is action
  Settings settings;
  Span span;
};
// `sync name: change_source -> map m { key = id  on ... }`
struct SyncDecl {
  Name source;
  Name map;
  std::vector<Setting> settings;
  std::vector<SyncHandler> handlers;
};

// ---- steps of a stage or a rollback ----

// `profile a, b`
struct ProfileStep {
  std::vector<Name> sources;
};
// `run a, b { batch = 500 }`
struct RunStep {
  std::vector<Name> maps;
  Settings settings;
};
// `reconcile a, b`
struct ReconcileStep {
  std::vector<Name> checks;
};
// `sync contact_stream { target = shadow }`
struct SyncStep {
  Name sync;
  Settings settings;
};
// `compare a with b { key = id }`
struct CompareStep {
  Name left;
  Name right;
  Settings settings;
};
// `route "api" to legacy { share = 5% }`
struct RouteStep {
  Text route;
  Name destination;
  Settings settings;
};
// `gate ready { require ...  approve ... }`
struct GateStep {
  Name name;
  std::vector<GateItem> items;
  Span body;
};
// `on failure rollback(x)`, `on failure pause`
struct EventStep {
  Name event;
  Name action;
  Name argument;  // invalid without parentheses
};
// `undo a, b { mode = before_images }`
struct UndoStep {
  std::vector<Name> subjects;
  Settings settings;
};
// `notify "address"`
struct NotifyStep {
  Text address;
};
// `manual "what a person does"`
struct ManualStep {
  Text instruction;
};
// `environment = staging`, `freeze = contacts_snapshot`
struct SettingStep {
  Setting setting;
};
using StepNode = std::variant<ProfileStep, RunStep, ReconcileStep, SyncStep, CompareStep, RouteStep, GateStep, EventStep, UndoStep,
                              NotifyStep, ManualStep, SettingStep>;
enum class StepKind : std::uint8_t { profile, run, reconcile, sync, compare, route, gate, event, undo, notify, manual, setting };
struct Step {
  Span span;
  std::vector<Attribute> attributes;
  StepNode node;

  StepKind kind() const { return static_cast<StepKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<StepNode> == static_cast<std::size_t>(StepKind::setting) + 1);

// `stage name after a, b { ... }`
struct StageDecl {
  std::vector<Name> after;
  std::vector<Step> steps;
  Span body;
};
// `rollback name within 72h { ... }`
struct RollbackDecl {
  ExprId within;  // none without
  std::vector<Step> steps;
  Span body;
};

// `test "title" for a, b { ... }`
struct TestDecl {
  Text title;
  std::vector<Name> subjects;  // maps, functions, tables, dedupes, reconciles
  std::vector<TestItem> items;
};
// `item T12 "title" { kind = training }`
struct ItemDecl {
  Text title;
  Settings settings;
};
// `environment staging { secret A = "B"  target accounts { table = "x" }  key = e }`
enum class BindingKind : std::uint8_t { source, target, lookup };
struct EnvironmentSecret {
  Name name;
  ExprId value;
  Span span;
};
struct EnvironmentBinding {
  BindingKind kind = BindingKind::target;
  Name name;
  Settings settings;
  Span span;
};
struct EnvironmentDecl {
  std::vector<EnvironmentSecret> secrets;
  std::vector<EnvironmentBinding> bindings;
  std::vector<Setting> settings;
};

}  // namespace mig::syntax
