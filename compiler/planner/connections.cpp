// Sources, targets and budgets of the plan, with their settings.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/planner/planning.h"
#include "compiler/sema/masks.h"

namespace mig::planner {
namespace {

using sema::SettingValue;
using Form = sema::SettingValue::Form;

std::string connector_list() { return "csv, ndjson and sqlite can run today"; }

/// A setting with parameters and secrets put in; null after a finding.
std::optional<Setting> setting_of(Planning& planning, const SettingValue& value, std::string_view what) {
  switch (value.form) {
    case Form::kBool: return Setting{value.boolean};
    case Form::kInt:
    case Form::kDuration: return Setting{value.integer};
    case Form::kRate: return Setting{fmt::format("{}", value.rate)};
    case Form::kText:
    case Form::kWord: return Setting{value.text};
    case Form::kTexts:
    case Form::kWords: return Setting{value.texts};
    case Form::kParam: {
      const Plan& plan = planning.planned.plan;
      const Cell& cell = plan.parameter_values[value.param];
      const Type& type = planning.checked.types[planning.checked.params[value.param].type];
      if (type.kind == Kind::kBool) return Setting{cell.boolean};
      if (type.kind == Kind::kInt) return Setting{cell.integer};
      return Setting{plan.parameters[value.param].second};
    }
    case Form::kSecret: {
      auto secret = secret_value(planning, value.text);
      return secret ? std::optional<Setting>(std::move(*secret)) : std::nullopt;
    }
    case Form::kCall:
    case Form::kExpr: break;
  }
  planning.cannot(Code::E1002, value.span, fmt::format("{} cannot run yet", what), "checked, but there is no code for it yet");
  return std::nullopt;
}

/// Paths in the spec, also as defaults of parameters, are relative to the spec's folder; those of the command line to the current one.
std::string path_of(Planning& planning, const SettingValue& value, const std::string& path) {
  const std::filesystem::path given(path);
  const bool typed = value.form == Form::kParam && planning.from_command_line[value.param];
  if (typed || given.is_absolute()) return path;
  const std::filesystem::path folder = std::filesystem::path(planning.request.spec_file).parent_path();
  return (folder / given).lexically_normal().generic_string();
}

bool read_arguments(Planning& planning, const std::vector<SettingValue>& arguments, const sema::CheckedSettings& settings,
                    const std::vector<std::string_view>& taken, std::vector<std::string>& into, Settings& into_settings) {
  bool good = true;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto value = setting_of(planning, arguments[i], "this argument");
    good = good && value.has_value();
    if (!value) continue;
    const auto* text = std::get_if<std::string>(&*value);
    if (text == nullptr) {
      planning.cannot(Code::E1002, arguments[i].span, "this argument cannot be used", "a text is expected");
      good = false;
      continue;
    }
    into.push_back(i == 0 ? path_of(planning, arguments[i], *text) : *text);
  }
  for (const auto& [key, value] : settings) {
    if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
    const auto resolved = setting_of(planning, value, fmt::format("the setting `{}`", key));
    good = good && resolved.has_value();
    if (resolved) into_settings[key] = *resolved;
  }
  return good;
}

/// What the environment says instead of the declaration; `path` is the first argument.
void rebind(const Planning& planning, syntax::BindingKind kind, uint32_t subject, std::vector<SettingValue>& arguments,
            sema::CheckedSettings& settings) {
  const sema::CheckedSettings* const bound = bound_settings(planning, kind, subject);
  if (bound == nullptr) return;
  for (const auto& [key, value] : *bound) {
    if (key != "path") {
      settings.insert_or_assign(key, value);
    } else if (arguments.empty()) {
      arguments.push_back(value);
    } else {
      arguments[0] = value;
    }
  }
}

/// Whether the run's environment masks data of these classes.
bool is_hidden(const Planning& planning, const std::vector<uint32_t>& labels) {
  const std::string& environment = planning.planned.plan.environment;
  return !environment.empty() && sema::mask_of(planning.checked, labels, environment).has_value();
}

DecodeMode decode_mode(sema::Decode decode) {
  switch (decode) {
    case sema::Decode::kPlain: return DecodeMode::kPlain;
    case sema::Decode::kListOrCsv: return DecodeMode::kListOrCsv;
    case sema::Decode::kListOrKeys: return DecodeMode::kListOrKeys;
  }
  return DecodeMode::kPlain;
}

WriteMode write_mode(sema::Write write) {
  switch (write) {
    case sema::Write::kAppend: return WriteMode::kAppend;
    case sema::Write::kReplace: return WriteMode::kReplace;
    case sema::Write::kInsert: return WriteMode::kInsert;
    case sema::Write::kUpsert: return WriteMode::kUpsert;
    case sema::Write::kUpdate: return WriteMode::kUpdate;
    case sema::Write::kPatch: return WriteMode::kPatch;
    case sema::Write::kDelete: return WriteMode::kDelete;
  }
  return WriteMode::kInsert;
}

bool add_source(Planning& planning, uint32_t index, const Selection& selection) {
  auto source = source_plan(planning, index, selection);
  if (!source) return false;
  planning.planned.plan.sources.push_back(std::move(*source));
  return true;
}

bool add_target(Planning& planning, uint32_t index) {
  auto target = target_plan(planning, index);
  if (!target) return false;
  planning.planned.plan.targets.push_back(std::move(*target));
  return true;
}

}  // namespace

