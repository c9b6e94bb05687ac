// Profile, reconcile, sync, stage, rollback, item, environment: names and types, as far as they can be told without running.
#include <algorithm>
#include <unordered_set>

#include "compiler/sema/expressions.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

class WorkflowChecker {
 public:
  explicit WorkflowChecker(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    for (CheckBlock& profile : program_.profiles) check_profile(profile);
    for (CheckBlock& reconcile : program_.reconciles) {
      Frame frame = frame_of(FrameKind::kCheck, reconcile.module);
      check_items(frame, decl(reconcile).as<syntax::ReconcileDecl>().items);
    }
    for (Origin& sync : program_.syncs) check_sync(sync);
    for (StageSymbol& stage : program_.stages) check_stage(stage);
    check_stage_order();
    for (Origin& rollback : program_.rollbacks) check_rollback(rollback);
    for (Origin& item : program_.items)
      check_settings(analysis_, item.module, decl(item).as<syntax::ItemDecl>().settings, "an item",
                     {"kind", "owner", "due", "evidence", "description"});
  }

 private:
  const syntax::Decl& decl(const Origin& origin) { return analysis_.tree(origin.module)[origin.decl]; }
  static Frame frame_of(FrameKind kind, ModuleId module) {
    Frame frame;
    frame.kind = kind;
    frame.module = module;
    return frame;
  }

  void check_profile(CheckBlock& profile) {
    const syntax::Decl& written = decl(profile);
    const auto source = analysis_.resolve(NameKind::kSource, profile.module, written.name);
    Frame frame = frame_of(FrameKind::kCheck, profile.module);
    std::vector<bool> read;
    if (source) {
      profile.source = *source;
      program_.sources[*source].used = true;
      frame.source_schema = program_.sources[*source].schema;
      if (frame.source_schema != kNone) {
        read.resize(program_.schemas[frame.source_schema].fields.size());
        frame.source_read = &read;
      }
    }
    check_items(frame, written.as<syntax::ProfileDecl>().items);
    for (uint32_t i = 0; i < read.size(); ++i) {
      if (read[i]) program_.sources[*source].profile_reads.push_back(i);
    }
  }

  void check_items(Frame& frame, const std::vector<syntax::CheckItem>& items) {
    ExpressionChecker checker(analysis_, frame);
    for (const syntax::CheckItem& item : items) {
      if (const auto* let = std::get_if<syntax::CheckLet>(&item)) {
        const TypeId type = checker.infer(let->value);
        const uint32_t local = checker.add_local(let->name, LocalKind::kCheck, type);
        (void)local;
        continue;
      }
      const auto& expect = std::get<syntax::CheckExpect>(item);
      checker.check_condition(expect.condition, "an expectation");
      if (expect.tolerance.valid()) checker.infer(expect.tolerance);
      if (expect.code.valid()) {
        const Verb verb = expect.verb == syntax::CheckVerb::warn     ? Verb::kWarn
                          : expect.verb == syntax::CheckVerb::reject ? Verb::kReject
                                                                     : Verb::kFail;
        checker.use_issue(expect.code, verb);
      }
    }
    checker.report_failures(0, {}, false);
  }

