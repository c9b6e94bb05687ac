// migc diff: runs two versions of a spec over one sample and says what comes out differently.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "compiler/review/canonical.h"
#include "tools/migc/crash_report.h"
#include "tools/migc/engine_option.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/json_text.h"
#include "tools/migc/output_difference.h"
#include "tools/migc/sample_run.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

namespace fs = std::filesystem;

/// One version, run over the sample.
struct Side {
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<planner::Planned> planned;
  std::map<std::string, Records> targets;  // by name
  Records rejects;                         // by source key
  uint64_t read = 0, rejected = 0;
};

std::vector<std::string> wire_names(const TargetPlan& target) {
  std::vector<std::string> names;
  for (const uint32_t field : target.by) names.push_back(target.fields[field].wire_name);
  return names;
}

/// Plans, runs and reads what came out. False when it cannot go on: `exit` says why.
bool run_side(const Arguments& arguments, const std::string& spec, const std::string& folder, int64_t now, Side& side, int& exit) {
  side.session = checked_spec("diff", {spec}, false, exit);
  if (side.session == nullptr) return false;
  side.planned = plan_sample("diff", arguments, *side.session, true, exit);
  if (side.planned == nullptr) return false;
  Plan& plan = side.planned->plan;
  redirect_targets(plan, folder);
  driver::KernelOptions kernel_options;
  kernel_options.engine = engine_option(arguments, driver::Engine::kJit);
  auto kernels = driver::make_kernels(side.planned->lowered.program, kernel_options);
  if (!kernels) {
    if (kernels.error().kind == ErrorKind::kInternal) return exit = report_internal_error(kernels.error().message), false;
    return print_error(stderr, kernels.error()), exit = kUsage, false;
  }
  const RunReport report = run_sample(*side.planned, (*kernels)->set(), folder, now, {});
  if (report.error) return print_error(stderr, *report.error), exit = exit_code(report), false;
  side.read = report.read;
  side.rejected = report.rejected;
  for (const TargetPlan& target : plan.targets) {
    if (!read_records(target.arguments[0], wire_names(target), side.targets[target.name]))
      return exit = report_internal_error("the output of a sample cannot be read again"), false;
  }
  Records entries;
  std::error_code error;
  if (fs::exists(folder + "/rejects.ndjson", error)) read_records(folder + "/rejects.ndjson", {"map", "record"}, entries);
  for (auto& [place, entry] : entries) {
    const auto key = entry.find("key");
    side.rejects[key == entry.end() ? place : key->second] = {{"code", entry["code"]}};
  }
  return true;
}

struct Rule {
  std::string place, text;
};

/// Where and how each field of a target is written.
std::map<std::string, Rule> rules_of(const Side& side, const std::string& target) {
  const sema::Program& program = *side.session->checked.program;
  DiagnosticSink none;
  rules::RuleContext context(program, side.session->sources, none);
  review::Canonical canonical(context);
  std::map<std::string, Rule> rules;
  for (uint32_t m = 0; m < program.maps.size(); ++m) {
    if (program.maps[m].target == sema::kNone || program.targets[program.maps[m].target].name != target) continue;
    const sema::SchemaSymbol* schema = context.target_schema(m);
    for (const auto& [field, part] : canonical.map(m).fields) {
      if (schema == nullptr || !part.span.valid()) continue;
      const auto it = schema->by_name.find(field);
      const std::string name = it == schema->by_name.end() ? field : schema->fields[it->second].wire_names.front();
      const LineColumn at = context.sources.position(part.span);
      rules.emplace(name, Rule{fmt::format("{}:{}", context.sources.name(part.span.file), at.line), context.text(part.span)});
    }
  }
  return rules;
}

std::set<std::string> personal_fields(const Side& side, const std::string& target) {
  std::set<std::string> names;
  for (const TargetPlan& each : side.planned->plan.targets) {
    for (const FieldEncode& field : each.fields) {
      if (each.name == target && field.personal) names.insert(field.wire_name);
    }
  }
  return names;
}

std::string shown(const std::string& value, bool personal) {
  if (personal && value != "null" && value != "(kept)") return "***";
  return value.size() > 60 ? fmt::format("{}...", std::string_view(value).substr(0, 57)) : value;
}

void print_target(const Side& before, const Side& after, const std::string& target, const Difference& difference, bool markdown) {
  const auto was = rules_of(before, target), now = rules_of(after, target);
  std::set<std::string> personal = personal_fields(before, target);
  personal.merge(personal_fields(after, target));
  const bool masked_key =
      std::any_of(before.planned->plan.targets.begin(), before.planned->plan.targets.end(), [&](const TargetPlan& each) {
        return each.name == target &&
               std::any_of(each.by.begin(), each.by.end(), [&](uint32_t field) { return each.fields[field].personal; });
      });
  fmt::print("{}{}: {} of {} records differ ({} new, {} gone)\n\n", markdown ? "### " : "", target, difference.again.size(),
             difference.compared, difference.added.size(), difference.removed.size());
  if (markdown && !difference.fields.empty()) fmt::print("| field | records | rule | for example |\n|---|---|---|---|\n");
  for (const auto& [field, found] : difference.fields) {
    const auto old_rule = was.find(field), new_rule = now.find(field);
    const std::string rule = new_rule != now.end()   ? new_rule->second.place
                             : old_rule != was.end() ? old_rule->second.place + " (gone)"
                                                     : "";
    if (!markdown) fmt::print("  {}: {} records, by the rule at {}\n", field, found.records, rule);
    std::string examples;
    for (const FieldDifference::Example& example : found.examples) {
      const std::string text =
          fmt::format("{} became {}", shown(example.before, personal.count(field) != 0), shown(example.after, personal.count(field) != 0));
      if (markdown) {
        examples += (examples.empty() ? "" : "<br>") + text;
      } else {
        fmt::print("      {}: {}\n", masked_key ? "***" : example.key, text);
      }
    }
    for (size_t at = 0; (at = examples.find('|', at)) != std::string::npos; at += 2) examples.replace(at, 1, "\\|");
    if (markdown) fmt::print("| {} | {} | {} | {} |\n", field, found.records, rule, examples);
  }
  if (!difference.fields.empty()) fmt::print("\n");
}

