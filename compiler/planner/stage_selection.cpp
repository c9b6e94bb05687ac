// Which maps run, in which order, and what of the stage has no code yet.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/edit_distance.h"
#include "compiler/planner/checks.h"
#include "compiler/planner/measures.h"
#include "compiler/planner/planning.h"

namespace mig::planner {
namespace {

std::string names_of(const sema::Program& checked) {
  std::string names;
  for (const sema::StageSymbol& stage : checked.stages) names += (names.empty() ? "" : ", ") + stage.name;
  return names;
}

const sema::StageSymbol* chosen_stage(Planning& planning, bool& good) {
  const auto& stages = planning.checked.stages;
  const std::string& wanted = planning.request.stage;
  if (!wanted.empty()) {
    for (const sema::StageSymbol& stage : stages) {
      if (stage.name == wanted) return &stage;
    }
    good = false;
    std::vector<std::string_view> names;
    for (const sema::StageSymbol& stage : stages) names.push_back(stage.name);
    const auto near = nearest_name(wanted, names);
    planning.result.usage.push_back(stages.empty()
                                        ? fmt::format("--stage {}: the spec has no stages", wanted)
                                        : fmt::format("--stage {}: there is no such stage{}; there are: {}", wanted,
                                                      near ? fmt::format(" (did you mean {}?)", *near) : "", names_of(planning.checked)));
    return nullptr;
  }
  if (stages.size() > 1) {
    good = false;
    planning.result.usage.push_back(fmt::format("the spec has several stages; choose one with --stage: {}", names_of(planning.checked)));
    return nullptr;
  }
  return stages.empty() ? nullptr : &stages.front();
}

void not_run(Planning& planning, Span span, std::string_view what, std::string_view name) {
  planning.cannot(Code::W1003, span, fmt::format("{} {} is not run yet", what, name), "there is no code for this yet",
                  "this run does without the block; the counts of the run are still proved: read = written + merged + skipped + rejected");
}

/// Parents before children: a map follows the maps into targets that its own target references, and those that it refers to itself.
void order_by_references(const sema::Program& checked, std::vector<uint32_t>& maps) {
  const auto parents = [&](uint32_t map) {
    std::vector<uint32_t> targets;
    const sema::TargetSymbol& target = checked.targets[checked.maps[map].target];
    for (const sema::SchemaField& field : checked.schemas[target.schema].fields) {
      if (field.reference_target != sema::kNone && !field.deferred && field.reference_target != checked.maps[map].target) {
        targets.push_back(field.reference_target);
      }
    }
    for (const uint32_t parent : checked.maps[map].refs) {
      // What only `deferred` fields refer to may come later.
      bool deferred = false, now = false;
      for (const sema::SchemaField& field : checked.schemas[target.schema].fields) {
        if (field.reference_target == checked.maps[parent].target) (field.deferred ? deferred : now) = true;
      }
      if (deferred && !now) continue;
      if (checked.maps[parent].target != checked.maps[map].target) targets.push_back(checked.maps[parent].target);
    }
    return targets;
  };
  std::vector<uint32_t> ordered, waiting = maps;
  while (!waiting.empty()) {
    const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](uint32_t map) {
      const auto needed = parents(map);
      return std::none_of(waiting.begin(), waiting.end(), [&](uint32_t other) {
        return std::find(needed.begin(), needed.end(), checked.maps[other].target) != needed.end();
      });
    });
    const auto next = ready == waiting.end() ? waiting.begin() : ready;
    ordered.push_back(*next);
    waiting.erase(next);
  }
  maps = std::move(ordered);
}

/// A rollback that is declared for what runs here: nobody should think that it is there.
void note_rollbacks(Planning& planning, const Selection& selection) {
  const sema::Program& checked = planning.checked;
  for (const sema::Origin& rollback : checked.rollbacks) {
    const auto& written = checked.modules[rollback.module].tree[rollback.decl].as<syntax::RollbackDecl>();
    const bool concerned = std::any_of(written.steps.begin(), written.steps.end(), [&](const syntax::Step& step) {
      const auto* undo = step.get_if<syntax::UndoStep>();
      return undo != nullptr && std::any_of(undo->subjects.begin(), undo->subjects.end(), [&](const syntax::Name& subject) {
               return std::any_of(selection.maps.begin(), selection.maps.end(),
                                  [&](uint32_t map) { return checked.maps[map].name == subject.text; });
             });
    });
    if (!concerned) continue;
    planning.cannot(Code::W1003, rollback.span, fmt::format("rollback {} cannot be run yet", rollback.name),
                    "checked, but there is no code for it yet",
                    "what this run writes stays written: keep a copy of the database; a file that is replaced stays beside its successor");
  }
}

