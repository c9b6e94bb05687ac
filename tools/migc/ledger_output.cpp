#include "tools/migc/ledger_output.h"

#include <fmt/format.h>

#include "runtime/base/file.h"
#include "runtime/types/civil_time.h"
#include "tools/migc/json_text.h"

namespace mig::cli {

std::string state_directory(const Arguments& arguments) {
  if (const auto given = arguments.value("state")) return *given;
  if (arguments.operands().empty()) return ".migc";
  return directory_of(arguments.operands()[0]) + "/.migc";
}

std::string moment(int64_t micros) {
  if (micros == 0) return "-";
  char buffer[kTimeTextSize];
  return {buffer, static_cast<size_t>(write_timestamp(micros - micros % kMicrosPerSecond, buffer))};
}

std::string approval_text(const ApprovalRecord& r) {
  const std::string what =
      r.stage.empty() ? fmt::format("item {} is done", r.subject)
      : r.role.empty()
          ? fmt::format("\"{}\" of stage {}{} is done{}", r.subject, r.stage, r.environment.empty() ? "" : " in " + r.environment,
                        r.run_id.empty() ? "" : " for run " + r.run_id)
          : fmt::format("gate {} of stage {}{} is approved as {}{}", r.subject, r.stage,
                        r.environment.empty() ? "" : " in " + r.environment, r.role, r.run_id.empty() ? "" : " for run " + r.run_id);
  const std::string evidence = r.evidence.empty()   ? std::string()
                               : r.evidence_is_file ? fmt::format(", evidence {} (sha256:{})", r.evidence, r.evidence_hash.substr(0, 12))
                                                    : fmt::format(", evidence \"{}\"", r.evidence);
  return fmt::format("{}: {}{} at {}{}", what, r.by, r.by == r.account ? "" : fmt::format(" (account {})", r.account), moment(r.at),
                     evidence);
}

std::string approval_json(const ApprovalRecord& r) {
  return fmt::format(
      "{{\"subject\":{},\"stage\":{},\"environment\":{},\"role\":{},\"by\":{},\"account\":{},\"at\":{},\"evidence\":{},"
      "\"evidence_is_file\":{},\"evidence_sha256\":{},\"spec_sha256\":{},\"run\":{}}}",
      json_text(r.subject), json_text(r.stage), json_text(r.environment), json_text(r.role), json_text(r.by), json_text(r.account),
      json_text(moment(r.at)), json_text(r.evidence), r.evidence_is_file, json_text(r.evidence_hash), json_text(r.spec_hash),
      json_text(r.run_id));
}

std::string run_json(const RunRecord& r) {
  return fmt::format(
      "{{\"run\":{},\"parent\":{},\"migration\":{},\"stage\":{},\"environment\":{},\"version\":{},\"program\":{},\"status\":{},\"started\":"
      "{},\"ended\":{},"
      "\"attempts\":{},"
      "\"read\":{},\"written\":{},\"merged\":{},\"skipped\":{},\"rejected\":{},\"warned\":{},\"seconds\":{:.3f},\"error\":{}}}",
      json_text(r.run_id), json_text(r.parent_run), json_text(r.migration), json_text(r.stage), json_text(r.environment),
      json_text(r.spec_version), json_text(r.spec_hash), json_text(r.status), json_text(moment(r.started)), json_text(moment(r.ended)),
      r.attempts, r.read, r.written, r.merged, r.skipped, r.rejected, r.warned, r.seconds, json_text(r.error));
}

}  // namespace mig::cli
