// The environment that a run is in: what it binds instead of the spec's declarations, and how it masks personal data.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/base/edit_distance.h"
#include "compiler/planner/planning.h"
#include "compiler/sema/masks.h"
#include "runtime/base/sha256.h"

namespace mig::planner {
namespace {

/// Tells one value of a secret from another without telling the value.
std::string mark_of(const std::string& name, const std::string& value) {
  constexpr size_t kShown = 8;  // digits
  return "#" + hex_text(Sha256::of("migc secret " + name + "\n" + value)).substr(0, kShown);
}

bool is_masked(const sema::Program& checked, const sema::TargetSymbol& target, std::string_view environment) {
  const auto& fields = checked.schemas[target.schema].fields;
  return std::any_of(fields.begin(), fields.end(),
                     [&](const sema::SchemaField& field) { return sema::mask_of(checked, field.labels, environment).has_value(); });
}

/// A run in no environment writes personal data as it is, which may be meant.
void note_idle_masks(Planning& planning, const Selection& selection) {
  const sema::Program& checked = planning.checked;
  std::string environments;
  for (const std::string& environment : sema::environment_names(checked)) {
    const bool masks = std::any_of(selection.maps.begin(), selection.maps.end(), [&](uint32_t map) {
      return is_masked(checked, checked.targets[checked.maps[map].target], environment);
    });
    if (masks) environments += (environments.empty() ? "" : ", ") + environment;
  }
  if (environments.empty()) return;
  planning.planned.notes.push_back({"mask in " + environments, "is not applied: what runs is in no environment (see --environment)"});
}

}  // namespace

bool choose_environment(Planning& planning, const Selection& selection) {
  const sema::Program& checked = planning.checked;
  std::string& chosen = planning.planned.plan.environment;
  for (const sema::StageSymbol& stage : checked.stages) {
    if (stage.name == selection.stage) chosen = stage.environment;
  }
  const std::string& wanted = planning.request.environment;
  if (!wanted.empty()) {
    const std::vector<std::string> names = sema::environment_names(checked);
    if (!chosen.empty() && chosen != wanted) {
      planning.result.usage.push_back(fmt::format("--environment {}: stage {} runs in {}", wanted, selection.stage, chosen));
      return false;
    }
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      const auto near = nearest_name(wanted, {names.begin(), names.end()});
      std::string known;
      for (const std::string& name : names) known += (known.empty() ? "; there are: " : ", ") + name;
      planning.result.usage.push_back(fmt::format("--environment {}: the spec names no such environment{}{}", wanted,
                                                  near ? fmt::format(" (did you mean {}?)", *near) : "", known));
      return false;
    }
    chosen = wanted;
  }
  if (chosen.empty()) {
    note_idle_masks(planning, selection);
    return true;
  }
  planning.environment = sema::find_environment(checked, chosen);
  return true;
}

const sema::CheckedSettings* bound_settings(const Planning& planning, syntax::BindingKind kind, uint32_t subject) {
  if (planning.environment == nullptr) return nullptr;
  for (const sema::EnvironmentBinding& binding : planning.environment->bindings) {
    if (binding.kind == kind && binding.subject == subject) return &binding.settings;
  }
  return nullptr;
}

std::optional<std::string> secret_value(Planning& planning, const std::string& name) {
  std::string variable = name;
  if (planning.environment != nullptr) {
    for (const sema::EnvironmentSecret& secret : planning.environment->secrets) {
      if (secret.name == name) variable = secret.variable;
    }
  }
  const char* const value = std::getenv(variable.c_str());
  if (value != nullptr && *value != '\0') return std::string(value);
  std::string problem = fmt::format("secret {}: the environment variable {} is {}", name, variable, value == nullptr ? "not set" : "empty");
  auto& usage = planning.result.usage;
  if (std::find(usage.begin(), usage.end(), problem) == usage.end()) usage.push_back(std::move(problem));
  return std::nullopt;
}

bool plan_masks(Planning& planning) {
  Plan& plan = planning.planned.plan;
  const ir::Lowered& lowered = planning.planned.lowered;
  for (TargetPlan& target : plan.targets) {
    const auto named = [&](uint32_t index) { return planning.checked.targets[index].name == target.name; };
    for (const ir::LoweredMask& mask : lowered.masks) {
      if (named(mask.target)) target.mask_map = mask.map;
    }
    // What maps emit is masked where they make it; here it is told too.
    for (uint32_t i = 0; i < planning.checked.targets.size(); ++i) {
      if (!named(i)) continue;
      const auto& fields = planning.checked.schemas[planning.checked.targets[i].schema].fields;
      for (uint32_t field = 0; field < fields.size() && !plan.environment.empty(); ++field) {
        if (sema::mask_of(planning.checked, fields[field].labels, plan.environment)) target.masked.push_back(field);
      }
    }
  }
  bool good = true;
  for (const std::string& name : lowered.secrets) {
    auto value = secret_value(planning, name);
    good = good && value.has_value();
    plan.parameters.emplace_back("secret " + name, value ? mark_of(name, *value) : std::string());
    plan.parameter_texts.push_back(value.value_or(""));
  }
  plan.parameter_values.resize(plan.parameter_texts.size());
  for (size_t i = 0; i < plan.parameter_texts.size(); ++i) {
    // The list of texts may have moved.
    Cell& cell = plan.parameter_values[i];
    const bool text = storage_of(planning.planned.lowered.program.types[lowered.program.parameter_types[i]].kind) == Storage::kText;
    if (i >= planning.checked.params.size()) cell.state = Presence::kValue;
    if (text && cell.has_value()) cell.text = {plan.parameter_texts[i].data(), plan.parameter_texts[i].size()};
  }
  return good;
}

}  // namespace mig::planner