  void check_sync(Origin& sync) {
    const auto& written = decl(sync).as<syntax::SyncDecl>();
    const auto source = analysis_.resolve(NameKind::kSource, sync.module, written.source);
    const auto map = analysis_.resolve(NameKind::kMap, sync.module, written.map);
    if (source) {
      program_.sources[*source].used = true;
      if (!program_.sources[*source].changes) {
        analysis_
            .report(Code::E0201, written.source.span, "source `" + written.source.text + "` is not a stream of changes",
                    "its type is not change<T>")
            .also(program_.sources[*source].span, "declared here");
      }
    }
    for (const syntax::Setting& setting : written.settings) setting_value(analysis_, sync.module, setting.value);
    for (const syntax::Setting& setting : written.settings) {
      if (setting.key.text != "snapshot") continue;
      const auto* name = analysis_.tree(sync.module)[setting.value].get_if<syntax::NameExpr>();
      if (name == nullptr) continue;
      if (const auto snapshot = analysis_.resolve(NameKind::kSource, sync.module, name->name)) program_.sources[*snapshot].used = true;
    }
    static constexpr std::string_view kOperations[] = {"insert", "update", "delete", "truncate", "schema_change"};
    std::vector<std::string_view> handled;
    Frame frame = frame_of(FrameKind::kCheck, sync.module);
    ExpressionChecker checker(analysis_, frame);
    for (const syntax::SyncHandler& handler : written.handlers) {
      for (const syntax::Name& operation : handler.operations) {
        const auto it = std::find(std::begin(kOperations), std::end(kOperations), operation.text);
        if (it == std::end(kOperations)) {
          Diagnostic& finding = analysis_.report(Code::E0101, operation.span, "there is no operation `" + operation.text + "`",
                                                 "insert, update, delete, truncate or schema_change");
          analysis_.suggest(finding, operation.text, operation.span, {std::begin(kOperations), std::end(kOperations)});
        } else if (std::find(handled.begin(), handled.end(), *it) != handled.end()) {
          analysis_.report(Code::E0515, operation.span, "`" + operation.text + "` is handled twice",
                           "never reached: the handler above takes it");
        } else {
          handled.push_back(*it);
        }
      }
      if (!handler.code.valid()) continue;
      const Verb verb = handler.verb == syntax::SyncVerb::reject ? Verb::kReject
                        : handler.verb == syntax::SyncVerb::skip ? Verb::kSkip
                        : handler.verb == syntax::SyncVerb::warn ? Verb::kWarn
                                                                 : Verb::kFail;
      checker.use_issue(handler.code, verb);
    }
    std::string missing;
    for (const std::string_view operation : kOperations) {
      if (std::find(handled.begin(), handled.end(), operation) == handled.end())
        missing += (missing.empty() ? "`" : ", `") + std::string(operation) + "`";
    }
    if (!missing.empty()) {
      analysis_.report(Code::E0851, sync.span, "this sync does not say what happens on " + missing, "not handled")
          .help(Applicability::sketch, "say so: `on delete do ...`, `on truncate do fail CODE`");
    }
    if (!map) return;
    check_guard(sync, written, program_.maps[*map]);
  }

  void check_guard(const Origin& sync, const syntax::SyncDecl& written, const MapSymbol& map) {
    // A stream that says nothing about it may deliver a change again.
    bool at_least_once = true;
    Span span = sync.span;
    for (const syntax::Setting& setting : written.settings) {
      if (setting.key.text != "delivery") continue;
      span = analysis_.tree(sync.module)[setting.value].span;
      at_least_once = analysis_.sources.text(span) != "exactly_once";
    }
    if (!at_least_once || map.target == kNone || program_.targets[map.target].schema == kNone) return;
    const TargetSymbol& target = program_.targets[map.target];
    const SchemaSymbol& schema = program_.schemas[target.schema];
    const auto guard = target.settings.find("guard");
    if (guard == target.settings.end()) {
      analysis_.report(Code::E0852, span, "a change that arrives twice or late can overwrite a newer one", "delivered at least once")
          .also(target.span, "no `guard = newer(field)` here")
          .help(Applicability::choose, "mark a field `@monotonic` and write `guard = newer(field)` in the target");
      return;
    }
    const SettingValue& value = guard->second;
    const bool newer = value.form == SettingValue::Form::kCall && value.text == "newer" && value.arguments.size() == 1;
    const auto field = newer ? schema.by_name.find(value.arguments[0].text) : schema.by_name.end();
    if (field != schema.by_name.end() && schema.fields[field->second].monotonic) return;
    Diagnostic& finding =
        analysis_.report(Code::E0852, value.span,
                         field != schema.by_name.end() ? "`" + field->first + "` does not tell which of two changes is newer"
                                                       : "a guard compares a field of the target: `newer(field)`",
                         field != schema.by_name.end() ? "nothing says that it only grows" : "not `newer` of a field");
    finding.also(sync.span, "delivers changes at least once");
    if (field != schema.by_name.end()) {
      finding.also(schema.fields[field->second].span, "declared without `@monotonic`");
      finding.help(Applicability::choose, "if it grows with every change, say so: `@monotonic`");
    }
  }

