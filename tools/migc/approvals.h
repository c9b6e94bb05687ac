// What people answered for, from the ledger: items that are done, gates that are approved, and why an answer does not count.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/planner/checks.h"
#include "runtime/state/ledger.h"

namespace mig::cli {

/// SHA-256 of all files of the spec, hex: what somebody approves at a gate.
std::string spec_digest(const driver::Session& session);
/// SHA-256 of the declaration of an item, hex: spaces and line breaks do not matter.
std::string item_digest(const driver::Session& session, uint32_t item);
/// SHA-256 of a file's content or of a text, hex; null when the file cannot be read.
std::optional<std::string> evidence_digest(const std::string& evidence, bool is_file);
/// A setting of an item as text; "" without.
std::string item_setting(const driver::Session& session, uint32_t item, std::string_view name);

/// The gate that asks.
struct AskingGate {
  std::string stage, environment, run_id;
  bool before = false;  // in front of what the stage runs: then an approval may be older than the run, and opens one run only
};

/// Answers from a ledger, for one gate after the other.
class LedgerApprovals final : public planner::ApprovalReader {
 public:
  /// Everything outlives the object. `state`: as `--state` names it; "": not given.
  LedgerApprovals(const driver::Session& session, Ledger& ledger, std::string state)
      : session_(session), ledger_(ledger), state_(std::move(state)) {}
  /// Reads the ledger and the clock for this gate.
  Result<void> ask_for(AskingGate gate);
  Answer item(uint32_t item) override;
  Answer approval(const std::string& gate, const std::string& role, int64_t within) override;
  Answer manual(const std::string& instruction) override;
  /// Numbers of the approvals that counted since ask_for.
  const std::vector<uint64_t>& counted() const { return counted_; }

 private:
  std::string command(const std::string& subject, const std::string& more) const;

  const driver::Session& session_;
  Ledger& ledger_;
  std::string state_;
  AskingGate gate_;
  std::vector<ApprovalRecord> records_;
  std::vector<uint64_t> used_, counted_;
  int64_t now_ = 0;
};

}  // namespace mig::cli