std::optional<SourcePlan> source_plan(Planning& planning, uint32_t index, const Selection& selection) {
  const sema::SourceSymbol& symbol = planning.checked.sources[index];
  const sema::SchemaSymbol& schema = planning.checked.schemas[symbol.schema];
  if (!symbol.runnable || symbol.changes) {
    planning.cannot(Code::E1001, symbol.connector_span, fmt::format("connector {} cannot run yet", symbol.connector),
                    "records cannot be read from here", connector_list());
    return std::nullopt;
  }
  SourcePlan source;
  source.name = symbol.name;
  source.connector = symbol.connector;
  source.layout = ir::layout_of(schema, planning.checked.types);
  source.key = schema.key;
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    const sema::SchemaField& field = schema.fields[i];
    FieldDecode decode;
    decode.wire_names = field.wire_names;
    decode.mode = decode_mode(field.decode);
    decode.personal = !field.labels.empty();
    decode.hidden = is_hidden(planning, field.labels);
    decode.needed = field.key || std::find(symbol.profile_reads.begin(), symbol.profile_reads.end(), i) != symbol.profile_reads.end();
    for (const uint32_t map : selection.maps) {
      const sema::MapSymbol& reader = planning.checked.maps[map];
      if (reader.source == index && i < reader.read.size() && reader.read[i]) decode.needed = true;
    }
    source.fields.push_back(std::move(decode));
  }
  std::vector<SettingValue> arguments = symbol.arguments;
  sema::CheckedSettings settings = symbol.settings;
  rebind(planning, syntax::BindingKind::source, index, arguments, settings);
  const bool good = read_arguments(planning, arguments, settings, {"filter"}, source.arguments, source.settings);
  return good ? std::optional(std::move(source)) : std::nullopt;
}

std::optional<TargetPlan> target_plan(Planning& planning, uint32_t index) {
  const sema::TargetSymbol& symbol = planning.checked.targets[index];
  const sema::SchemaSymbol& schema = planning.checked.schemas[symbol.schema];
  if (!symbol.runnable) {
    planning.cannot(Code::E1001, symbol.connector_span, fmt::format("connector {} cannot run yet", symbol.connector),
                    "records cannot be written here", connector_list());
    return std::nullopt;
  }
  TargetPlan target;
  target.name = symbol.name;
  target.connector = symbol.connector;
  target.layout = ir::layout_of(schema, planning.checked.types);
  target.write = write_mode(symbol.write);
  target.by = symbol.by.empty() ? schema.key : symbol.by;
  for (const sema::SchemaField& field : schema.fields) {
    const bool own =
        field.deferred && field.reference_target != sema::kNone && &planning.checked.targets[field.reference_target] == &symbol;
    target.fields.push_back({field.wire_names.front(), !field.labels.empty(), own});
  }
  std::vector<SettingValue> arguments = symbol.arguments;
  sema::CheckedSettings settings = symbol.settings;
  rebind(planning, syntax::BindingKind::target, index, arguments, settings);
  const bool good =
      read_arguments(planning, arguments, settings, {"write", "clears_with_null", "delivery"}, target.arguments, target.settings);
  return good ? std::optional(std::move(target)) : std::nullopt;
}

