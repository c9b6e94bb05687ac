// E0604: stages that write children before their parents. W0902, W0904: production stages without a way back or a check.
#include <algorithm>
#include <set>

#include "compiler/rules/load_order.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

struct StageFacts {
  const syntax::StageDecl* written = nullptr;
  const sema::StageSymbol* symbol = nullptr;
  std::vector<std::pair<uint32_t, Span>> maps;  // run here
  bool writes = false, has_rollback = false, has_check = false;
  Span production;  // the setting that says so
};

StageFacts read_stage(const RuleContext& context, const sema::StageSymbol& stage) {
  StageFacts facts;
  facts.symbol = &stage;
  facts.written = context.decl(stage).get_if<syntax::StageDecl>();
  if (facts.written == nullptr) return facts;
  const syntax::Module& tree = context.tree(stage.module);
  for (const syntax::Step& step : facts.written->steps) {
    if (const auto* run = step.get_if<syntax::RunStep>()) {
      facts.writes = true;
      for (const syntax::Name& name : run->maps) {
        for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
          if (context.program.maps[m].name == name.text) facts.maps.emplace_back(m, name.span);
        }
      }
    } else if (step.kind() == syntax::StepKind::sync) {
      facts.writes = true;
    } else if (step.kind() == syntax::StepKind::reconcile || step.kind() == syntax::StepKind::gate) {
      facts.has_check = true;
    } else if (const auto* event = step.get_if<syntax::EventStep>()) {
      facts.has_rollback |= event->action.text == "rollback";
    } else if (const auto* setting = step.get_if<syntax::SettingStep>();
               setting != nullptr && setting->setting.key.text == "environment" && setting->setting.value.valid()) {
      const syntax::Expr& value = tree[setting->setting.value];
      const auto* word = value.get_if<syntax::NameExpr>();
      const auto* text = value.get_if<syntax::StringExpr>();
      const std::string name = word != nullptr ? word->name.text : text != nullptr ? text->value : std::string();
      if (name == "production" || name == "prod" || name == "live") facts.production = setting->setting.span;
    }
  }
  return facts;
}

// The stages that are done before each stage starts, itself included.
std::vector<std::set<uint32_t>> done_before(const RuleContext& context) {
  const auto& stages = context.program.stages;
  std::vector<std::set<uint32_t>> done(stages.size());
  for (uint32_t s = 0; s < stages.size(); ++s) {
    std::vector<uint32_t> open{s};
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      if (at >= stages.size() || !done[s].insert(at).second) continue;
      open.insert(open.end(), stages[at].after.begin(), stages[at].after.end());
    }
  }
  return done;
}

void check_order(RuleContext& context, const std::vector<StageFacts>& stages) {
  const auto done = done_before(context);
  std::set<std::pair<Span, uint32_t>> reported;
  for (const LoadEdge& edge : load_edges(context)) {
    if (edge.child == edge.parent) continue;
    for (size_t s = 0; s < stages.size(); ++s) {
      for (const auto& [map, span] : stages[s].maps) {
        if (context.program.maps[map].target != edge.child) continue;
        // The parent is written later, and neither here nor before.
        bool written = false;
        size_t later = stages.size();
        Span later_span;
        for (size_t other = 0; other < stages.size(); ++other) {
          for (const auto& [parent_map, parent_span] : stages[other].maps) {
            if (context.program.maps[parent_map].target != edge.parent) continue;
            if (done[s].count(static_cast<uint32_t>(other)) != 0)
              written = true;
            else if (done[other].count(static_cast<uint32_t>(s)) != 0 && later == stages.size())
              later = other, later_span = parent_span;
          }
        }
        if (written || later == stages.size() || !reported.emplace(span, edge.parent).second) continue;
        context
            .report(Code::E0604, span,
                    context.program.targets[edge.child].name + " is written in stage " + stages[s].symbol->name + ", before " +
                        context.program.targets[edge.parent].name + ", which it refers to",
                    "its parents are not there yet")
            .also(later_span, "written only in stage " + stages[later].symbol->name)
            .also(edge.place, edge.path)
            .help(Applicability::choose, "run the parents in this stage or in one before it")
            .in("stage " + stages[s].symbol->name);
      }
    }
  }
}

}  // namespace

void check_stages(RuleContext& context) {
  std::vector<StageFacts> stages;
  for (const sema::StageSymbol& stage : context.program.stages) stages.push_back(read_stage(context, stage));
  check_order(context, stages);
  for (const StageFacts& stage : stages) {
    if (!stage.production.valid() || !stage.writes || stage.written == nullptr) continue;
    const Span close{stage.written->body.file, stage.written->body.end - 1, stage.written->body.end - 1};
    if (!stage.has_rollback) {
      context
          .report(Code::W0902, stage.symbol->span, "stage " + stage.symbol->name + " writes to production and has no way back",
                  "no `on failure rollback(...)`")
          .also(stage.production, "production")
          .help(Applicability::sketch, "say how its writes are undone", {{close, "  on failure rollback(DECIDE)\n"}})
          .in("stage " + stage.symbol->name);
    }
    if (!stage.has_check) {
      context
          .report(Code::W0904, stage.symbol->span, "stage " + stage.symbol->name + " writes to production and checks nothing",
                  "no `reconcile` and no `gate`")
          .also(stage.production, "production")
          .help(Applicability::sketch, "compare what was read with what was written, and let a person approve it",
                {{close, "  reconcile DECIDE\n"}})
          .in("stage " + stage.symbol->name);
    }
  }
}

}  // namespace mig::rules
