// migc plan: what a run would read and write, in which order, and what is promised.
#include <fmt/format.h>

#include "compiler/driver/kernels.h"
#include "tools/migc/engine_option.h"
#include "tools/migc/json_text.h"
#include "tools/migc/planning.h"
#include "tools/migc/progress.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view with) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += with;
    out += part;
  }
  return out;
}

std::string setting_text(const Setting& setting) {
  if (const auto* flag = std::get_if<bool>(&setting)) return *flag ? "true" : "false";
  if (const auto* count = std::get_if<int64_t>(&setting)) return std::to_string(*count);
  if (const auto* text = std::get_if<std::string>(&setting)) return *text;
  return "[" + joined(std::get<std::vector<std::string>>(setting), ", ") + "]";
}

std::string settings_text(const Settings& settings) {
  std::string out;
  for (const auto& [key, value] : settings) out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", key, setting_text(value));
  return out;
}

std::string field_names(const RecordLayout& layout, const std::vector<uint32_t>& fields) {
  std::vector<std::string> names;
  for (const uint32_t field : fields) names.push_back(layout.fields[field].name);
  return joined(names, ", ");
}

void print_source(const SourcePlan& source, const Style& style) {
  fmt::print("{}source {}{}: {} {}\n", style.bold, source.name, style.plain, source.connector, joined(source.arguments, " "));
  if (!source.settings.empty()) fmt::print("  settings   {}\n", settings_text(source.settings));
  std::vector<std::string> read, skipped;
  for (size_t i = 0; i < source.fields.size(); ++i) {
    (source.fields[i].needed ? read : skipped).push_back(source.layout.fields[i].name + (source.fields[i].personal ? " (personal)" : ""));
  }
  fmt::print("  decoded    {}\n", read.empty() ? "nothing" : joined(read, ", "));
  if (!skipped.empty()) fmt::print("  not read   {} (any text is accepted there)\n", joined(skipped, ", "));
}

void print_target(const Plan& plan, const TargetPlan& target, size_t index, const Style& style) {
  fmt::print("{}target {}{}: {} {}\n", style.bold, target.name, style.plain, target.connector, joined(target.arguments, " "));
  fmt::print("  write      {}{}\n", planner::write_mode_name(target.write),
             target.by.empty() ? "" : fmt::format(" by {}", field_names(target.layout, target.by)));
  if (!target.settings.empty()) fmt::print("  settings   {}\n", settings_text(target.settings));
  if (!target.masked.empty()) fmt::print("  masked     {}\n", field_names(target.layout, target.masked));
  for (const DedupePlan& dedupe : plan.dedupes) {
    if (dedupe.target != index) continue;
    fmt::print("  dedupe     one record a key{}; two passes, the winner stands at its own place in the source\n",
               dedupe.merged_fields.empty() ? std::string() : ", merging " + field_names(target.layout, dedupe.merged_fields));
  }
}

void print_plan(const planner::Planned& planned, const std::string& engine) {
  const Style style = style_of(stdout);
  const Plan& plan = planned.plan;
  fmt::print("{}migration {}{} {}{}\n", style.bold, plan.migration.empty() ? plan.spec_file : plan.migration, style.plain, plan.version,
             plan.stage.empty() ? "" : ", stage " + plan.stage);
  fmt::print("  program    sha256:{}\n", plan.spec_hash);
  if (!plan.environment.empty()) fmt::print("  in         {}\n", plan.environment);
  for (const auto& [name, value] : plan.parameters) fmt::print("  param      {} = {}\n", name, value);
  fmt::print("  engine     {}\n\n", engine);
  for (const SourcePlan& source : plan.sources) print_source(source, style);
  fmt::print("\n");
  for (size_t i = 0; i < plan.targets.size(); ++i) print_target(plan, plan.targets[i], i, style);
  fmt::print("\n{}order{}\n", style.bold, style.plain);
  for (size_t i = 0; i < plan.maps.size(); ++i) {
    const MapPlan& map = plan.maps[i];
    const planner::Guarantee guarantee = planner::guarantee_of(plan.sources[map.source], plan.targets[map.target]);
    fmt::print("  {}. map {}: {} -> {}\n     {}{}{} {}\n", i + 1, map.name, plan.sources[map.source].name, plan.targets[map.target].name,
               style.bold, guarantee.level, style.plain, guarantee.sentence);
  }
  if (!planned.gates.empty()) fmt::print("\n{}gates and people{}\n", style.bold, style.plain);
  for (const planner::GateToJudge& gate : planned.gates) {
    const std::string what =
        gate.manual != nullptr ? "waits until somebody says that \"" + gate.name() + "\" is done" : "gate " + gate.name();
    fmt::print("  {}{}\n", gate.before ? "before all maps: " : "behind all maps: ", what);
  }
  if (plan.selected.first || plan.selected.fraction) fmt::print("\n{}only a part of the records{}\n", style.bold, style.plain);
  if (plan.selected.first) fmt::print("  the first {} of each source\n", *plan.selected.first);
  if (plan.selected.fraction) fmt::print("  {:g} % of each source, the same ones in every run\n", 100 * *plan.selected.fraction);
  fmt::print("\n{}budgets{}\n", style.bold, style.plain);
  const Budgets& budgets = plan.budgets;
  bool any = false;
  const auto line = [&](bool present, const std::string& text) {
    if (present) fmt::print("  {}\n", text);
    any = any || present;
  };
  line(budgets.max_rejected.has_value(), fmt::format("at most {} rejected", budgets.max_rejected.value_or(0)));
  line(budgets.max_rejected_rate.has_value(),
       fmt::format("at most {:g} % rejected, from {} records on", 100 * budgets.max_rejected_rate.value_or(0), budgets.rate_after));
  line(budgets.max_warned.has_value(), fmt::format("at most {} warned", budgets.max_warned.value_or(0)));
  line(budgets.max_warned_rate.has_value(),
       fmt::format("at most {:g} % warned, from {} records on", 100 * budgets.max_warned_rate.value_or(0), budgets.rate_after));
  if (!any) fmt::print("  none: any number of records may be rejected (set max_rejected in the stage's `run`)\n");
  if (plan.batch_records != 0) fmt::print("  batches of {} records\n", plan.batch_records);
  for (const planner::PlanNote& note : planned.notes) fmt::print("\nnote: {}: {}\n", note.subject, note.text);
}

