// Runs as the ledger knows them, for `status` and `history`.
#pragma once

#include <string>

#include "runtime/state/ledger.h"
#include "tools/migc/options.h"

namespace mig::cli {

/// `--state`, else `.migc` beside the spec, else `.migc` here.
std::string state_directory(const Arguments& arguments);
/// "2026-03-01 02:00:00Z"; "-" for 0.
std::string moment(int64_t micros);
/// "item T12 is done: Ann (account ann) at ..., evidence ..."
std::string approval_text(const ApprovalRecord& record);
std::string approval_json(const ApprovalRecord& record);
std::string run_json(const RunRecord& record);

}  // namespace mig::cli
