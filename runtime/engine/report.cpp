#include <algorithm>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "runtime/engine/run.h"

namespace mig {
namespace {

using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void put(Json& json, const char* name, const std::string& text) {
  json.Key(name);
  json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put(Json& json, const char* name, uint64_t number) {
  json.Key(name);
  json.Uint64(number);
}

void put_seconds(Json& json, const char* name, double seconds) {
  json.Key(name);
  json.Double(seconds);
}

const char* kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConfig: return "config";
    case ErrorKind::kUnavailable: return "unavailable";
    case ErrorKind::kNoSpace: return "no space";
    case ErrorKind::kCancelled: return "cancelled";
    case ErrorKind::kCorrupt: return "corrupt";
    case ErrorKind::kSourceChanged: return "source changed";
    case ErrorKind::kFenced: return "fenced";
    case ErrorKind::kConflict: return "conflict";
    case ErrorKind::kBudget: return "budget";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

void put_issues(Json& json, const char* name, const RunReport& report, Verb verb, uint64_t IssueCount::* number) {
  json.Key(name);
  json.StartObject();
  for (const IssueCount& issue : report.issues) {
    if (issue.verb == verb) put(json, issue.code.c_str(), issue.*number);
  }
  json.EndObject();
}

const char* cache_name(CodeFacts::Cache cache) {
  switch (cache) {
    case CodeFacts::Cache::kUnused: return "unused";
    case CodeFacts::Cache::kHit: return "hit";
    case CodeFacts::Cache::kMiss: return "miss";
    case CodeFacts::Cache::kRefused: return "refused";
  }
  return "unused";
}

void put_code(Json& json, const RunReport& report) {
  const CodeFacts& code = report.code;
  json.Key("code");
  json.StartObject();
  json.Key("tiers");
  json.StartArray();
  for (const CodeFacts::Tier& tier : code.tiers) {
    json.StartObject();
    put(json, "name", std::string(tier.name));
    put(json, "records", tier.records);
    json.EndObject();
  }
  json.EndArray();
  json.Key("compiled");
  json.Bool(code.compiled);
  if (code.compiled) {
    put_seconds(json, "ready_seconds", code.ready_seconds);
    put_seconds(json, "waited_seconds", code.waited_seconds);
    json.Key("cpu_seconds");
    json.StartObject();
    put_seconds(json, "session", code.session);
    put_seconds(json, "bodies", code.bodies);
    put_seconds(json, "emit", code.emit);
    put_seconds(json, "optimise", code.optimise);
    put_seconds(json, "generate", code.generate);
    json.EndObject();
    put(json, "inlined", code.inlined);
  }
  put(json, "cache", std::string(cache_name(code.cache)));
  json.Key("stored");
  json.Bool(code.stored);
  put(json, "bytes", code.bytes);
  json.EndObject();
}

}  // namespace

const char* run_status_name(RunStatus status) {
  switch (status) {
    case RunStatus::kFinished: return "finished";
    case RunStatus::kStopped: return "stopped";
    case RunStatus::kFailed: return "failed";
  }
  return "failed";
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConfig:
    case ErrorKind::kCorrupt: return 2;
    case ErrorKind::kBudget: return 3;
    case ErrorKind::kUnavailable:
    case ErrorKind::kNoSpace:
    case ErrorKind::kCancelled: return 4;
    case ErrorKind::kSourceChanged: return 5;
    case ErrorKind::kFenced: return 6;
    case ErrorKind::kConflict: return 7;
    case ErrorKind::kInternal: return 70;
  }
  return 70;
}

int exit_code(const RunReport& report) {
  if (report.error) return exit_code(report.error->kind);
  const bool all = std::all_of(report.reconciles.begin(), report.reconciles.end(),
                               [](const ReconcileOutcome& outcome) { return outcome.holds || !outcome.decides; });
  return all && !report.nothing_written ? 0 : exit_code(ErrorKind::kBudget);
}

std::string report_json(const RunReport& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  json.SetIndent(' ', 2);
  json.SetMaxDecimalPlaces(6);
  json.StartObject();
  put(json, "format", uint64_t{1});
  put(json, "run", report.run_id);
  if (!report.parent_run.empty()) put(json, "parent_run", report.parent_run);
  put(json, "migration", report.migration);
  put(json, "version", report.version);
  put(json, "stage", report.stage);
  if (!report.environment.empty()) put(json, "environment", report.environment);
  put(json, "spec_hash", report.spec_hash);
  put(json, "status", std::string(run_status_name(report.status)));
  put(json, "exit_code", static_cast<uint64_t>(exit_code(report)));
  if (report.error) {
    json.Key("error");
    json.StartObject();
    put(json, "kind", std::string(kind_name(report.error->kind)));
    put(json, "message", report.error->message);
    put(json, "remedy", report.error->remedy);
    json.EndObject();
  }
  json.Key("run_now");
  json.Int64(report.run_now);
  json.Key("resumed");
  json.Bool(report.resumed);
  put(json, "read", report.read);
  put(json, "written", report.written);
  put(json, "merged", report.merged);
  put(json, "skipped", report.skipped);
  put(json, "rejected", report.rejected);
  put(json, "warned", report.warned);
  put(json, "inserted", report.inserted);
  put(json, "updated", report.updated);
  put(json, "unchanged", report.unchanged);
  put_issues(json, "rejects", report, Verb::kReject, &IssueCount::records);
  put_issues(json, "skips", report, Verb::kSkip, &IssueCount::records);
  put_issues(json, "warnings", report, Verb::kWarn, &IssueCount::records);
  put_issues(json, "warning_hits", report, Verb::kWarn, &IssueCount::hits);
  json.Key("targets");
  json.StartArray();
  for (const TargetReport& target : report.targets) {
    json.StartObject();
    put(json, "name", target.name);
    put(json, "connector", target.connector);
    put(json, "identity", target.identity);
    put(json, "guarantee", target.guarantee);
    put(json, "read", target.read);
    put(json, "written", target.written);
    put(json, "merged", target.merged);
    put(json, "skipped", target.skipped);
    put(json, "rejected", target.rejected);
    put(json, "inserted", target.inserted);
    put(json, "updated", target.updated);
    put(json, "unchanged", target.unchanged);
    json.Key("published");
    json.Bool(target.published);
    json.EndObject();
  }
  json.EndArray();
  json.Key("reconcile");
  json.StartArray();
  for (const ReconcileOutcome& outcome : report.reconciles) {
    json.StartObject();
    put(json, "name", outcome.reconcile);
    json.Key("gate");
    json.Bool(outcome.gate);
    json.Key("profile");
    json.Bool(outcome.profile);
    json.Key("holds");
    json.Bool(outcome.holds);
    put(json, "left", outcome.left);
    put(json, "right", outcome.right);
    if (!outcome.holds) {
      put(json, "code", outcome.code);
      put(json, "message", outcome.message);
      if (!outcome.missing.empty()) {
        json.Key("missing");
        json.StartArray();
        for (const std::string& one : outcome.missing) json.String(one.data(), static_cast<rapidjson::SizeType>(one.size()));
        json.EndArray();
      }
    }
    put(json, "place", outcome.place);
    json.EndObject();
  }
  json.EndArray();
  put(json, "input_bytes", report.input_bytes);
  put(json, "output_bytes", report.output_bytes);
  put_seconds(json, "seconds", report.seconds);
  put_seconds(json, "cpu_seconds", report.cpu_seconds);
  json.Key("first_record_seconds");
  if (report.first_record_seconds < 0)
    json.Null();
  else
    json.Double(report.first_record_seconds);
  put(json, "workers", uint64_t{report.workers});
  put(json, "engine", report.engine);
  put(json, "epochs", report.epochs);
  put(json, "allocations", report.allocations);
  json.Key("stage_seconds");
  json.StartObject();
  put_seconds(json, "read", report.times.read);
  put_seconds(json, "decode", report.times.decode);
  put_seconds(json, "map", report.times.map);
  put_seconds(json, "encode", report.times.encode);
  put_seconds(json, "dedupe", report.times.dedupe);
  put_seconds(json, "write", report.times.write);
  put_seconds(json, "sync", report.times.sync);
  put_seconds(json, "idle", report.times.idle);
  json.EndObject();
  put_code(json, report);
  json.Key("files");
  json.StartObject();
  put(json, "rejects", report.rejects_file);
  put(json, "rejects_csv", report.rejects_csv);
  put(json, "warnings", report.warnings_file);
  json.EndObject();
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace mig