std::string json_list(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + json_text(part);
  return "[" + out + "]";
}

void print_plan_json(const planner::Planned& planned, const std::string& engine) {
  const Plan& plan = planned.plan;
  std::string sources, targets, maps;
  for (const SourcePlan& source : plan.sources) {
    std::vector<std::string> read;
    for (size_t i = 0; i < source.fields.size(); ++i) {
      if (source.fields[i].needed) read.push_back(source.layout.fields[i].name);
    }
    sources += fmt::format("{}{{\"name\":{},\"connector\":{},\"arguments\":{},\"decoded\":{}}}", sources.empty() ? "" : ",",
                           json_text(source.name), json_text(source.connector), json_list(source.arguments), json_list(read));
  }
  for (const TargetPlan& target : plan.targets) {
    targets += fmt::format("{}{{\"name\":{},\"connector\":{},\"arguments\":{},\"write\":\"{}\",\"by\":{},\"masked\":{}}}",
                           targets.empty() ? "" : ",", json_text(target.name), json_text(target.connector), json_list(target.arguments),
                           planner::write_mode_name(target.write), json_text(field_names(target.layout, target.by)),
                           json_text(field_names(target.layout, target.masked)));
  }
  for (const MapPlan& map : plan.maps) {
    const planner::Guarantee guarantee = planner::guarantee_of(plan.sources[map.source], plan.targets[map.target]);
    maps += fmt::format("{}{{\"name\":{},\"source\":{},\"target\":{},\"guarantee\":\"{}\"}}", maps.empty() ? "" : ",", json_text(map.name),
                        json_text(plan.sources[map.source].name), json_text(plan.targets[map.target].name), guarantee.level);
  }
  std::string gates;
  for (const planner::GateToJudge& gate : planned.gates) {
    gates += fmt::format("{}{{\"name\":{},\"manual\":{},\"before\":{}}}", gates.empty() ? "" : ",", json_text(gate.name()),
                         gate.manual != nullptr, gate.before);
  }
  std::string selected;
  if (plan.selected.first) selected += fmt::format(",\"limit\":{}", *plan.selected.first);
  if (plan.selected.fraction) selected += fmt::format(",\"sample\":{}", *plan.selected.fraction);
  fmt::print(
      "{{\"migration\":{},\"version\":{},\"stage\":{},\"environment\":{},\"program\":\"sha256:{}\",\"engine\":{},\"sources\":[{}],"
      "\"targets\":[{}],\"order\":["
      "{}],\"gates\":[{}]{}}}\n",
      json_text(plan.migration), json_text(plan.version), json_text(plan.stage), json_text(plan.environment), plan.spec_hash,
      json_text(engine), sources, targets, maps, gates, selected);
}

int run_plan(const Arguments& arguments) {
  const bool json = arguments.value("format") == "json";
  int exit = kOk;
  const auto spec = planned_spec("plan", arguments, json, exit);
  if (spec == nullptr) return exit;
  driver::KernelOptions how;
  driver::choose_engine(spec->planned->plan, how);
  const bool small = how.engine == driver::Engine::kInterp;
  const std::string engine = small ? "interpreter (the input is small)" : "interpreter, then optimised native code";
  if (json) {
    print_plan_json(*spec->planned, small ? "interp" : "jit");
  } else {
    print_plan(*spec->planned, engine);
  }
  return kOk;
}

}  // namespace

Verb plan_verb() {
  std::vector<Option> options = planning_options();
  options.push_back(
      {.name = "format", .value = "human|json", .help = "json: one object on stdout", .offer = Offer::kChoices, .choices = "human json"});
  return {.name = "plan",
          .summary = "shows what a run would do, and what it guarantees",
          .operands = "SPEC.mig",
          .description =
              "Prints sources with the fields that are decoded, targets with their write modes, the order of maps,\n"
              "the guarantee of each source and target pair, budgets, and the engine. Nothing is opened.\n\n"
              "EO is exactly-once: data, rejects, counters and position become durable in one step.\n",
          .options = std::move(options),
          .examples = {{"migc plan contacts.mig", "for people"},
                       {"migc plan contacts.mig --set input=export.csv --format=json", "for programs"}},
          .run = run_plan};
}

}  // namespace mig::cli