/// Counters are kept by target, so only a map that has a target of its own can be told.
std::vector<uint32_t> counted_maps(const sema::Program& checked, const std::vector<uint32_t>& maps) {
  std::vector<uint32_t> counted;
  for (const uint32_t map : maps) {
    const auto same_target = [&](uint32_t other) { return checked.maps[other].target == checked.maps[map].target; };
    if (std::count_if(maps.begin(), maps.end(), same_target) == 1) counted.push_back(map);
  }
  return counted;
}

void keep_measures(Planning& planning, MeasureCollector& collector) {
  for (PlannedMeasure& measure : collector.take()) planning.planned.measures.push_back(std::move(measure));
}

/// Profiles and reconcile blocks that can be judged; the others are named.
void select_blocks(Planning& planning, const std::vector<uint32_t>& profiles, const std::vector<uint32_t>& reconciles,
                   const std::vector<uint32_t>& counted, MeasureCollector& collector) {
  const auto select = [&](const sema::CheckBlock& block, std::string_view what, const CountsByMap& counts) {
    const auto obstacle = obstacle_to(planning.checked, block, counts, &collector);
    if (obstacle) {
      collector.forget();
      not_run(planning, obstacle->span, what, block.name);
    } else {
      keep_measures(planning, collector);
    }
    return !obstacle;
  };
  for (const uint32_t profile : profiles) {
    if (select(planning.checked.profiles[profile], "profile", {})) planning.planned.profiles.push_back(profile);
  }
  for (const uint32_t reconcile : reconciles) {
    if (select(planning.checked.reconciles[reconcile], "reconcile", no_counts(counted))) planning.planned.reconciles.push_back(reconcile);
  }
}

/// A gate or manual step is judged before the stage does anything, or when it has done everything else.
bool select_gates(Planning& planning, const sema::StageSymbol& stage, const std::vector<const sema::StageStep*>& gates,
                  const std::vector<uint32_t>& counted, MeasureCollector& collector) {
  const auto& written = planning.checked.modules[stage.module].tree[stage.decl].as<syntax::StageDecl>();
  std::vector<std::string> blocks;
  for (const uint32_t block : planning.planned.reconciles) blocks.push_back(planning.checked.reconciles[block].name);
  bool good = true;
  const auto cannot = [&](Span span, std::string what) {
    planning.cannot(Code::E1002, span, what + " cannot run yet", "checked, but there is no code for it yet",
                    "a gate can require what reconcile blocks compute, rates of read, written, merged, skipped and rejected records, "
                    "reconciled(...) and count(failed_checks()); in front of a `run` it can require items and count(failed_checks())");
    good = false;
  };
  for (const sema::StageStep* const gate : gates) {
    const auto is_run = [](const sema::StageStep& step) { return step.kind == syntax::StepKind::run; };
    const sema::StageStep* const first = stage.steps.data();
    const bool before = std::any_of(gate, first + stage.steps.size(), is_run);
    if (before && std::any_of(first, gate, is_run)) {
      cannot(gate->span, gate->kind == syntax::StepKind::gate ? "a gate between two `run`s of one stage"
                                                              : "a manual step between two `run`s of one stage");
      continue;
    }
    const syntax::Step& step = written.steps[static_cast<size_t>(gate - first)];
    const GateToJudge judged{stage.module, step.get_if<syntax::GateStep>(), before, step.get_if<syntax::ManualStep>(), step.span};
    // Before anything has run there is nothing to count.
    for (const CheckObstacle& obstacle : before ? gate_obstacles(planning.checked, judged, {}, {}, nullptr)
                                                : gate_obstacles(planning.checked, judged, no_counts(counted), blocks, &collector))
      cannot(obstacle.span, before ? obstacle.what + ", before anything has run," : obstacle.what);
    keep_measures(planning, collector);
    planning.planned.gates.push_back(judged);
  }
  return good;
}

}  // namespace

