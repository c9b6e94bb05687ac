#include "runtime/engine/bookkeeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/base/failpoint.h"

namespace mig {
namespace {

constexpr int64_t kProgressNanos = 200'000'000;
constexpr double kWorkPerSeal = 8;
constexpr uint64_t kPatience = 8;  // epochs that may pile up behind a slow disk before the work waits for it

}  // namespace

Hardener::Hardener(Sink& sink, RejectLog& log) : sink_(sink), log_(log), thread_([this] { work(); }) {}

Hardener::~Hardener() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Hardener::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return requested_ || ending_; });
    if (!requested_) return;
    requested_ = false;
    lock.unlock();
    const int64_t began = steady_nanos();
    Result<void> done = log_.sync();
    if (done) done = sink_.harden();
    const int64_t ended = steady_nanos();
    lock.lock();
    nanos_ += ended - began;
    if (!done && !error_) error_ = done.error();
    busy_ = false;
    changed_.notify_all();
  }
}

void Hardener::start() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = busy_ = true;
  }
  changed_.notify_all();
}

bool Hardener::busy() {
  const std::lock_guard lock(mutex_);
  return busy_;
}

Result<void> Hardener::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
  if (error_) return *error_;
  return {};
}

Bookkeeper::Bookkeeper(const Plan& plan, const RunOptions& options, Sink& sink, RejectLog& log, EngineState state, uint64_t sequence,
                       const Counts& earlier)
    : plan_(plan), options_(options), sink_(sink), log_(log), state_(std::move(state)), sequence_(sequence), earlier_(earlier) {
  state_.counts.issues.resize(plan.issues.size());
  state_.log_suffix = log.suffix();
  sealed_ = state_;
  const Budgets& budgets = plan.budgets;
  has_budgets_ = budgets.max_rejected || budgets.max_rejected_rate || budgets.max_warned || budgets.max_warned_rate;
  const SinkTraits traits = sink.traits();
  transactional_ = traits.transactional;
  if (traits.hardens_apart) hardener_ = std::make_unique<Hardener>(sink, log);
  began_ = epoch_began_ = steady_nanos();
}

Counts Bookkeeper::totals() const {
  Counts sum = earlier_;
  const Counts& mine = state_.counts;
  for (uint64_t Counts::* member : {&Counts::read, &Counts::written, &Counts::merged, &Counts::skipped, &Counts::rejected, &Counts::warned,
                                    &Counts::inserted, &Counts::updated, &Counts::unchanged, &Counts::pending}) {
    sum.*member += mine.*member;
  }
  sum.issues.resize(plan_.issues.size());
  for (size_t i = 0; i < mine.issues.size(); ++i) {
    sum.issues[i].records += mine.issues[i].records;
    sum.issues[i].hits += mine.issues[i].hits;
  }
  return sum;
}

std::string Bookkeeper::exceeded(uint64_t read, uint64_t rejected, uint64_t warned) const {
  const Budgets& budgets = plan_.budgets;
  if (budgets.max_rejected && rejected > *budgets.max_rejected) {
    return fmt::format("{} records are rejected; max_rejected is {}", rejected, *budgets.max_rejected);
  }
  if (budgets.max_warned && warned > *budgets.max_warned)
    return fmt::format("{} records have warnings; max_warned is {}", warned, *budgets.max_warned);
  if (read < budgets.rate_after || read == 0) return {};
  const double all = static_cast<double>(read);
  if (budgets.max_rejected_rate && static_cast<double>(rejected) > *budgets.max_rejected_rate * all) {
    return fmt::format("{} of {} records are rejected; max_rejected_rate is {}%", rejected, read, *budgets.max_rejected_rate * 100);
  }
  if (budgets.max_warned_rate && static_cast<double>(warned) > *budgets.max_warned_rate * all) {
    return fmt::format("{} of {} records have warnings; max_warned_rate is {}%", warned, read, *budgets.max_warned_rate * 100);
  }
  return {};
}

std::optional<uint32_t> Bookkeeper::budget_stop(const std::vector<uint8_t>& fates) const {
  if (!has_budgets_) return {};
  uint64_t read = earlier_.read + state_.counts.read;
  uint64_t rejected = earlier_.rejected + state_.counts.rejected;
  uint64_t warned = earlier_.warned + state_.counts.warned;
  for (uint32_t i = 0; i < fates.size(); ++i) {
    const uint8_t fate = fates[i];
    if ((fate & kFateMask) == kFateIgnored) continue;
    ++read;
    rejected += (fate & kFateMask) == kFateRejected ? 1 : 0;
    warned += (fate & kFateWarned) != 0 ? 1 : 0;
    if (!exceeded(read, rejected, warned).empty()) return i + 1;
  }
  return {};
}

