// migc approve: somebody answers for an item that people do, or for a gate.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "compiler/base/edit_distance.h"
#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "tools/migc/approvals.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/ledger_output.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

std::string account_name() {
  const passwd* const entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : fmt::format("uid {}", geteuid());
}

struct FoundGate {
  const sema::StageSymbol* stage = nullptr;
  const syntax::GateStep* gate = nullptr;  // null: a `manual` step
  bool before = false;                     // in front of a `run`
};

std::vector<FoundGate> gates_named(const sema::Program& checked, const std::string& name, const std::string& stage) {
  std::vector<FoundGate> found;
  for (const sema::StageSymbol& each : checked.stages) {
    if (!stage.empty() && each.name != stage) continue;
    const auto& steps = checked.modules[each.module].tree[each.decl].as<syntax::StageDecl>().steps;
    for (size_t i = 0; i < steps.size(); ++i) {
      const auto* gate = steps[i].get_if<syntax::GateStep>();
      const auto* manual = steps[i].get_if<syntax::ManualStep>();
      if ((gate == nullptr || gate->name.text != name) && (manual == nullptr || manual->instruction.value != name)) continue;
      const bool before = std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(i), steps.end(),
                                      [](const syntax::Step& step) { return step.kind() == syntax::StepKind::run; });
      found.push_back({&each, gate, before});
    }
  }
  return found;
}

std::vector<std::string> roles_of(const syntax::GateStep& gate) {
  std::vector<std::string> roles;
  for (const syntax::GateItem& item : gate.items) {
    if (const auto* approve = std::get_if<syntax::GateApprove>(&item)) roles.push_back(approve->role.value);
  }
  return roles;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// What the spec has under no such name.
std::string unknown_subject(const sema::Program& checked, const std::string& name) {
  std::vector<std::string> names;
  for (const sema::Origin& item : checked.items) names.push_back(item.name);
  for (const sema::StageSymbol& stage : checked.stages) {
    for (const syntax::Step& step : checked.modules[stage.module].tree[stage.decl].as<syntax::StageDecl>().steps) {
      if (const auto* gate = step.get_if<syntax::GateStep>()) names.push_back(gate->name.text);
      if (const auto* manual = step.get_if<syntax::ManualStep>()) names.push_back("\"" + manual->instruction.value + "\"");
    }
  }
  const auto near = nearest_name(name, {names.begin(), names.end()});
  return fmt::format("the spec has no item, gate or manual step {}{}{}", name, near ? fmt::format(" (did you mean {}?)", *near) : "",
                     names.empty() ? "" : "; there are: " + listed(names));
}

/// Fills evidence and its hash; a message when it cannot be what was meant.
std::string take_evidence(const std::string& given, ApprovalRecord& record) {
  record.evidence = given;
  std::error_code ignored;
  record.evidence_is_file = std::filesystem::is_regular_file(given, ignored);
  if (record.evidence_is_file) {
    record.evidence = std::filesystem::absolute(given, ignored).lexically_normal().string();
  } else if (given.find_first_of(" \n") == std::string::npos && given.find("://") == std::string::npos) {
    return fmt::format("--evidence: there is no file {}; a text has several words, a link has ://", given);
  }
  const auto digest = evidence_digest(record.evidence, record.evidence_is_file);
  if (!digest) return fmt::format("--evidence: {} cannot be read", record.evidence);
  record.evidence_hash = *digest;
  return {};
}

/// Which gate is meant, and as whom; a message when it is not clear.
std::string take_gate(const driver::Session& session, const Arguments& arguments, const FoundGate& found, ApprovalRecord& record) {
  const auto role = arguments.value("role");
  if (found.gate != nullptr) {
    const std::vector<std::string> roles = roles_of(*found.gate);
    if (roles.empty()) return fmt::format("gate {} asks nobody for approval", record.subject);
    if (!role && roles.size() > 1) return fmt::format("gate {} asks several: say --role, one of {}", record.subject, listed(roles));
    record.role = role.value_or(roles.front());
    if (std::find(roles.begin(), roles.end(), record.role) == roles.end())
      return fmt::format("--role {}: gate {} asks {}", record.role, record.subject, listed(roles));
  } else if (role) {
    return fmt::format("--role is for gates; \"{}\" is a manual step", record.subject);
  }
  record.stage = found.stage->name;
  const auto environment = arguments.value("environment");
  if (environment && !found.stage->environment.empty() && *environment != found.stage->environment)
    return fmt::format("--environment {}: stage {} runs in {}", *environment, record.stage, found.stage->environment);
  record.environment = environment.value_or(found.stage->environment);
  record.spec_hash = spec_digest(session);
  return {};
}

/// The run that a gate is approved for. Behind what a stage runs there must be one that stands at the gate.
Result<void> take_run(Ledger& ledger, const FoundGate& found, ApprovalRecord& record) {
  auto run = ledger.unfinished(record.migration, record.stage);
  if (!run) return run.error();
  if (*run && (*run)->environment == record.environment) record.run_id = (*run)->run_id;
  if (found.before) return {};
  auto waits = record.run_id.empty() ? Result<bool>(false) : ledger.waits_at(record.run_id, record.subject);
  if (!waits) return waits.error();
  if (*waits) return {};
  return Error{ErrorKind::kConfig,
               fmt::format("no run of stage {}{} waits {}{}: there is nothing to approve yet", record.stage,
                           record.environment.empty() ? "" : " in " + record.environment, found.gate != nullptr ? "at gate " : "for ",
                           found.gate != nullptr ? record.subject : "\"" + record.subject + "\""),
               "run the stage first; it stops there when everything is written and measured"};
}

int run_approve(const Arguments& arguments) {
  if (arguments.operands().size() != 2)
    return usage_error("approve", "takes the spec and the name of an item or a gate, or the text of a manual step");
  const std::string& name = arguments.operands()[1];
  int exit = kOk;
  const auto session = checked_spec("approve", {arguments.operands()[0]}, false, exit);
  if (session == nullptr) return exit;
  const sema::Program& checked = *session->checked.program;
  ApprovalRecord record;
  record.migration = checked.migration;
  record.subject = name;
  record.account = account_name();
  record.by = arguments.value("by").value_or(record.account);
  if (record.by.empty()) return usage_error("approve", "--by takes a name");
  const std::string stage = arguments.value("stage").value_or("");
  const auto gates = gates_named(checked, name, stage);
  const auto item = std::find_if(checked.items.begin(), checked.items.end(), [&](const sema::Origin& one) { return one.name == name; });
  const bool is_item = item != checked.items.end() && stage.empty();
  if (is_item && !gates.empty()) return usage_error("approve", fmt::format("{} is an item and a gate: say --stage for the gate", name));
  if (!is_item && gates.empty()) return usage_error("approve", unknown_subject(checked, name));
  if (gates.size() > 1) {
    std::vector<std::string> stages;
    for (const FoundGate& gate : gates) stages.push_back(gate.stage->name);
    return usage_error("approve", fmt::format("several stages have {}: say --stage, one of {}", name, listed(stages)));
  }
  const auto evidence = arguments.value("evidence");
  if (is_item) {
    const auto index = static_cast<uint32_t>(item - checked.items.begin());
    for (const char* option : {"role", "environment"}) {
      if (arguments.has(option)) return usage_error("approve", fmt::format("--{} is for gates; {} is an item", option, name));
    }
    const std::string wanted = item_setting(*session, index, "evidence");
    if (!evidence && !wanted.empty()) return usage_error("approve", fmt::format("item {} asks for --evidence: {}", name, wanted));
    record.spec_hash = item_digest(*session, index);
  } else if (const std::string problem = take_gate(*session, arguments, gates.front(), record); !problem.empty()) {
    return usage_error("approve", problem);
  }
  if (evidence) {
    if (const std::string problem = take_evidence(*evidence, record); !problem.empty()) return usage_error("approve", problem);
  }
  auto ledger = Ledger::open(state_directory(arguments));
  Result<void> done = ledger ? Result<void>() : Result<void>(ledger.error());
  if (done && !is_item) done = take_run(**ledger, gates.front(), record);
  record.at = wall_micros();
  if (done) done = (*ledger)->approve(record);
  if (!done) {
    print_error(stderr, done.error());
    return kUsage;
  }
  fmt::print("{}\n", approval_text(record));
  return kOk;
}

}  // namespace