bool plan_connections(Planning& planning, const Selection& selection) {
  Plan& plan = planning.planned.plan;
  std::map<uint32_t, uint32_t> sources, targets;
  bool good = true;
  for (const uint32_t map : selection.maps) {
    const sema::MapSymbol& symbol = planning.checked.maps[map];
    if (sources.emplace(symbol.source, static_cast<uint32_t>(plan.sources.size())).second) {
      const size_t before = plan.sources.size();
      good = add_source(planning, symbol.source, selection) && good;
      if (plan.sources.size() == before) plan.sources.emplace_back();
    }
    if (targets.emplace(symbol.target, static_cast<uint32_t>(plan.targets.size())).second) {
      const size_t before = plan.targets.size();
      good = add_target(planning, symbol.target) && good;
      if (plan.targets.size() == before) plan.targets.emplace_back();
    }
    MapPlan entry;
    entry.name = symbol.name;
    entry.source = sources[symbol.source];
    entry.target = targets[symbol.target];
    plan.maps.push_back(std::move(entry));
  }
  // What maps emit is written behind what they map.
  for (const auto& [map, target] : selection.emits) {
    const sema::MapSymbol& symbol = planning.checked.maps[map];
    if (targets.emplace(target, static_cast<uint32_t>(plan.targets.size())).second) {
      const size_t before = plan.targets.size();
      good = add_target(planning, target) && good;
      if (plan.targets.size() == before) plan.targets.emplace_back();
    }
    MapPlan entry;
    entry.name = fmt::format("{} emits {}", symbol.name, planning.checked.targets[target].name);
    entry.source = sources[symbol.source];
    entry.target = targets[target];
    entry.emitted = true;
    entry.emitted_by = symbol.name;
    plan.maps.push_back(std::move(entry));
  }
  return good;
}

bool plan_budgets(Planning& planning, const Selection& selection) {
  if (selection.settings == nullptr) return true;
  Plan& plan = planning.planned.plan;
  bool good = true;
  for (const auto& [key, value] : *selection.settings) {
    const bool whole = value.form == Form::kInt && value.integer >= 0;
    const auto expect = [&](bool fits, std::string_view expected) {
      if (fits) return true;
      planning.cannot(Code::E1006, value.span, fmt::format("`{}` takes {}", key, expected), "not a value of this setting");
      good = false;
      return false;
    };
    if (key == "batch") {
      if (expect(whole && value.integer >= 1 && value.integer <= 1'000'000, "a number of records from 1 to 1000000")) {
        plan.batch_records = static_cast<uint32_t>(value.integer);
      }
    } else if (key == "max_rejected") {
      if (expect(whole, "a number of records")) plan.budgets.max_rejected = static_cast<uint64_t>(value.integer);
    } else if (key == "max_warned") {
      if (expect(whole, "a number of records")) plan.budgets.max_warned = static_cast<uint64_t>(value.integer);
    } else if (key == "rate_after") {
      if (expect(whole, "a number of records")) plan.budgets.rate_after = static_cast<uint64_t>(value.integer);
    } else if (key == "max_rejected_rate") {
      if (expect(value.form == Form::kRate, "a percentage, like 1%")) plan.budgets.max_rejected_rate = value.rate;
    } else if (key == "max_warned_rate") {
      if (expect(value.form == Form::kRate, "a percentage, like 5%")) plan.budgets.max_warned_rate = value.rate;
    } else if (key == "limit") {
      if (expect(whole && value.integer >= 1, "a number of records, from 1")) plan.selected.first = static_cast<uint64_t>(value.integer);
    } else if (key == "sample") {
      if (expect(value.form == Form::kRate && value.rate > 0 && value.rate <= 1, "a percentage above 0%, up to 100%"))
        plan.selected.fraction = value.rate;
    } else if (key == "parallel") {
      if (expect(whole && value.integer >= 1 && value.integer <= 1024, "a number of workers from 1 to 1024"))
        plan.workers = static_cast<uint32_t>(value.integer);
    } else if (key == "concurrency" || key == "retry" || key == "backoff") {
      planning.cannot(Code::N1007, value.span, fmt::format("`{}` has no effect on files and SQLite", key), "they have no requests",
                      key == "concurrency" ? "how many workers map records is `parallel`"
                                           : "a run that was interrupted is continued by the same command");
    } else if (key != "order") {
      planning.cannot(Code::E1002, value.span, fmt::format("the setting `{}` cannot run yet", key),
                      "checked, but there is no code for it yet");
      good = false;
    }
  }
  return good;
}

}  // namespace mig::planner
