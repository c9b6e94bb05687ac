#include "tools/migc/approvals.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/schemas/lock.h"
#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "tools/migc/ledger_output.h"

namespace mig::cli {
namespace {

constexpr uint64_t kEvidenceLimit = 1ull << 30;  // bytes

std::string hex_digest(std::string_view bytes) {
  const std::string digest = schemas::content_digest(bytes);
  return digest.substr(digest.find(':') + 1);
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    if (c != '\'') out += c;
  }
  return out + "'";
}

std::string in_words(int64_t micros) {
  constexpr int64_t kMinute = 60'000'000;
  const int64_t minutes = micros / kMinute;
  if (minutes < 2) return fmt::format("{} s", micros / 1'000'000);
  return minutes < 120 ? fmt::format("{} min", minutes) : fmt::format("{} h", minutes / 60);
}

/// Why the evidence is no longer what was shown; "" when it is.
std::string evidence_problem(const ApprovalRecord& record) {
  if (!record.evidence_is_file) return {};
  const auto digest = evidence_digest(record.evidence, true);
  if (!digest) return "its evidence " + record.evidence + " is gone";
  return *digest == record.evidence_hash ? "" : "its evidence " + record.evidence + " is another file now";
}

}  // namespace

std::string spec_digest(const driver::Session& session) {
  std::vector<std::string> files;
  for (uint32_t i = 0; i < session.sources.file_count(); ++i) {
    const FileId file{i};
    files.push_back(fmt::format("{}\n{}\n", session.sources.name(file), hex_digest(session.sources.text(file))));
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const std::string& file : files) all += file;
  return hex_digest(all);
}

std::string item_digest(const driver::Session& session, uint32_t item) {
  const sema::Program& checked = *session.checked.program;
  const sema::Origin& origin = checked.items[item];
  std::string text;
  bool blank = false;
  for (const char c : session.sources.text(checked.modules[origin.module].tree[origin.decl].span)) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space && blank && !text.empty()) text += ' ';
    if (!space) text += c;
    blank = space;
  }
  return hex_digest(text);
}

std::optional<std::string> evidence_digest(const std::string& evidence, bool is_file) {
  if (!is_file) return hex_digest(evidence);
  const auto bytes = read_whole(evidence, kEvidenceLimit);
  return bytes ? std::optional(hex_digest(*bytes)) : std::nullopt;
}

std::string item_setting(const driver::Session& session, uint32_t item, std::string_view name) {
  const sema::Program& checked = *session.checked.program;
  const sema::Origin& origin = checked.items[item];
  const syntax::Module& tree = checked.modules[origin.module].tree;
  const syntax::Setting* const setting = tree[origin.decl].as<syntax::ItemDecl>().settings.find(name);
  if (setting == nullptr) return {};
  const auto* text = tree[setting->value].get_if<syntax::StringExpr>();
  return text != nullptr ? text->value : std::string(session.sources.text(tree[setting->value].span));
}

Result<void> LedgerApprovals::ask_for(AskingGate gate) {
  gate_ = std::move(gate);
  counted_.clear();
  now_ = wall_micros();
  auto records = ledger_.approvals(session_.checked.program->migration);
  if (!records) return records.error();
  records_ = std::move(*records);
  std::erase_if(records_, [&](const ApprovalRecord& one) { return one.migration != session_.checked.program->migration; });
  auto used = ledger_.approvals_used(gate_.run_id);
  if (!used) return used.error();
  used_ = std::move(*used);
  return {};
}

std::string LedgerApprovals::command(const std::string& subject, const std::string& more) const {
  return fmt::format("migc approve {} {}{}{}", session_.spec_file, subject, more, state_.empty() ? "" : " --state " + quoted(state_));
}

LedgerApprovals::Answer LedgerApprovals::item(uint32_t index) {
  const sema::Origin& origin = session_.checked.program->items[index];
  const auto& declared = session_.checked.program->modules[origin.module].tree[origin.decl].as<syntax::ItemDecl>();
  const std::string evidence = item_setting(session_, index, "evidence");
  Answer answer;
  answer.command = command(origin.name, evidence.empty() ? "" : " --evidence " + quoted(evidence));
  std::string why = "nobody has said so";
  const auto record = std::find_if(records_.begin(), records_.end(),
                                   [&](const ApprovalRecord& one) { return one.stage.empty() && one.subject == origin.name; });
  if (record != records_.end()) {
    why = evidence_problem(*record);
    if (why.empty() && record->spec_hash != item_digest(session_, index)) why = "what it asks for changed since";
    answer.given = why.empty();
    if (answer.given) counted_.push_back(record->number);
    why = fmt::format("{} said so at {}, but {}", record->by, moment(record->at), why);
  }
  const std::string owner = item_setting(session_, index, "owner");
  answer.missing =
      fmt::format("item {} \"{}\" is not done{} ({})", origin.name, declared.title.value, owner.empty() ? "" : ", owner " + owner, why);
  return answer;
}

LedgerApprovals::Answer LedgerApprovals::manual(const std::string& instruction) { return approval(instruction, "", 0); }

LedgerApprovals::Answer LedgerApprovals::approval(const std::string& gate, const std::string& role, int64_t within) {
  const bool is_manual = role.empty();
  Answer answer;
  answer.command =
      command(is_manual ? quoted(gate) : gate,
              fmt::format(" --stage {}{}{}", gate_.stage, gate_.environment.empty() ? "" : " --environment " + gate_.environment,
                          is_manual ? "" : " --role " + quoted(role)));
  std::string why = is_manual ? "nobody has said so" : "nobody has";
  for (const ApprovalRecord& record : records_) {
    if (record.stage != gate_.stage || record.subject != gate || record.role != role || record.environment != gate_.environment) continue;
    why = evidence_problem(record);
    if (why.empty() && record.spec_hash != spec_digest(session_)) why = "the spec changed since";
    if (why.empty() && within != 0 && now_ - record.at > within)
      why = fmt::format("that is {} ago, and holds for {}", in_words(now_ - record.at), in_words(within));
    if (why.empty() && record.run_id != gate_.run_id && (!gate_.before || !record.run_id.empty())) why = "that was another run";
    if (why.empty() && std::find(used_.begin(), used_.end(), record.number) != used_.end()) why = "that opened another run";
    if (why.empty()) {
      answer.given = true;
      counted_.push_back(record.number);
      return answer;
    }
    why = fmt::format("{} {} at {}, but {}", record.by, is_manual ? "said so" : "did", moment(record.at), why);
    break;  // the newest one tells most
  }
  answer.missing =
      is_manual ? fmt::format("\"{}\" is not done ({})", gate, why) : fmt::format("\"{}\" has not approved it ({})", role, why);
  return answer;
}

}  // namespace mig::cli
