// What is measured and referred to as the engine gets it: relations with how they are read, measures and references by index.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/planner/planning.h"

namespace mig::planner {
namespace {

using Of = PlannedMeasure::Of;

constexpr uint32_t kNone = 0xFFFFFFFFu;

uint32_t place_of(const std::vector<uint32_t>& maps, uint32_t map) {
  return static_cast<uint32_t>(std::find(maps.begin(), maps.end(), map) - maps.begin());
}

std::optional<uint32_t> known_relation(const Planned& planned, bool of_target, uint32_t index) {
  const auto found = std::find(planned.relations_of.begin(), planned.relations_of.end(), std::pair(of_target, index));
  if (found == planned.relations_of.end()) return std::nullopt;
  return static_cast<uint32_t>(found - planned.relations_of.begin());
}

std::optional<uint32_t> source_relation(Planning& planning, const Selection& selection, uint32_t source) {
  Planned& planned = planning.planned;
  if (const auto known = known_relation(planned, false, source)) return known;
  auto rows = source_plan(planning, source, selection);
  if (!rows) return std::nullopt;
  for (FieldDecode& field : rows->fields) field.needed = false;
  planned.relations_of.emplace_back(false, source);
  planned.plan.relations.push_back({std::move(*rows), kNone, true});
  return static_cast<uint32_t>(planned.plan.relations.size() - 1);
}

/// Whether everything that stands in the target afterwards was written by this run.
bool is_whole(const TargetPlan& target) { return target.connector != "sqlite" || target.write == WriteMode::kReplace; }

bool in_run_can_run(Planning& planning, const Selection& selection, const PlannedMeasure& measure, const RelationPlan& relation) {
  if (relation.whole && relation.target != kNone) return true;
  const auto cannot = [&](std::string_view why) {
    planning.cannot(Code::E1002, planning.checked.modules[measure.module].tree[measure.expr].span,
                    fmt::format("`in_run` of {} cannot run yet", planning.checked.targets[measure.subject].name), std::string(why));
    return false;
  };
  if (relation.target == kNone) return cannot("no map of this run writes it");
  if (planning.planned.plan.targets[relation.target].by.empty()) return cannot("its rows have no key to know them by");
  const bool emitted =
      std::any_of(selection.emits.begin(), selection.emits.end(), [&](const auto& emit) { return emit.second == measure.subject; });
  return !emitted || cannot("the keys of emitted records are not kept");
}

}  // namespace

std::optional<uint32_t> target_relation(Planning& planning, const Selection& selection, uint32_t target) {
  Planned& planned = planning.planned;
  if (const auto known = known_relation(planned, true, target)) return known;
  auto written = target_plan(planning, target);
  if (!written) return std::nullopt;
  RelationPlan relation;
  relation.rows.name = written->name;
  relation.rows.connector = written->connector;
  relation.rows.arguments = written->arguments;
  relation.rows.settings = written->settings;
  relation.rows.layout = written->layout;
  relation.rows.key = planning.checked.schemas[planning.checked.targets[target].schema].key;
  for (const FieldEncode& field : written->fields) {
    FieldDecode decode;
    decode.wire_names = {field.wire_name};
    decode.personal = field.personal;
    relation.rows.fields.push_back(std::move(decode));
  }
  for (const uint32_t map : selection.maps) {
    if (planning.checked.maps[map].target == target) relation.target = planned.plan.maps[place_of(selection.maps, map)].target;
  }
  for (size_t i = 0; i < selection.emits.size(); ++i) {
    if (selection.emits[i].second == target) relation.target = planned.plan.maps[selection.maps.size() + i].target;
  }
  relation.whole = is_whole(*written);
  planned.relations_of.emplace_back(true, target);
  planned.plan.relations.push_back(std::move(relation));
  return static_cast<uint32_t>(planned.plan.relations.size() - 1);
}

bool plan_measures(Planning& planning, const Selection& selection) {
  Planned& planned = planning.planned;
  Plan& plan = planned.plan;
  bool good = true;
  for (size_t i = 0; i < planned.measures.size(); ++i) {
    const PlannedMeasure& from = planned.measures[i];
    const ir::LoweredMeasure& lowered = planned.lowered.measures[i];
    MeasurePlan measure;
    measure.fold = from.fold;
    measure.relation = from.request.relation;
    measure.before = from.before;
    measure.kernel = lowered.kernel;
    measure.input = lowered.input;
    measure.output = lowered.output;
    measure.from = lowered.from;
    measure.read = lowered.read;
    measure.key = lowered.key;
    measure.value = lowered.value;
    std::vector<FieldDecode>* fields = nullptr;
    if (from.of == Of::kMap) {
      measure.subject = place_of(selection.maps, from.subject);
      fields = &plan.sources[plan.maps[measure.subject].source].fields;
    } else {
      const auto relation =
          from.of == Of::kSource ? source_relation(planning, selection, from.subject) : target_relation(planning, selection, from.subject);
      if (!relation) {
        good = false;
        continue;
      }
      measure.subject = *relation;
      fields = &plan.relations[*relation].rows.fields;
      if (measure.relation == Relation::kInRun) {
        RelationPlan& rows = plan.relations[*relation];
        if (!in_run_can_run(planning, selection, from, rows)) {
          good = false;
          continue;
        }
        if (!rows.whole) {
          for (const uint32_t key : plan.targets[rows.target].by) rows.rows.fields[key].needed = true;
        }
      }
    }
    // What is measured of a source is decoded in the run too, so that the run and its proof reject the same records.
    for (size_t field = 0; field < measure.from.size(); ++field) {
      if (measure.read[field] && measure.from[field].part == MeasuredField::Part::kSource)
        (*fields)[measure.from[field].field].needed = true;
    }
    plan.measures.push_back(std::move(measure));
  }
  return good;
}

namespace {

/// Targets are worked on in the order in which the maps first name them.
uint32_t turn_of(const Plan& plan, uint32_t target) {
  for (uint32_t i = 0; i < plan.maps.size(); ++i) {
    if (plan.maps[i].target == target) return i;
  }
  return kNone;
}

std::string_view problem_of_map(const Planning& planning, const Selection& selection, const ir::LoweredReference& reference,
                                uint32_t reader) {
  const sema::Program& checked = planning.checked;
  const Plan& plan = planning.planned.plan;
  const sema::MapSymbol& parent = checked.maps[reference.subject];
  const uint32_t place = place_of(selection.maps, reference.subject);
  for (const sema::DedupeSymbol& dedupe : checked.dedupes) {
    if (dedupe.target == parent.target && !dedupe.merges.empty() && reference.whole)
      return "its dedupe merges fields, and what they become is not kept";
  }
  if (place == selection.maps.size()) {
    if (stages_that_run(checked, reference.subject).empty()) return "no stage runs the map that is referred to";
    return masks_what_is_kept(planning, reference.subject, reference.whole)
               ? "what it wrote would have to be kept, and this environment masks it: run both maps in one stage"
               : std::string_view();
  }
  const uint32_t own = plan.maps[place_of(selection.maps, reader)].target;
  if (!reference.early && parent.target == checked.maps[reader].target)
    return "it asks for records of the target that is being written; only a field with `@references(..., deferred: true)` may, and it may "
           "not "
           "reject: say `catch warn CODE use null`";
  if (!reference.early && turn_of(plan, plan.maps[place].target) > turn_of(plan, own))
    return "the maps into the two targets need each other: mark one of the two fields `@references(..., deferred: true)`, and let it be "
           "null "
           "where it leads nowhere";
  return {};
}

std::string_view problem_of_target(const Planning& planning, const ir::LoweredReference& reference, uint32_t reader,
                                   const RelationPlan& relation, const Selection& selection) {
  const Plan& plan = planning.planned.plan;
  if (relation.target == kNone) return {};
  if (planning.checked.maps[reader].target == reference.subject) return "the map writes this target itself";
  if (relation.rows.connector != "sqlite") return "the file stands only when the run is over";
  const uint32_t own = plan.maps[place_of(selection.maps, reader)].target;
  return turn_of(plan, relation.target) > turn_of(plan, own) ? std::string_view("it is written after this map has run")
                                                             : std::string_view();
}

/// What decides between equal records must be there before `deferred` fields are.
bool decides_without_deferred(Planning& planning, uint32_t target) {
  const sema::Program& checked = planning.checked;
  bool good = true;
  for (const sema::DedupeSymbol& dedupe : checked.dedupes) {
    if (dedupe.target != target) continue;
    const auto& fields = checked.schemas[checked.targets[target].schema].fields;
    const auto about = [&](sema::ExprRef expr) {
      const Span whole = checked.tree(expr).span;
      const sema::ModuleInfo& module = checked.modules[expr.module];
      for (size_t i = 0; i < module.exprs.size(); ++i) {
        const sema::ExprInfo& info = module.exprs[i];
        if (info.ref != sema::Ref::kTargetField || !whole.contains(module.tree.exprs[i].span.begin) || !fields[info.index].deferred)
          continue;
        planning.cannot(Code::E1002, module.tree.exprs[i].span, "a dedupe by a `deferred` field cannot run yet",
                        "it is computed when the records are chosen");
        good = false;
      }
    };
    for (const sema::ExprRef key : dedupe.keys) about(key);
    for (const auto& prefer : dedupe.prefers) about(prefer.value);
    for (const auto& merge : dedupe.merges) {
      if (!fields[merge.field].deferred) continue;
      planning.cannot(Code::E1002, checked.tree(merge.value).span, "merging a `deferred` field cannot run yet",
                      "it is computed when the records are chosen");
      good = false;
    }
  }
  return good;
}

bool plan_early_references(Planning& planning) {
  Plan& plan = planning.planned.plan;
  const ir::Lowered& lowered = planning.planned.lowered;
  bool good = true;
  for (const uint32_t target : lowered.early_targets) {
    good = decides_without_deferred(planning, target) && good;
    for (uint32_t i = 0; i < plan.targets.size(); ++i) {
      if (plan.targets[i].name == planning.checked.targets[target].name) plan.early_targets.push_back(i);
    }
  }
  for (size_t i = 0; i < lowered.early_maps.size(); ++i) plan.maps[i].early_map = lowered.early_maps[i];
  return good;
}

}  // namespace

bool plan_references(Planning& planning, const Selection& selection) {
  Plan& plan = planning.planned.plan;
  bool good = plan_early_references(planning);
  for (const ir::LoweredReference& reference : planning.planned.lowered.references) {
    ReferencePlan planned;
    planned.of_map = reference.of_map;
    planned.key = reference.key;
    planned.early = reference.early;
    planned.measured = reference.measured;
    std::optional<uint32_t> relation;
    if (reference.of_map) {
      planned.subject = place_of(selection.maps, reference.subject);
      planned.earlier = planned.subject == selection.maps.size();
      if (planned.earlier) planned.subject = earlier_map(planning, reference);
    } else {
      relation = target_relation(planning, selection, reference.subject);
      if (!relation) return false;
      planned.subject = *relation;
    }
    for (const auto& [reader, span] : reference.places) {
      const std::string_view problem = reference.of_map
                                           ? problem_of_map(planning, selection, reference, reader)
                                           : problem_of_target(planning, reference, reader, plan.relations[*relation], selection);
      if (problem.empty()) continue;
      const std::string& name =
          reference.of_map ? planning.checked.maps[reference.subject].name : planning.checked.targets[reference.subject].name;
      planning.cannot(Code::E1002, span, fmt::format("this reference to {} cannot run yet", name), std::string(problem));
      good = false;
    }
    if (!good) continue;
    if (relation) {
      SourcePlan& rows = plan.relations[*relation].rows;
      for (const uint32_t field : rows.key) rows.fields[field].needed = true;
    }
    plan.references.push_back(planned);
  }
  return good;
}

}  // namespace mig::planner