  void resolve_all(NameKind kind, ModuleId module, const std::vector<syntax::Name>& names, std::vector<uint32_t>& into) {
    for (const syntax::Name& name : names) {
      const auto found = analysis_.resolve(kind, module, name);
      if (!found) continue;
      into.push_back(*found);
      if (kind == NameKind::kMap) program_.maps[*found].used = true;
      if (kind == NameKind::kReconcile) program_.reconciles[*found].used = true;
      if (kind == NameKind::kSync) program_.syncs[*found].used = true;
      if (kind == NameKind::kSource) program_.sources[*found].used = true;
    }
  }

  void check_stage(StageSymbol& stage) {
    const auto& written = decl(stage).as<syntax::StageDecl>();
    for (const syntax::Name& name : written.after) {
      if (const auto after = analysis_.find(NameKind::kStage, stage.module, name.text)) {
        stage.after.push_back(*after);
      } else {
        Diagnostic& finding = analysis_.report(Code::E0901, name.span, "no stage is called `" + name.text + "`", "not declared");
        analysis_.suggest(finding, name.text, name.span, analysis_.names_of(NameKind::kStage, stage.module));
      }
    }
    for (const syntax::Step& step : written.steps) check_step(stage, step);
  }

  void check_step(StageSymbol& stage, const syntax::Step& written) {
    StageStep step;
    step.kind = written.kind();
    step.span = written.span;
    const ModuleId module = stage.module;
    switch (written.kind()) {
      case syntax::StepKind::profile:
        resolve_all(NameKind::kSource, module, written.as<syntax::ProfileStep>().sources, step.subjects);
        break;
      case syntax::StepKind::run: {
        const auto& run = written.as<syntax::RunStep>();
        resolve_all(NameKind::kMap, module, run.maps, step.subjects);
        step.settings =
            check_settings(analysis_, module, run.settings, "`run`",
                           {"batch", "concurrency", "parallel", "retry", "backoff", "order", "target", "max_rejected", "max_rejected_rate",
                            "max_warned", "max_warned_rate", "rate_after", "sample", "limit", "rate_limit"});
        break;
      }
      case syntax::StepKind::reconcile:
        resolve_all(NameKind::kReconcile, module, written.as<syntax::ReconcileStep>().checks, step.subjects);
        break;
      case syntax::StepKind::sync: {
        const auto& sync = written.as<syntax::SyncStep>();
        resolve_all(NameKind::kSync, module, {sync.sync}, step.subjects);
        step.settings = check_settings(analysis_, module, sync.settings, "`sync`", {});
        break;
      }
      case syntax::StepKind::compare: {
        const auto& compare = written.as<syntax::CompareStep>();
        for (const syntax::Name& side : {compare.left, compare.right}) {
          if (!analysis_.find(NameKind::kSource, module, side.text) && side.valid()) analysis_.resolve(NameKind::kTarget, module, side);
        }
        step.settings = check_settings(analysis_, module, compare.settings, "`compare`", {});
        break;
      }
      case syntax::StepKind::route:
        step.settings = check_settings(analysis_, module, written.as<syntax::RouteStep>().settings, "`route`", {});
        break;
      case syntax::StepKind::gate: check_gate(module, written.as<syntax::GateStep>()); break;
      case syntax::StepKind::event: {
        const auto& event = written.as<syntax::EventStep>();
        if (event.action.text == "rollback" && event.argument.valid()) {
          if (const auto rollback = analysis_.resolve(NameKind::kRollback, module, event.argument))
            program_.rollbacks[*rollback].used = true;
        }
        break;
      }
      case syntax::StepKind::undo:
      case syntax::StepKind::notify: break;
      case syntax::StepKind::manual: check_manual(stage, written); break;
      case syntax::StepKind::setting: {
        const syntax::Setting& setting = written.as<syntax::SettingStep>().setting;
        SettingValue value = setting_value(analysis_, module, setting.value);
        if (setting.key.text == "environment") stage.environment = value.text;
        step.settings.emplace(setting.key.text, std::move(value));
        break;
      }
    }
    stage.steps.push_back(std::move(step));
  }