bool select_stage(Planning& planning, Selection& selection) {
  const sema::Program& checked = planning.checked;
  bool good = true;
  std::vector<uint32_t> profiles, reconciles;
  std::vector<const sema::StageStep*> gates;
  const sema::StageSymbol* stage = chosen_stage(planning, good);
  if (!good) return false;
  const auto cannot = [&](Span span, std::string what) {
    planning.cannot(Code::E1002, span, what + " cannot run yet", "checked, but there is no code for it yet");
    good = false;
  };
  if (stage == nullptr) {
    for (uint32_t i = 0; i < checked.maps.size(); ++i) selection.maps.push_back(i);
    for (uint32_t i = 0; i < checked.profiles.size(); ++i) profiles.push_back(i);
    for (uint32_t i = 0; i < checked.reconciles.size(); ++i) reconciles.push_back(i);
    for (const sema::Origin& sync : checked.syncs) cannot(sync.span, fmt::format("sync {}", sync.name));
  } else {
    selection.stage = stage->name;
    for (const sema::StageStep& step : stage->steps) {
      switch (step.kind) {
        case syntax::StepKind::run:
          selection.maps.insert(selection.maps.end(), step.subjects.begin(), step.subjects.end());
          if (selection.settings != nullptr)
            planning.planned.notes.push_back({stage->name, "the settings of the first `run` hold for the whole stage"});
          if (selection.settings == nullptr) selection.settings = &step.settings;
          break;
        case syntax::StepKind::profile:
          for (uint32_t i = 0; i < checked.profiles.size(); ++i) {
            if (std::find(step.subjects.begin(), step.subjects.end(), checked.profiles[i].source) != step.subjects.end())
              profiles.push_back(i);
          }
          break;
        case syntax::StepKind::reconcile: reconciles.insert(reconciles.end(), step.subjects.begin(), step.subjects.end()); break;
        case syntax::StepKind::sync: cannot(step.span, "`sync`"); break;
        case syntax::StepKind::compare: cannot(step.span, "`compare`"); break;
        case syntax::StepKind::route: cannot(step.span, "`route`"); break;
        case syntax::StepKind::gate:
        case syntax::StepKind::manual: gates.push_back(&step); break;
        case syntax::StepKind::event: {
          // What fails stops the run, resumable: that is a pause.
          const auto& written = checked.modules[stage->module].tree[stage->decl].as<syntax::StageDecl>();
          const auto& event = written.steps[static_cast<size_t>(&step - stage->steps.data())].as<syntax::EventStep>();
          if (event.event.text != "failure" || event.action.text != "pause")
            cannot(step.span, fmt::format("`on {} {}`", event.event.text, event.action.text));
          break;
        }
        case syntax::StepKind::undo: cannot(step.span, "`undo`"); break;
        case syntax::StepKind::notify: cannot(step.span, "`notify`"); break;
        case syntax::StepKind::setting: break;
      }
    }
  }
  if (selection.maps.empty() && profiles.empty() && gates.empty()) {
    planning.result.usage.push_back(
        stage != nullptr ? fmt::format("stage {} runs no map, profiles no source, has no gate and no manual step", stage->name)
                         : "the spec has no map to run");
    return false;
  }
  order_by_references(checked, selection.maps);
  for (const uint32_t map : selection.maps) {
    for (const uint32_t target : ir::emit_targets(checked, map)) {
      selection.emits.emplace_back(map, target);
      for (const sema::DedupeSymbol& dedupe : checked.dedupes) {
        if (dedupe.target != target && dedupe.target != checked.maps[map].target) continue;
        cannot(checked.maps[map].span, fmt::format("`emit` in a map beside the dedupe of {}", checked.targets[dedupe.target].name));
      }
    }
  }
  note_rollbacks(planning, selection);
  std::vector<uint32_t> counted = counted_maps(checked, selection.maps);
  std::erase_if(counted, [&](uint32_t map) {
    return std::any_of(selection.emits.begin(), selection.emits.end(),
                       [&](const auto& emit) { return emit.second == checked.maps[map].target; });
  });
  planning.planned.counted.insert(counted.begin(), counted.end());
  MeasureCollector collector(checked, planning.sources, selection.maps);
  select_blocks(planning, profiles, reconciles, counted, collector);
  if (!gates.empty()) good = select_gates(planning, *stage, gates, counted, collector) && good;
  for (uint32_t i = 0; i < checked.dedupes.size(); ++i) {
    const bool used = std::any_of(selection.maps.begin(), selection.maps.end(),
                                  [&](uint32_t map) { return checked.maps[map].target == checked.dedupes[i].target; });
    if (used) selection.dedupes.push_back(i);
  }
  return good;
}

}  // namespace mig::planner
