#include "runtime/engine/references/crosswalk.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/base/file.h"

namespace mig {
namespace {

constexpr std::string_view kFirstLine = "migc crosswalk 1\n";

/// What decides how a value of the type lies in a record, and what it means: an enum's value is the place of its variant.
void append_type(std::string& out, TypeId id, const TypeTable& types, const std::vector<EnumType>& enums) {
  const Type& type = types[id];
  out += types.text(id);
  if (type.kind == Kind::kEnum && type.declaration < enums.size()) {
    out += '(';
    for (const EnumVariant& variant : enums[type.declaration].variants) out += variant.name + ",";
    out += ')';
  }
  if (type.element != kNoType) append_type(out += '<', type.element, types, enums);
  if (type.key != kNoType) append_type(out += ':', type.key, types, enums);
  for (const RecordField& field : type.fields) append_type(out += "." + field.name + "=", field.type, types, enums);
}

std::string fields_text(const RecordLayout& layout, const TypeTable& types, const std::vector<EnumType>& enums) {
  std::string out;
  for (const FieldSlot& field : layout.fields) {
    out += fmt::format(" {}@{}:", field.name, field.offset);
    append_type(out, field.type, types, enums);
  }
  return out;
}

/// Offsets of a key say nothing: each of its fields is written by itself.
std::string key_text(const RecordLayout& layout, const std::vector<uint32_t>& key, const TypeTable& types,
                     const std::vector<EnumType>& enums) {
  std::string out;
  for (const uint32_t field : key) {
    out += " " + layout.fields[field].name + ":";
    append_type(out, layout.fields[field].type, types, enums);
  }
  return out;
}

std::string target_line(const std::string& name, const RecordLayout& layout, const Plan& plan) {
  return fmt::format("target {}{}\n", name, fields_text(layout, plan.types, plan.enums));
}

Error missing(const Plan& plan, const EarlierMapPlan& map, std::string what, std::string_view verb) {
  std::string environment = plan.environment.empty() ? "" : " --environment " + plan.environment;
  return {ErrorKind::kConfig, "this stage asks what map " + map.name + " wrote, and " + what,
          fmt::format("{}: migc run {} --stage {}{}", verb, plan.spec_file, map.stages.front(), environment)};
}

}  // namespace

const std::string kCrosswalkLabel = "\xFE\xFF\xFF\xFF";

std::string crosswalk_path(const std::string& run_directory, const std::string& target) {
  return run_directory + "/crosswalk-" + target + ".keys";
}

std::string crosswalk_label(const Plan& plan, uint32_t target, const std::vector<uint32_t>& maps) {
  std::string out(kFirstLine);
  out += target_line(plan.targets[target].name, plan.targets[target].layout, plan);
  for (const CrosswalkPlan& crosswalk : plan.crosswalks) {
    if (crosswalk.target != target) continue;
    out += "kept ";
    for (const bool kept : crosswalk.kept) out += kept ? '1' : '0';
    out += '\n';
  }
  for (const uint32_t map : maps) {
    const SourcePlan& source = plan.sources[plan.maps[map].source];
    out += fmt::format("map {} {}{}\n", map, plan.maps[map].name, key_text(source.layout, source.key, plan.types, plan.enums));
  }
  return out;
}

Result<EarlierCrosswalk> open_crosswalk(Ledger& ledger, const Plan& plan, const EarlierMapPlan& map, uint64_t memory) {
  const std::string& stage = map.stages.front();
  auto found = ledger.newest(plan.migration, map.stages, plan.environment);
  if (!found) return found.error();
  if (!*found) {
    std::string stages = stage;
    for (size_t i = 1; i < map.stages.size(); ++i) stages += " or " + map.stages[i];
    return missing(plan, map,
                   fmt::format("stage {} has not been run{} (ledger in '{}')", stages,
                               plan.environment.empty() ? "" : " in " + plan.environment, ledger.directory()),
                   "run it first");
  }
  const RunRecord& run = **found;
  if (run.status != "finished")
    return missing(plan, map, fmt::format("run {} of stage {} is not finished ({})", run.run_id, run.stage, run.status), "finish it first");
  auto directory = ledger.run_directory(run.run_id);
  if (!directory) return directory.error();
  const auto again = [&](std::string what) {
    return missing(plan, map, fmt::format("run {} of stage {} {}", run.run_id, run.stage, what), "run that stage again");
  };
  auto table = KeyTable::open(crosswalk_path(*directory, map.target), memory);
  if (!table && table.error().kind == ErrorKind::kCorrupt) return again("kept it in a file that is damaged");
  if (!table) return table.error();
  if (*table == nullptr) return again("did not keep it: nothing referred to the map from another stage then");
  auto label = (*table)->find(kCrosswalkLabel);
  if (!label || !*label || (*label)->rfind(kFirstLine, 0) != 0) return again("kept it in a file that is damaged");
  std::vector<uint32_t> all(map.source_key.fields.size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::string& text = **label;
  if (text.find(target_line(map.target, map.layout, plan)) == std::string::npos)
    return again("wrote records of another shape: schema of " + map.target + " changed since");
  const size_t kept = text.find("\nkept ");
  for (size_t i = 0; i < map.asked.size(); ++i) {
    if (map.asked[i] && (kept == std::string::npos || text[kept + 6 + i] != '1')) return again("kept fewer fields than are asked for now");
  }
  const std::string wanted = " " + map.name + key_text(map.source_key, all, plan.types, plan.enums) + "\n";
  for (size_t line = text.find("\nmap "); line != std::string::npos; line = text.find("\nmap ", line + 1)) {
    const size_t number = line + 5;
    const size_t blank = text.find(' ', number);
    if (text.compare(blank, wanted.size(), wanted) != 0) continue;
    EarlierCrosswalk crosswalk;
    crosswalk.run_id = run.run_id;
    crosswalk.map = static_cast<uint32_t>(std::stoul(text.substr(number, blank - number)));
    crosswalk.table = std::move(*table);
    return crosswalk;
  }
  return again("did not run the map, or its source had another key");
}

void remove_older_crosswalks(Ledger& ledger, const Plan& plan, const std::string& run_id) {
  if (plan.crosswalks.empty()) return;
  const auto runs = ledger.history(0);
  if (!runs) return;
  for (const RunRecord& run : *runs) {
    if (run.run_id == run_id || run.migration != plan.migration || run.stage != plan.stage || run.environment != plan.environment) continue;
    for (const CrosswalkPlan& crosswalk : plan.crosswalks)
      (void)remove_file(crosswalk_path(ledger.directory() + "/runs/" + run.run_id, plan.targets[crosswalk.target].name));
  }
}

}  // namespace mig