  // What people do is known by its words, among the gates of the stage.
  void check_manual(const StageSymbol& stage, const syntax::Step& written) {
    const std::string& instruction = written.as<syntax::ManualStep>().instruction.value;
    const auto same = [&](const syntax::Step& other) {
      const auto* gate = other.get_if<syntax::GateStep>();
      const auto* manual = other.get_if<syntax::ManualStep>();
      return (gate != nullptr && gate->name.text == instruction) || (manual != nullptr && manual->instruction.value == instruction);
    };
    const auto& steps = decl(stage).as<syntax::StageDecl>().steps;
    const auto first = std::find_if(steps.begin(), steps.end(), same);
    if (&*first == &written) return;
    analysis_.report(Code::E0018, written.span, "stage " + stage.name + " says \"" + instruction + "\" twice", "one answer counts for both")
        .also(first->span, "said here");
  }

  void check_gate(ModuleId module, const syntax::GateStep& gate) {
    Frame frame = frame_of(FrameKind::kGate, module);
    ExpressionChecker checker(analysis_, frame);
    for (const syntax::GateItem& item : gate.items) {
      if (const auto* require = std::get_if<syntax::GateRequire>(&item)) {
        checker.check_condition(require->condition, "a requirement");
        if (require->duration.valid()) checker.check(require->duration, {program_.types.of(Kind::kDuration), "`for`", {}, {}});
        if (require->code.valid()) checker.use_issue(require->code, Verb::kFail);
      } else {
        const auto& approve = std::get<syntax::GateApprove>(item);
        if (approve.within.valid()) checker.check(approve.within, {program_.types.of(Kind::kDuration), "`within`", {}, {}});
        const auto same = [&](const syntax::GateItem& other) {
          const auto* earlier = std::get_if<syntax::GateApprove>(&other);
          return earlier != nullptr && earlier->role.value == approve.role.value;
        };
        const auto first = std::find_if(gate.items.begin(), gate.items.end(), same);
        if (&*first == &item) continue;
        analysis_
            .report(Code::E0018, approve.span, "gate " + gate.name.text + " asks \"" + approve.role.value + "\" twice",
                    "one approval answers both")
            .also(std::get<syntax::GateApprove>(*first).span, "asked here")
            .note("an approval is given for a role: where two people must agree, each has a role of its own");
      }
    }
    checker.report_failures(0, {}, false);
  }

  void check_stage_order() {
    std::vector<std::vector<uint32_t>> edges;
    for (const StageSymbol& stage : program_.stages) edges.push_back(stage.after);
    for (const auto& cycle : order_by_dependencies(edges).cycles) {
      std::string path;
      for (const uint32_t stage : cycle) path += program_.stages[stage].name + " -> ";
      analysis_.report(Code::E0901, program_.stages[cycle.front()].span, "these stages wait for each other", "never starts")
          .note_as("cycle", path + program_.stages[cycle.front()].name);
    }
  }

  void check_rollback(Origin& rollback) {
    const auto& written = decl(rollback).as<syntax::RollbackDecl>();
    for (const syntax::Step& step : written.steps) {
      if (step.kind() != syntax::StepKind::undo) continue;
      const auto& undo = step.as<syntax::UndoStep>();
      for (const syntax::Name& name : undo.subjects) {
        if (!analysis_.find(NameKind::kSync, rollback.module, name.text)) analysis_.resolve(NameKind::kMap, rollback.module, name);
      }
      check_settings(analysis_, rollback.module, undo.settings, "`undo`", {});
    }
  }

  Analysis& analysis_;
  Program& program_;
};

}  // namespace

void check_workflow(Analysis& analysis) { WorkflowChecker(analysis).run(); }

}  // namespace mig::sema