Verb approve_verb() {
  return {.name = "approve",
          .summary = "records that an item or a manual step is done, or that somebody approves a gate",
          .operands = "SPEC.mig ITEM|GATE|TEXT",
          .description =
              "Writes who, when and the SHA-256 of the evidence into the ledger of the state directory, durably. An\n"
              "approval is never changed; the newest one counts.\n\n"
              "`require done(ITEM)` in a gate holds until the declaration of the item or the file of evidence changes.\n"
              "`approve \"ROLE\" within 4h` holds that long, for the spec as it is now, and for one run: behind what the\n"
              "stage runs, for the run that waits at the gate; in front of it, for that one or the next.\n"
              "`manual \"TEXT\"` is done for one run in the same way; TEXT is said as the spec has it.\n",
          .options =
              {{.name = "role", .value = "ROLE", .help = "as whom a gate is approved; needed when it asks several"},
               {.name = "by", .value = "WHO", .help = "who answers for it; default: the account, which is recorded in any case"},
               {.name = "evidence",
                .value = "FILE|TEXT",
                .help = "a file, whose content is then part of the approval, a link, or a sentence",
                .offer = Offer::kFile},
               {.name = "stage", .value = "NAME", .help = "which stage's gate, when several have one of this name"},
               {.name = "environment", .value = "NAME", .help = "of the run; default: what the stage says"},
               {.name = "state", .value = "DIR", .help = "where the ledger lies; default: .migc beside the spec", .offer = Offer::kFolder}},
          .examples = {{"migc approve crm.mig T12 --by 'Ann Lee' --evidence minutes.pdf", "item T12 is done"},
                       {"migc approve crm.mig sign_off --role finance-controller --evidence 'ticket CR-1841'",
                        "opens a gate for the run that waits there"}},
          .run = run_approve};
}

}  // namespace mig::cli