int run_diff(const Arguments& arguments) {
  if (arguments.operands().size() != 2)
    return usage_error("diff", "which two specs? For example: migc diff old/contacts.mig contacts.mig --data sample.ndjson");
  if (arguments.values("data").empty()) return usage_error("diff", "over which data? --data names a sample of the source");
  const ScratchFolder scratch("diff");
  if (scratch.path.empty()) return usage_error("diff", "no folder for the two outputs can be made");
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Side before, after;
  int exit = kOk;
  if (!run_side(arguments, arguments.operands()[0], scratch.path + "/old", now, before, exit)) return exit;
  if (!run_side(arguments, arguments.operands()[1], scratch.path + "/new", now, after, exit)) return exit;
  const std::string format = arguments.value("format").value_or("human");
  std::set<std::string> names;
  for (const auto& [name, records] : before.targets) names.insert(name);
  for (const auto& [name, records] : after.targets) names.insert(name);
  std::ofstream keys;
  if (const auto file = arguments.value("keys")) {
    keys.open(*file, std::ios::binary | std::ios::trunc);
    if (!keys) return usage_error("diff", fmt::format("{} cannot be written", *file));
  }
  uint64_t differing = 0, added = 0, removed = 0;
  std::string json;
  for (const std::string& name : names) {
    const Difference difference = compare_records(before.targets[name], after.targets[name]);
    differing += difference.again.size();
    added += difference.added.size();
    removed += difference.removed.size();
    for (const std::string& key : difference.again) {
      if (keys.is_open()) keys << fmt::format("{{\"target\":{},\"key\":[{}]}}\n", json_text(name), key);
    }
    if (format == "json") {
      std::string fields;
      for (const auto& [field, found] : difference.fields)
        fields += fmt::format("{}{}:{}", fields.empty() ? "" : ",", json_text(field), found.records);
      json += fmt::format("{}{{\"target\":{},\"compared\":{},\"differ\":{},\"added\":{},\"removed\":{},\"fields\":{{{}}}}}",
                          json.empty() ? "" : ",", json_text(name), difference.compared, difference.again.size(), difference.added.size(),
                          difference.removed.size(), fields);
    } else if (!difference.again.empty()) {
      print_target(before, after, name, difference, format == "markdown");
    }
  }
  const Difference rejects = compare_records(before.rejects, after.rejects);
  if (format == "json") {
    fmt::print("{{\"read\":{},\"differ\":{},\"rejected_before\":{},\"rejected_after\":{},\"rejects_differ\":{},\"targets\":[{}]}}\n",
               after.read, differing, before.rejected, after.rejected, rejects.again.size(), json);
  } else {
    if (!rejects.again.empty()) {
      fmt::print("{}rejects: {} before, {} after; {} newly rejected, {} no longer, {} for another reason\n\n",
                 format == "markdown" ? "### " : "", before.rejected, after.rejected, rejects.added.size(), rejects.removed.size(),
                 rejects.again.size() - rejects.added.size() - rejects.removed.size());
    }
    fmt::print("{} records were read; {} keys are to be migrated again: {} change, {} are new, {} are gone", after.read, differing,
               differing - added - removed, added, removed);
    if (keys.is_open()) fmt::print("; they stand in {}", *arguments.value("keys"));
    fmt::print("\n");
  }
  return differing + rejects.again.size() != 0 ? kFindings : kOk;
}

}  // namespace

Verb diff_verb() {
  return {.name = "diff",
          .summary = "runs two versions of a spec over a sample and shows what comes out differently",
          .operands = "OLD.mig NEW.mig",
          .description =
              "Both versions run over the same sample with the same clock, into a folder of their own: nothing is written\n"
              "to the targets. For every rule: in how many records its field is another, with examples. Personal values\n"
              "are masked. Exit 1 when something differs.\n",
          .options =
              {{.name = "data",
                .value = "FILE",
                .help = "the sample; NAME=FILE for a spec with several sources",
                .offer = Offer::kFile,
                .repeated = true},
               {.name = "keys",
                .value = "FILE",
                .help = "writes the keys of the records that differ: what has to be migrated again",
                .offer = Offer::kFile},
               {.name = "set", .value = "NAME=VALUE", .help = "gives a `param` of both specs its value; may be repeated", .repeated = true},
               {.name = "stage", .value = "NAME", .help = "which stage, when the specs have several"},
               engine_choice(),
               {.name = "format",
                .value = "human|markdown|json",
                .help = "markdown: for a pull request",
                .offer = Offer::kChoices,
                .choices = "human markdown json"}},
          .examples = {{"migc diff old/contacts.mig contacts.mig --data sample.ndjson", "what the change does to the sample"},
                       {"migc diff old.mig new.mig --data sample.ndjson --keys again.ndjson --format=markdown",
                        "for a pull request, with the keys"}},
          .run = run_diff};
}

}  // namespace mig::cli
