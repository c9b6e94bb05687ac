#include "runtime/engine/stream_target.h"

#include <algorithm>

namespace mig {

Result<void> StreamTarget::stop_at_budget(WorkItem& item, uint32_t taken, const LogEntries* extra) {
  if (auto counted = books_.take(item, taken, false, extra, setup_.map); !counted) return counted;
  auto exceeded = books_.check_budget();
  return exceeded ? Result<void>(Error{ErrorKind::kInternal, "a budget stopped the run without being exceeded", ""}) : exceeded;
}

Result<void> StreamTarget::commit(WorkItem& item) {
  StageClock clock;
  clock.start();
  if (const auto taken = books_.budget_stop(item.fates)) {
    // What came before is kept; this chunk is read again when the run continues.
    if (auto sealed = books_.seal(false); !sealed) return sealed;
    return stop_at_budget(item, *taken, nullptr);
  }
  const std::string_view all = item.rows;
  const Rows rows{{&all, 1}, item.row_sizes.data(), static_cast<uint32_t>(item.row_sizes.size())};
  if (auto done = sink_.write(rows, written_); !done) return done;
  const LogEntries* extra = nullptr;
  if (!written_.refusals.empty() || !written_.existing.empty()) {
    if (auto described = setup_.plan->maps[setup_.map].emitted ? describe_emitted(item) : describe_refusals(item); !described)
      return described;
    extra = &late_;
    if (const auto taken = books_.budget_stop(item.fates)) return stop_at_budget(item, *taken, extra);
  }
  if (auto counted = books_.take(item, static_cast<uint32_t>(item.fates.size()), false, extra, setup_.map); !counted) return counted;
  Counts& counts = books_.state().counts;
  if (setup_.plan->maps[setup_.map].emitted) {
    // Each row is a record of its own.
    counts.read += item.row_sizes.size();
    counts.written += item.row_sizes.size() - written_.refusals.size();
    counts.rejected += written_.refusals.size();
  }
  counts.inserted += written_.inserted;
  counts.updated += written_.updated;
  counts.unchanged += written_.unchanged;
  books_.pass(item);
  clock.charge(times.write);
  return books_.seal_if_due(item.chunk.size);
}

Result<void> StreamTarget::find_scribe() {
  if (scribe_ != nullptr) return {};
  auto made = Scribe::make(setup_);
  if (!made) return made.error();
  scribe_ = std::move(*made);
  return {};
}

/// One entry a source record with refused rows: a log has one entry a record.
Result<void> StreamTarget::describe_emitted(WorkItem& item) {
  if (auto found = find_scribe(); !found) return found;
  const Plan& plan = *setup_.plan;
  const TargetPlan& target = plan.targets[plan.maps[setup_.map].target];
  std::vector<Scribe::Wanted> wanted;
  for (Refusal& refused : written_.refusals) {
    const uint32_t record = item.row_records[refused.row];
    const uint32_t site = refused.existing ? target.on_existing_site : plan.refused_site;
    if (!wanted.empty() && wanted.back().record == record) {
      wanted.back().message += "; " + refused.message;
      ++item.raised.back().hits;
      continue;
    }
    item.raised.push_back({record, plan.sites[site].issue, 1});
    wanted.push_back({record, site, false, std::move(refused.message)});
  }
  scribe_->describe(item.chunk, wanted, late_);
  return {};
}

Result<void> StreamTarget::describe_refusals(WorkItem& item) {
  if (auto found = find_scribe(); !found) return found;
  const Plan& plan = *setup_.plan;
  const TargetPlan& target = plan.targets[plan.maps[setup_.map].target];
  std::vector<Scribe::Wanted> wanted;
  size_t refusal = 0, existing = 0;
  uint32_t row = 0;
  for (uint32_t record = 0; record < item.fates.size(); ++record) {
    if ((item.fates[record] & kFateMask) != kFateWritten) continue;
    if (refusal < written_.refusals.size() && written_.refusals[refusal].row == row) {
      Refusal& refused = written_.refusals[refusal++];
      const uint32_t site = refused.existing ? target.on_existing_site : plan.refused_site;
      item.fates[record] = kFateRejected;
      std::erase_if(item.raised, [&](const Raised& raised) { return raised.record == record; });
      item.raised.push_back({record, plan.sites[site].issue, 1});
      wanted.push_back({record, site, false, std::move(refused.message)});
    } else if (existing < written_.existing.size() && written_.existing[existing] == row) {
      ++existing;
      item.fates[record] = static_cast<uint8_t>(item.fates[record] | kFateWarned);
      item.raised.push_back({record, plan.sites[target.on_existing_site].issue, 1});
      wanted.push_back({record, target.on_existing_site, true, {}});
    }
    ++row;
  }
  std::stable_sort(item.raised.begin(), item.raised.end(), [](const Raised& a, const Raised& b) { return a.record < b.record; });
  scribe_->describe(item.chunk, wanted, late_);
  return {};
}

}  // namespace mig