Result<void> Bookkeeper::check_budget() const {
  if (!has_budgets_) return {};
  const Counts& mine = state_.counts;
  std::string why = exceeded(earlier_.read + mine.read, earlier_.rejected + mine.rejected, earlier_.warned + mine.warned);
  if (why.empty()) return {};
  return Error{ErrorKind::kBudget, std::move(why),
               "look at the reject log; repair the data or raise the budget, then run again: the run continues"};
}

void Bookkeeper::count_issue(uint32_t issue, uint64_t hits) {
  ++state_.counts.issues[issue].records;
  state_.counts.issues[issue].hits += hits;
}

void Bookkeeper::push_reject_row(const LogEntries& entries, const LogEntry& entry, uint32_t map, uint64_t record, uint64_t line) {
  if (!transactional_ || entry.warning) return;
  RejectRow& row = reject_rows_.emplace_back();
  row.map = map;
  row.record = record;
  row.code = plan_.issues[entry.issue].code;
  row.entry = line > 0 ? fmt::format("{{\"line\":{},\"record\":{},", line, record) : fmt::format("{{\"line\":null,\"record\":{},", record);
  row.entry.append(entries.json, entry.json_begin, entry.json_size - 1);
}

void Bookkeeper::count(const WorkItem& item, uint32_t taken, bool behind_dedupe) {
  dirty_ = true;
  Counts& counts = state_.counts;
  uint64_t fates[4] = {0, 0, 0, 0};
  uint64_t warned = 0;
  for (uint32_t i = 0; i < taken; ++i) {
    ++fates[item.fates[i] & kFateMask];
    warned += (item.fates[i] & kFateWarned) != 0 ? 1 : 0;
  }
  counts.read += taken - fates[kFateIgnored];
  (behind_dedupe ? counts.pending : counts.written) += fates[kFateWritten];
  counts.skipped += fates[kFateSkipped];
  counts.rejected += fates[kFateRejected];
  counts.warned += warned;
  for (const Raised& raised : item.raised) {
    if (raised.record < taken) count_issue(raised.issue, raised.hits);
  }
}

Result<void> Bookkeeper::take(const WorkItem& item, uint32_t taken, bool behind_dedupe, const LogEntries* extra, uint32_t map) {
  count(item, taken, behind_dedupe);
  const auto append = [&](const LogEntries& entries, const LogEntry& entry) {
    const uint64_t record = state_.ordinal + entry.record + 1;
    const uint64_t line = entry.line == 0 ? 0 : state_.line + entry.line;
    log_.append(entries, entry, record, line, false);
    push_reject_row(entries, entry, map, record, line);
  };
  size_t next_extra = 0;
  for (const LogEntry& entry : item.log.entries) {
    if (entry.record >= taken) break;
    for (; extra != nullptr && next_extra < extra->entries.size() && extra->entries[next_extra].record < entry.record; ++next_extra)
      append(*extra, extra->entries[next_extra]);
    // A warning of a row that the target then refused is dropped: only the refusal counts.
    if (entry.warning && (item.fates[entry.record] & kFateMask) == kFateRejected) continue;
    append(item.log, entry);
  }
  for (; extra != nullptr && next_extra < extra->entries.size() && extra->entries[next_extra].record < taken; ++next_extra)
    append(*extra, extra->entries[next_extra]);
  return store_rejects();
}

Result<void> Bookkeeper::store_rejects() {
  if (!reject_rows_.empty()) {
    if (auto written = sink_.write_rejects(reject_rows_); !written) return written;
    reject_rows_.clear();
  }
  return log_.flush_if_large();
}

Result<void> Bookkeeper::append_log(const LogEntries* mapped, const LogEntries& late, uint64_t record_base, uint64_t line_base,
                                    uint32_t map) {
  dirty_ = true;
  const auto append = [&](const LogEntries& entries, const LogEntry& entry) {
    const uint64_t record = record_base + entry.record + 1;
    const uint64_t line = entry.line == 0 ? 0 : line_base + entry.line;
    log_.append(entries, entry, record, line, mapped == nullptr);
    push_reject_row(entries, entry, map, record, line);
  };
  size_t next = 0;
  for (const LogEntry& entry : late.entries) {
    for (; mapped != nullptr && next < mapped->entries.size() && mapped->entries[next].record <= entry.record; ++next)
      append(*mapped, mapped->entries[next]);
    append(late, entry);
  }
  for (; mapped != nullptr && next < mapped->entries.size(); ++next) append(*mapped, mapped->entries[next]);
  return store_rejects();
}

