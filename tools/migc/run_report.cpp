#include "tools/migc/run_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/migc/progress.h"
#include "tools/migc/terminal.h"

namespace mig::cli {
namespace {

std::string issue_message(const Plan& plan, const std::string& code) {
  for (const Issue& issue : plan.issues) {
    if (issue.code == code) return issue.message;
  }
  return {};
}

const char* verb_word(Verb verb) {
  switch (verb) {
    case Verb::kReject: return "rejected";
    case Verb::kSkip: return "skipped";
    case Verb::kWarn: return "warned";
    case Verb::kFail: return "failed";
  }
  return "";
}

void print_counts(const RunReport& report, std::FILE* stream) {
  fmt::print(stream, "  {:>13} read\n  {:>13} written", grouped(report.read), grouped(report.written));
  if (report.inserted + report.updated + report.unchanged != 0) {
    fmt::print(stream, " ({} inserted, {} updated, {} unchanged)", grouped(report.inserted), grouped(report.updated),
               grouped(report.unchanged));
  }
  fmt::print(stream, "\n");
  if (report.merged != 0) fmt::print(stream, "  {:>13} merged into another record\n", grouped(report.merged));
  if (report.skipped != 0) fmt::print(stream, "  {:>13} skipped on purpose\n", grouped(report.skipped));
  fmt::print(stream, "  {:>13} rejected\n", grouped(report.rejected));
  if (report.warned != 0) fmt::print(stream, "  {:>13} of the written and merged have a warning\n", grouped(report.warned));
}

/// The first of what a gate asks when all of it holds; else null.
const ReconcileOutcome* open_gate(const RunReport& report, const std::string& name) {
  const ReconcileOutcome* first = nullptr;
  for (const ReconcileOutcome& outcome : report.reconciles) {
    if (!outcome.gate || outcome.reconcile != name) continue;
    if (!outcome.holds || !outcome.missing.empty()) return nullptr;
    if (first == nullptr) first = &outcome;
  }
  return first;
}

}  // namespace

void print_report(const RunReport& report, const Plan& plan, std::FILE* stream) {
  const Style style = style_of(stream);
  const auto print_problem = [&] {
    fmt::print(stream, "{}migc:{} {}\n", style.error, style.plain, report.error->message);
    if (!report.error->remedy.empty()) fmt::print(stream, "  {}\n", report.error->remedy);
  };
  if (report.run_id.empty() && report.error) {
    print_problem();
    return;
  }
  const char* colour = report.status == RunStatus::kFinished ? style.good : style.error;
  fmt::print(stream, "{}run {}{} {}{}{}{} in {}", style.bold, report.run_id.empty() ? "-" : report.run_id, style.plain, colour,
             run_status_name(report.status), style.plain, report.resumed ? " (continued)" : "", seconds_text(report.seconds));
  if (report.seconds > 0 && report.input_bytes != 0)
    fmt::print(stream, ", {}/s", bytes_text(static_cast<double>(report.input_bytes) / report.seconds));
  fmt::print(stream, "\n");
  print_counts(report, stream);
  if (!report.issues.empty()) {
    fmt::print(stream, "\n");
    auto issues = report.issues;
    std::stable_sort(issues.begin(), issues.end(), [](const IssueCount& a, const IssueCount& b) { return a.verb < b.verb; });
    for (const IssueCount& issue : issues) {
      fmt::print(stream, "  {:>13} {:<8} {}{}{}  {}\n", grouped(issue.records), verb_word(issue.verb), style.bold, issue.code, style.plain,
                 issue_message(plan, issue.code));
    }
  }
  fmt::print(stream, "\n");
  for (const TargetReport& target : report.targets) {
    fmt::print(stream, "  output    {}: {}{}\n", target.name, target.identity, target.published ? "" : " (not complete)");
  }
  if (!report.rejects_file.empty()) fmt::print(stream, "  rejects   {}\n", report.rejects_file);
  if (!report.rejects_csv.empty()) fmt::print(stream, "            {}\n", report.rejects_csv);
  if (!report.warnings_file.empty()) fmt::print(stream, "  warnings  {}\n", report.warnings_file);
  for (const ReconcileOutcome& outcome : report.reconciles) {
    const char* const kind = outcome.manual ? "manual step" : outcome.gate ? "gate" : outcome.profile ? "profile" : "reconcile";
    const std::string sides =
        outcome.left.empty() ? std::string() : fmt::format("{} on the left, {} on the right ", outcome.left, outcome.right);
    if (!outcome.missing.empty()) {
      if (report.error) continue;  // which says it, with what to do about it
      for (const std::string& missing : outcome.missing)
        fmt::print(stream, "  {}{}:{} {}\n            ({})\n", style.error,
                   outcome.manual ? "waits for people" : "gate " + outcome.reconcile + " is closed", style.plain, missing, outcome.place);
    } else if (!outcome.holds) {
      fmt::print(stream, "  {}{} {} {}:{} {} {}\n            {}({})\n", outcome.decides ? style.error : style.plain, kind,
                 outcome.reconcile, outcome.gate ? "is closed" : "fails", style.plain, outcome.code, outcome.message, sides, outcome.place);
    } else if (outcome.gate) {
      if (&outcome == open_gate(report, outcome.reconcile))
        fmt::print(stream, "  {}\n", outcome.manual ? "\"" + outcome.reconcile + "\" is done" : "gate " + outcome.reconcile + " holds");
    } else if (outcome.left.empty()) {
      fmt::print(stream, "  {} {} holds\n", kind, outcome.reconcile);
    } else {
      fmt::print(stream, "  {} {} holds: {} and {}\n", kind, outcome.reconcile, outcome.left, outcome.right);
    }
  }
  if (report.nothing_written) {
    fmt::print(stream, "\n{}migc:{} nothing was written: every record was rejected\n  {}\n", style.error, style.plain,
               "the reject log says why; a spec that expects this says so with a budget (max_rejected, max_rejected_rate)");
  }
  if (report.error) {
    fmt::print(stream, "\n");
    print_problem();
  }
}

namespace {

const char* cache_word(const CodeFacts& code) {
  switch (code.cache) {
    case CodeFacts::Cache::kUnused: return "not used";
    case CodeFacts::Cache::kHit: return "1 hit";
    case CodeFacts::Cache::kMiss: return code.stored ? "1 miss, kept for the next run" : "1 miss, not kept";
    case CodeFacts::Cache::kRefused: return code.stored ? "1 entry refused and replaced" : "1 entry refused, not replaced";
  }
  return "";
}

void print_code(const CodeFacts& code, std::FILE* stream) {
  fmt::print(stream, "  code:");
  for (size_t i = 0; i < code.tiers.size(); ++i) {
    const CodeFacts::Tier& tier = code.tiers[i];
    const std::string_view name = tier.name == std::string_view("interp") ? "the interpreter" : tier.name;
    fmt::print(stream, "{} {}{} by {}", i == 0 ? "" : ",", grouped(tier.records), i == 0 ? " records" : "", name);
  }
  if (!code.compiled) {
    fmt::print(stream, "; nothing was compiled\n");
    return;
  }
  fmt::print(stream, "; ready after {:.1f} ms", code.ready_seconds * 1e3);
  if (code.waited_seconds > 0) fmt::print(stream, ", which records waited for {:.1f} ms", code.waited_seconds * 1e3);
  fmt::print(stream, "\n");
  fmt::print(stream, "    CPU: session {:.1f} ms, bodies {:.1f} ms ({} inlined), emit {:.1f} ms, optimise {:.1f} ms, generate {:.1f} ms\n",
             code.session * 1e3, code.bodies * 1e3, code.inlined, code.emit * 1e3, code.optimise * 1e3, code.generate * 1e3);
  fmt::print(stream, "    cache: {}", cache_word(code));
  if (code.bytes != 0) fmt::print(stream, ", {}", bytes_text(static_cast<double>(code.bytes)));
  fmt::print(stream, "\n");
}

}  // namespace

void print_timings(const RunReport& report, std::FILE* stream) {
  const StageTimes& times = report.times;
  const double known = times.read + times.decode + times.map + times.encode + times.dedupe + times.write;
  const double total = std::max(report.cpu_seconds, known);
  const auto line = [&](const char* name, double seconds) {
    fmt::print(stream, "  {:<8} {:>9.3f}s  {:>5.1f} %\n", name, seconds, total > 0 ? 100 * seconds / total : 0.0);
  };
  fmt::print(stream, "\nprocessor time of all threads, by stage ({}, {} worker{}):\n", report.engine, report.workers,
             report.workers == 1 ? "" : "s");
  line("read", times.read);
  line("decode", times.decode);
  line("map", times.map);
  line("encode", times.encode);
  line("dedupe", times.dedupe);
  line("write", times.write);
  line("other", total - known);
  fmt::print(stream, "  beside the work: {:.3f}s making epochs durable; workers waited {:.3f}s for one another\n", times.sync, times.idle);
  fmt::print(stream, "  wall {:.3f}s, CPU {:.3f}s, {} in, {} out, {} commits\n", report.seconds, report.cpu_seconds,
             bytes_text(static_cast<double>(report.input_bytes)), bytes_text(static_cast<double>(report.output_bytes)), report.epochs);
  if (report.allocations != 0) fmt::print(stream, "  {} records, {} allocations\n", grouped(report.read), grouped(report.allocations));
  print_code(report.code, stream);
}

}  // namespace mig::cli
