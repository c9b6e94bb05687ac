// What a stage's environment asks for and no code does yet: without it personal data would be written as it is, or to the usual target.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/planner/planning.h"

namespace mig::planner {
namespace {

bool covers(const syntax::LabelPattern& pattern, const std::string& name) {
  const std::string path = pattern.path.text();
  return name == path || (name.size() > path.size() && name.starts_with(path) && name[path.size()] == '.');
}

/// The first target of the stage with a field of a class that the mask is about; empty when it has nothing to mask.
std::string masked_target(const sema::Program& checked, const Selection& selection, const syntax::PrivacyMask& mask) {
  for (const uint32_t map : selection.maps) {
    const sema::TargetSymbol& target = checked.targets[checked.maps[map].target];
    for (const sema::SchemaField& field : checked.schemas[target.schema].fields) {
      for (const uint32_t label : field.labels) {
        const auto about = [&](const syntax::LabelPattern& pattern) { return covers(pattern, checked.classes[label].name); };
        if (std::any_of(mask.classes.begin(), mask.classes.end(), about)) return target.name;
      }
    }
  }
  return {};
}

}  // namespace

bool check_environment(Planning& planning, const Selection& selection) {
  const sema::Program& checked = planning.checked;
  std::string wanted;
  for (const sema::StageSymbol& stage : checked.stages) {
    if (stage.name == selection.stage) wanted = stage.environment;
  }
  bool good = true;
  const auto cannot = [&](Span span, std::string what, std::string label, std::string advice) {
    planning.cannot(Code::E1002, span, what + " cannot run yet", std::move(label), std::move(advice));
    good = false;
  };
  for (const sema::ModuleInfo& module : checked.modules) {
    for (const syntax::Decl& decl : module.tree.decls) {
      if (const auto* privacy = decl.get_if<syntax::PrivacyDecl>()) {
        for (const syntax::PrivacyMask& mask : privacy->masks) {
          const auto is_wanted = [&](const syntax::Name& name) { return name.text == wanted; };
          const std::string target = masked_target(checked, selection, mask);
          if (target.empty()) continue;
          if (!wanted.empty() && std::any_of(mask.environments.begin(), mask.environments.end(), is_wanted)) {
            cannot(mask.span, fmt::format("the mask of environment {}", wanted),
                   fmt::format("target {} would be given personal data as it is", target),
                   "mask in the map, by a param: `if param.masked then mask_email(x) else x`; a stage without this environment runs");
          } else if (wanted.empty()) {
            planning.planned.notes.push_back({fmt::format("mask in {}", mask.environments.empty() ? "" : mask.environments[0].text),
                                              "is not applied: what runs is in no environment"});
          }
        }
      } else if (const auto* environment = decl.get_if<syntax::EnvironmentDecl>(); environment != nullptr && decl.name.text == wanted) {
        for (const syntax::EnvironmentBinding& binding : environment->bindings)
          cannot(binding.span, fmt::format("the binding of {} in environment {}", binding.name.text, wanted),
                 "the run would use the settings of its declaration", "give the difference as a `param` of the spec, with --set");
        for (const syntax::EnvironmentSecret& secret : environment->secrets)
          cannot(secret.span, fmt::format("the secret of environment {}", wanted), "the run would read the usual variable",
                 "set the usual variable for this run");
      }
    }
  }
  return good;
}

}  // namespace mig::planner
