#include "runtime/engine/runner.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/clock.h"
#include "runtime/base/failpoint.h"
#include "runtime/base/processors.h"
#include "runtime/engine/references/reference_tables.h"

namespace mig {
namespace {

constexpr uint64_t kChunkBytes = 512 << 10, kLeastChunkBytes = 64 << 10;  // with its rows it stays in a core's cache
constexpr uint64_t kChunkShare = 16;  // a chunk on its way, with rows and frames, against the memory of all items

bool has_personal_field(const SourcePlan& source) {
  return std::any_of(source.fields.begin(), source.fields.end(), [](const FieldDecode& field) { return field.personal; });
}

}  // namespace

Runner::Runner(const Plan& plan, const KernelSet& kernels, const RunOptions& options, RunReport& report)
    : plan_(plan), kernels_(kernels), options_(options), report_(report) {
  workers_ = options.workers != 0 ? options.workers : plan.workers != 0 ? plan.workers : usable_processors();
  // Which record of the source it is must be known while it is mapped.
  if (options.needs_row_position || plan.selected.first || plan.selected.fraction) workers_ = 1;
  report_.workers = workers_;
  chunk_bytes_ = options.chunk_bytes != 0
                     ? options.chunk_bytes
                     : std::clamp(options.memory_bytes / (kChunkShare * (workers_ + 2)), kLeastChunkBytes, kChunkBytes);
  earlier_.issues.resize(plan.issues.size());
  shown_.issues.resize(plan.issues.size());
  part_.take_part(plan.selected);
  began_ = steady_nanos();
  if (options.allocations) allocations_before_ = options.allocations();
}

Runner::~Runner() = default;

Result<void> Runner::go() {
  if (auto opened = open_connectors(); !opened) return opened;
  Result<void> done = choose_run();
  if (!done || finished_before_) return done;
  done = claim();
  if (done) done = profile();
  if (done) done = work();
  if (done) done = publish();
  for (Target& target : targets_) target.sink->release();
  if (done) done = measure(false);
  if (done) done = judge();
  if (!done && claimed_) {
    // What a newer process of the run did meanwhile looks like damage to an overtaken one.
    if (auto mine = ledger_->verify(record_.run_id, fence_); !mine && mine.error().kind == ErrorKind::kFenced) done = mine;
  }
  return settle(done);
}

Result<bool> Runner::lock_run(const std::string& run_id) {
  auto directory = ledger_->run_directory(run_id);
  if (!directory) return directory.error();
  directory_ = *directory;
  const std::string path = directory_ + "/lock";
  auto lock = path_exists(path) ? File::open_update(path) : File::create_private(path);
  if (!lock && path_exists(path)) lock = File::open_update(path);  // another process was quicker
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  return lock_.try_lock();
}

Result<void> Runner::claim() {
  report_.run_id = record_.run_id;
  report_.parent_run = record_.parent_run;
  report_.run_now = record_.run_now;
  auto sole = lock_run(record_.run_id);
  if (!sole) return sole.error();
  fence_ = 1;
  if (report_.resumed) {
    auto fence = ledger_->take_over(record_.run_id);
    if (!fence) return fence.error();
    fence_ = *fence;
  }
  claimed_ = true;
  (void)failpoint("after_take_over");
  TargetClaim claim;
  claim.run_id = record_.run_id;
  claim.migration = plan_.migration;
  claim.stage = plan_.stage;
  claim.fence = fence_;
  claim.fresh = !record_.opened;
  claim.sole_owner = *sole;
  claim.accept_changed = options_.accept_changed_target;
  claim.ledger = ledger_.get();
  LogLengths lengths = {};
  std::string suffix;
  for (Target& target : targets_) {
    auto checkpoint = target.sink->claim(claim);
    if (!checkpoint) return checkpoint.error();
    target.checkpoint = *checkpoint;
    auto state = read_state(checkpoint->state, plan_.issues);
    if (!state) return state.error();
    target.state = std::move(*state);
    uint64_t before = 0, here = 0;
    for (size_t i = 0; i < kLogSpools; ++i) {
      before += lengths[i];
      here += target.state.logs[i];
    }
    if (here < before || checkpoint->state.empty()) continue;
    lengths = target.state.logs;  // logs only grow, so the longest is the one committed last
    suffix = target.state.log_suffix;
  }
  (void)failpoint("after_claim");
  auto log = RejectLog::open(directory_, lengths, fence_, *sole, suffix);
  if (!log) return log.error();
  log_ = std::make_unique<RejectLog>(std::move(*log));
  record_.opened = true;
  record_.spec_version = plan_.version;
  record_.spec_hash = plan_.spec_hash;
  record_.source_identity = source_identity_;
  record_.target_identity = target_identity_;
  record_.status = "running";
  environment_.run_now = record_.run_now;
  environment_.run_id = {record_.run_id.data(), record_.run_id.size()};
  environment_.parameters = plan_.parameter_values.data();
  return ledger_->update(record_, fence_);
}

Result<void> Runner::work() {
  if (auto prepared = prepare_references(nullptr); !prepared) return prepared;
  if (auto prepared = prepare_early_references(); !prepared) return prepared;
  for (Target& target : targets_) {
    Result<void> done = target.checkpoint.complete ? Result<void>() : work_on(target);
    if (target.checkpoint.complete) note_counts(target.state.counts);
    if (!done) return done;
    earlier_ = shown_;
    if (auto prepared = prepare_references(&target); !prepared) return prepared;
    if (auto kept = keep_crosswalk(target); !kept) return kept;
  }
  return {};
}

void Runner::note_counts(const Counts& counts) {
  shown_ = earlier_;
  for (uint64_t Counts::* member : {&Counts::read, &Counts::written, &Counts::merged, &Counts::skipped, &Counts::rejected, &Counts::warned,
                                    &Counts::inserted, &Counts::updated, &Counts::unchanged, &Counts::pending}) {
    shown_.*member += counts.*member;
  }
  for (size_t i = 0; i < counts.issues.size() && i < shown_.issues.size(); ++i) {
    shown_.issues[i].records += counts.issues[i].records;
    shown_.issues[i].hits += counts.issues[i].hits;
  }
}

MapSetup Runner::setup_of(const Target& target, uint32_t map) const {
  MapSetup setup;
  const MapPlan& plan = plan_.maps[map];
  setup.plan = &plan_;
  setup.kernels = &kernels_;
  setup.environment = &environment_;
  setup.map = map;
  setup.source = sources_[plan.source].get();
  setup.sink = target.sink.get();
  setup.files = &files_[plan.source];
  setup.run_id = record_.run_id;
  setup.batch_records = options_.batch_records != 0 ? options_.batch_records
                        : plan_.batch_records != 0
                            ? plan_.batch_records
                            : default_batch_records(plan_.sources[plan.source].layout, plan_.targets[plan.target].layout);
  switch (options_.originals) {
    case OriginalPolicy::kAlways: setup.keep_original = true; break;
    case OriginalPolicy::kNever: setup.keep_original = false; break;
    case OriginalPolicy::kUnlessPersonal: setup.keep_original = !has_personal_field(plan_.sources[plan.source]); break;
  }
  setup.dedupe = target.dedupe;
  setup.keep_origins = target.dedupe != nullptr;
  setup.keep_keys = target.dedupe != nullptr && target.sink->traits().refuses_single_rows;
  if (!options_.only_rejected.empty()) {
    static const RecordFilter nothing;
    const auto found = rejected_.by_map.find(plan.emitted ? plan.emitted_by : plan.name);
    setup.filter = found == rejected_.by_map.end() ? &nothing : &found->second;
  } else if (plan_.selected.first || plan_.selected.fraction) {
    setup.filter = &part_;
  }
  return setup;
}

Result<void> Runner::work_on(Target& target) {
  Bookkeeper books(plan_, options_, *target.sink, *log_, target.state, target.checkpoint.sequence, earlier_);
  std::vector<MapSetup> setups;
  for (const uint32_t map : target.maps) setups.push_back(setup_of(target, map));
  auto done = target.dedupe == nullptr ? stream(target, setups, books) : deduplicate(target, setups, books);
  const bool cancelled = !done && done.error().kind == ErrorKind::kCancelled;
  if (done)
    done = books.seal(true);
  else if (cancelled) {
    if (auto sealed = books.seal(false); !sealed) done = sealed;
  }
  const uint64_t reached = books.state().phase == Phase::kMap ? books.state().input_bytes : books.state().decided;
  books.report_progress(reached, reached, true);
  target.state = books.state();
  note_counts(books.state().counts);
  report_.epochs += books.epochs();
  report_.output_bytes += target.sink->written_bytes();
  sync_nanos_ += books.sync_nanos();
  if (done) target.checkpoint.complete = true;
  return done;
}

Result<void> Runner::publish() {
  for (Target& target : targets_) {
    if (auto published = target.sink->publish(target.state.counts.read == 0); !published) return published;
    target.published = true;
    (void)failpoint("after_publish");
  }
  return {};
}

Result<void> Runner::export_logs(bool final) {
  if (log_ == nullptr) return {};
  std::vector<std::string> maps;
  for (const Target& target : targets_) {
    for (const uint32_t map : target.maps) maps.push_back(plan_.maps[map].name);
  }
  LogPaths paths = log_->paths();
  if (!options_.rejects_file.empty()) {
    auto exported = log_->export_to(options_.rejects_file, maps, final);
    if (!exported) return exported.error();
    paths = *exported;
  }
  report_.rejects_file = paths.rejects;
  report_.rejects_csv = paths.csv;
  report_.warnings_file = paths.warnings;
  return {};
}

void Runner::fill_report() {
  report_.read = shown_.read;
  report_.written = shown_.written;
  report_.merged = shown_.merged;
  report_.skipped = shown_.skipped;
  report_.rejected = shown_.rejected;
  report_.warned = shown_.warned;
  report_.inserted = shown_.inserted;
  report_.updated = shown_.updated;
  report_.unchanged = shown_.unchanged;
  report_.issues.clear();
  for (size_t i = 0; i < plan_.issues.size(); ++i) {
    const IssueTally& tally = shown_.issues[i];
    if (tally.records > 0) report_.issues.push_back({plan_.issues[i].code, plan_.issues[i].verb, tally.records, tally.hits});
  }
  std::sort(report_.issues.begin(), report_.issues.end(), [](const IssueCount& a, const IssueCount& b) { return a.code < b.code; });
  report_.targets.clear();
  for (const Target& target : targets_) {
    const TargetPlan& plan = plan_.targets[target.index];
    const Counts& counts = target.state.counts;
    report_.targets.push_back({plan.name, plan.connector, target.sink->identity(), target.sink->traits().guarantee, counts.read,
                               counts.written, counts.merged, counts.skipped, counts.rejected, counts.inserted, counts.updated,
                               counts.unchanged, target.published});
  }
  const auto seconds = [](int64_t nanos) { return static_cast<double>(nanos) * 1e-9; };
  report_.times = {seconds(times_.read),   seconds(times_.decode), seconds(times_.map),  seconds(times_.encode),
                   seconds(times_.dedupe), seconds(times_.write),  seconds(sync_nanos_), seconds(times_.idle)};
  report_.code = kernels_.code();
  if (options_.allocations) report_.allocations = options_.allocations() - allocations_before_;
}

Result<void> Runner::settle(const Result<void>& done) {
  fill_report();
  const bool fenced = !done && done.error().kind == ErrorKind::kFenced;
  if (fenced || !claimed_) return done;
  Result<void> exported = export_logs(done.ok());
  if (done && exported && !options_.report_file.empty()) {
    // Once before the ledger calls the run finished: where it cannot be written the run is to be continued, and then ends with a report.
    report_.status = RunStatus::kStopped;
    exported = write_whole(options_.report_file, report_json(report_));
  }
  record_.read = shown_.read;
  record_.written = shown_.written;
  record_.merged = shown_.merged;
  record_.skipped = shown_.skipped;
  record_.rejected = shown_.rejected;
  record_.warned = shown_.warned;
  record_.seconds += static_cast<double>(steady_nanos() - began_) * 1e-9;
  record_.ended = wall_micros();
  const Error* error = !done ? &done.error() : !exported ? &exported.error() : nullptr;
  record_.status = error == nullptr ? "finished" : exit_code(error->kind) == 3 || exit_code(error->kind) == 4 ? "stopped" : "failed";
  record_.error = error == nullptr ? "" : error->message;
  (void)failpoint("before_finished");
  Result<void> updated = ledger_->update(record_, fence_);
  if (error == nullptr && updated) {
    report_.status = RunStatus::kFinished;
    if (references_ != nullptr) references_->remove();
    remove_older_crosswalks(*ledger_, plan_, record_.run_id);
    if (log_ != nullptr && !options_.rejects_file.empty()) log_->remove_spools();
  }
  if (!done) return done;
  return exported ? updated : exported;
}

}  // namespace mig
