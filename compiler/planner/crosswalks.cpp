// References from one stage to maps of another: what is kept for later stages, and which earlier runs are asked.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/planner/planning.h"
#include "compiler/sema/masks.h"

namespace mig::planner {
namespace {

bool contains(const std::vector<uint32_t>& list, uint32_t value) { return std::find(list.begin(), list.end(), value) != list.end(); }

bool is_masked(const Planning& planning, const sema::SchemaField& field) {
  return sema::mask_of(planning.checked, field.labels, planning.planned.plan.environment).has_value();
}

/// Whether somewhere the whole record of a map is asked for.
bool asked_whole(const sema::Program& checked, uint32_t map) {
  return std::any_of(checked.calls.begin(), checked.calls.end(),
                     [&](const sema::CallInfo& call) { return call.map == map && !call.may_fail; });
}

const sema::SchemaSymbol& target_schema(const sema::Program& checked, uint32_t map) {
  return checked.schemas[checked.targets[checked.maps[map].target].schema];
}

}  // namespace

std::vector<std::string> stages_that_run(const sema::Program& checked, uint32_t map) {
  std::vector<std::string> names;
  for (const sema::StageSymbol& stage : checked.stages) {
    const bool runs = std::any_of(stage.steps.begin(), stage.steps.end(), [&](const sema::StageStep& step) {
      return step.kind == syntax::StepKind::run && contains(step.subjects, map);
    });
    if (runs) names.push_back(stage.name);
  }
  return names;
}

bool masks_what_is_kept(const Planning& planning, uint32_t map, bool whole) {
  if (planning.planned.plan.environment.empty()) return false;
  const sema::Program& checked = planning.checked;
  const sema::SchemaSymbol& source = checked.schemas[checked.sources[checked.maps[map].source].schema];
  const sema::SchemaSymbol& target = target_schema(checked, map);
  for (const uint32_t key : source.key) {
    if (is_masked(planning, source.fields[key])) return true;
  }
  for (uint32_t field = 0; field < target.fields.size(); ++field) {
    if ((whole || contains(target.key, field)) && is_masked(planning, target.fields[field])) return true;
  }
  return false;
}

uint32_t earlier_map(Planning& planning, const ir::LoweredReference& reference) {
  const sema::Program& checked = planning.checked;
  Plan& plan = planning.planned.plan;
  const sema::MapSymbol& map = checked.maps[reference.subject];
  const sema::SchemaSymbol& written = target_schema(checked, reference.subject);
  const TypeTable& types = planning.planned.lowered.program.types;
  for (uint32_t i = 0; i < plan.earlier_maps.size(); ++i) {
    if (plan.earlier_maps[i].name == map.name) return i;
  }
  EarlierMapPlan earlier;
  earlier.name = map.name;
  earlier.target = checked.targets[map.target].name;
  earlier.stages = stages_that_run(checked, reference.subject);
  const sema::SchemaSymbol& source = checked.schemas[checked.sources[map.source].schema];
  const RecordLayout read = ir::layout_of(source, types);
  for (const uint32_t field : source.key) earlier.source_key.fields.push_back(read.fields[field]);
  earlier.layout = ir::layout_of(written, types);
  for (uint32_t field = 0; field < written.fields.size(); ++field)
    earlier.asked.push_back(reference.whole || (!written.key.empty() && written.key[0] == field));
  std::string stages;
  for (const std::string& stage : earlier.stages) stages += (stages.empty() ? "" : " or ") + stage;
  planning.planned.notes.push_back(
      {map.name, fmt::format("is not run by this stage: what it wrote is asked of the last run of stage {}", stages)});
  plan.earlier_maps.push_back(std::move(earlier));
  return static_cast<uint32_t>(plan.earlier_maps.size() - 1);
}

void plan_crosswalks(Planning& planning, const Selection& selection) {
  const sema::Program& checked = planning.checked;
  Plan& plan = planning.planned.plan;
  for (size_t place = 0; place < selection.maps.size(); ++place) {
    const uint32_t map = selection.maps[place];
    const auto asks = [&](uint32_t other) {
      return contains(checked.maps[other].refs, map) && !contains(selection.maps, other) && !stages_that_run(checked, other).empty();
    };
    std::string readers;
    for (uint32_t other = 0; other < checked.maps.size(); ++other) {
      if (asks(other)) readers += (readers.empty() ? "" : ", ") + checked.maps[other].name;
    }
    if (readers.empty()) continue;
    const uint32_t target = plan.maps[place].target;
    // The maps into one target share a table.
    bool whole = false, masked = false;
    for (const uint32_t other : selection.maps) {
      if (checked.maps[other].target == checked.maps[map].target) whole = whole || asked_whole(checked, other);
    }
    for (const uint32_t other : selection.maps) {
      if (checked.maps[other].target == checked.maps[map].target) masked = masked || masks_what_is_kept(planning, other, whole);
    }
    if (masked) {
      planning.planned.notes.push_back(
          {checked.maps[map].name, fmt::format("what it writes is not kept for {}: {} masks it", readers, plan.environment)});
      continue;
    }
    const bool known = std::any_of(plan.crosswalks.begin(), plan.crosswalks.end(),
                                   [&](const CrosswalkPlan& crosswalk) { return crosswalk.target == target; });
    if (known) continue;
    const sema::SchemaSymbol& written = target_schema(checked, map);
    CrosswalkPlan crosswalk;
    crosswalk.target = target;
    for (uint32_t field = 0; field < written.fields.size(); ++field)
      crosswalk.kept.push_back(whole || (!written.key.empty() && written.key[0] == field));
    plan.crosswalks.push_back(std::move(crosswalk));
  }
}

}  // namespace mig::planner