void Bookkeeper::pass(const WorkItem& item) {
  dirty_ = true;
  const Chunk& chunk = item.chunk;
  state_.has_position = true;
  state_.position = chunk.after.text;
  state_.ordinal += item.fates.size();
  state_.line = chunk.last_of_file ? 0 : state_.line + item.lines;
  state_.file = chunk.file;
  state_.input_bytes += chunk.size;
  epoch_records_ += item.fates.size();
}

Result<void> Bookkeeper::seal_if_due(uint64_t input_bytes, uint64_t records) {
  epoch_bytes_ += input_bytes;
  epoch_records_ += records;
  const EpochLimits& limits = options_.epoch;
  const int64_t now = steady_nanos();
  const double elapsed = static_cast<double>(now - epoch_began_) * 1e-9;
  // The work stands still while a transaction commits: on a slow disk epochs grow longer, so that it mostly works.
  const double least = hardener_ == nullptr ? kWorkPerSeal * last_seal_seconds_ : 0;
  const bool due = (limits.records > 0 && epoch_records_ >= limits.records) || (epoch_bytes_ >= limits.bytes && elapsed >= least) ||
                   elapsed >= std::max(limits.seconds, least);
  if (!due) return {};
  if (hardener_ != nullptr) {
    if (hardener_->busy() && epoch_bytes_ < kPatience * limits.bytes && limits.records == 0) return {};
    if (auto done = hardener_->wait(); !done) return done;
  }
  if (auto sealed = seal_now(false); !sealed) return sealed;
  if (hardener_ != nullptr) hardener_->start();
  return {};
}

Result<void> Bookkeeper::seal(bool complete) {
  if (hardener_ != nullptr) {
    if (auto done = hardener_->wait(); !done) return done;
  }
  if (!dirty_ && !complete) return {};
  if (auto sealed = seal_now(complete); !sealed) return sealed;
  if (hardener_ == nullptr) return {};
  hardener_->start();
  return hardener_->wait();
}

Result<void> Bookkeeper::seal_now(bool complete) {
  const int64_t began = steady_nanos();
  if (!state_.counts.conserved()) {
    const Counts& c = state_.counts;
    return Error{ErrorKind::kInternal,
                 fmt::format("records are lost or doubled: read {} is not written {} + merged {} + skipped {} + rejected {} + pending {}",
                             c.read, c.written, c.merged, c.skipped, c.rejected, c.pending),
                 "nothing of this epoch was kept; please report it"};
  }
  if (auto flushed = log_.flush(); !flushed) return flushed;
  log_.mark_for_sync();
  if (hardener_ == nullptr) {
    if (auto synced = log_.sync(); !synced) return synced;
  }
  state_.logs = log_.lengths();
  Checkpoint checkpoint;
  checkpoint.sequence = sequence_ + 1;
  checkpoint.complete = complete;
  checkpoint.state = write_state(state_, plan_.issues);
  (void)failpoint("before_seal");
  if (auto sealed = sink_.seal(checkpoint); !sealed) return sealed;
  ++sequence_;
  ++epochs_;
  sealed_ = state_;
  dirty_ = false;
  epoch_bytes_ = epoch_records_ = 0;
  epoch_began_ = steady_nanos();
  sync_nanos_ += epoch_began_ - began;
  last_seal_seconds_ = static_cast<double>(epoch_began_ - began) * 1e-9;
  return {};
}

void Bookkeeper::begin_phase(const char* name, bool in_records, uint64_t base) {
  phase_ = name;
  phase_in_records_ = in_records;
  phase_base_ = base;
  phase_began_ = steady_nanos();
}

void Bookkeeper::report_progress(uint64_t done, uint64_t total, bool last) {
  if (!options_.progress) return;
  const int64_t now = steady_nanos();
  if (!last && now - last_progress_ < kProgressNanos) return;
  last_progress_ = now;
  const Counts sum = totals();
  Progress progress;
  progress.done = done;
  progress.total = total;
  progress.in_records = phase_in_records_;
  progress.read = sum.read;
  progress.written = sum.written;
  progress.merged = sum.merged;
  progress.skipped = sum.skipped;
  progress.rejected = sum.rejected;
  progress.warned = sum.warned;
  progress.seconds = static_cast<double>(now - began_) * 1e-9;
  const double seconds = static_cast<double>(now - phase_began_) * 1e-9;
  if (done > phase_base_ && seconds > 0) progress.rate = static_cast<double>(done - phase_base_) / seconds;
  if (progress.rate > 0 && done <= total) progress.remaining_seconds = static_cast<double>(total - done) / progress.rate;
  progress.phase = phase_;
  options_.progress(progress);
}

}  // namespace mig
