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

std::string run_json(const RunRecord& r) {
  return fmt::format(
      "{{\"run\":{},\"parent\":{},\"migration\":{},\"stage\":{},\"version\":{},\"program\":{},\"status\":{},\"started\":{},\"ended\":{},"
      "\"attempts\":{},"
      "\"read\":{},\"written\":{},\"merged\":{},\"skipped\":{},\"rejected\":{},\"warned\":{},\"seconds\":{:.3f},\"error\":{}}}",
      json_text(r.run_id), json_text(r.parent_run), json_text(r.migration), json_text(r.stage), json_text(r.spec_version),
      json_text(r.spec_hash), json_text(r.status), json_text(moment(r.started)), json_text(moment(r.ended)), r.attempts, r.read, r.written,
      r.merged, r.skipped, r.rejected, r.warned, r.seconds, json_text(r.error));
}

}  // namespace mig::cli
