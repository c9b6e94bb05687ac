// Which run this process works on: a new one, an unfinished one, or none; and everything that forbids it.
#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/engine/runner.h"

namespace mig {
namespace {

constexpr uint64_t kTableShare = 4;  // of the memory, for the pages of all tables of earlier stages

Error refused(std::string what, std::string remedy) { return {ErrorKind::kConfig, std::move(what), std::move(remedy)}; }

}  // namespace

Result<void> Runner::open_connectors() {
  const std::string spec_directory = directory_of(plan_.spec_file);
  auto ledger = Ledger::open(options_.state_directory.empty() ? spec_directory + "/.migc" : options_.state_directory);
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  for (const SourcePlan& source : plan_.sources) {
    auto opened = open_source(source, plan_.types, plan_.enums, chunk_bytes_, options_.max_record_bytes);
    if (!opened) return opened.error();
    auto identity = (*opened)->identity();
    if (!identity) return identity.error();
    source_identity_ += source.name + ": " + *identity + "\n";
    files_.push_back((*opened)->files());
    sources_.push_back(std::move(*opened));
  }
  for (const EarlierMapPlan& map : plan_.earlier_maps) {
    auto crosswalk = open_crosswalk(*ledger_, plan_, map, options_.memory_bytes / (kTableShare * plan_.earlier_maps.size()));
    if (!crosswalk) return crosswalk.error();
    earlier_identity_ += "map " + map.name + ": run " + crosswalk->run_id + "\n";
    earlier_maps_.push_back(std::move(*crosswalk));
  }
  source_identity_ += earlier_identity_;
  for (uint32_t i = 0; i < plan_.targets.size(); ++i) {
    Target target;
    target.index = i;
    for (uint32_t map = 0; map < plan_.maps.size(); ++map) {
      if (plan_.maps[map].target == i) target.maps.push_back(map);
    }
    if (target.maps.empty()) continue;
    for (const DedupePlan& dedupe : plan_.dedupes) {
      if (dedupe.target == i) target.dedupe = &dedupe;
    }
    auto sink = open_sink(plan_.targets[i], plan_.types, plan_.enums);
    if (!sink) return sink.error();
    target.sink = std::move(*sink);
    target_identity_ += plan_.targets[i].name + ": " + target.sink->identity() + "\n";
    targets_.push_back(std::move(target));
  }
  // Targets are worked on in the order in which the maps first name them.
  std::sort(targets_.begin(), targets_.end(), [](const Target& a, const Target& b) { return a.maps.front() < b.maps.front(); });
  for (const auto& [name, value] : plan_.parameters) parameters_ += name + " = " + value + "\n";
  if (options_.only_rejected.empty()) return {};
  auto rejected = read_rejected(options_.only_rejected);
  if (!rejected) return rejected.error();
  rejected_ = std::move(*rejected);
  parameters_ += "(only rejected of " + rejected_.run_id + ")\n";
  // Records without a key are known by their place, which only one worker knows while it maps.
  if (std::any_of(rejected_.by_map.begin(), rejected_.by_map.end(), [](const auto& map) { return map.second.names_positions(); }))
    report_.workers = workers_ = 1;
  return {};
}

Result<void> Runner::choose_run() {
  auto unfinished = ledger_->unfinished(plan_.migration, plan_.stage);
  if (!unfinished) return unfinished.error();
  if (unfinished->has_value() && (options_.start == StartMode::kNew || !(*unfinished)->opened)) {
    // A run that never got as far as its targets has nothing to continue, unless its process is about to.
    if (options_.start != StartMode::kNew) {
      auto mine = lock_run((*unfinished)->run_id);
      if (!mine) return mine.error();
      if (!*mine)
        return Error{ErrorKind::kUnavailable, "another process is just starting run " + (*unfinished)->run_id, "let that one finish"};
      lock_.close();
    }
    if (auto abandoned = ledger_->abandon((*unfinished)->run_id); !abandoned) return abandoned;
    for (Target& target : targets_) target.sink->discard(*ledger_, (*unfinished)->run_id);
    unfinished->reset();
  }
  if (unfinished->has_value()) {
    if (auto may = may_continue(**unfinished); !may) return may;
    record_ = **unfinished;
    report_.resumed = true;
    return {};
  }
  if (options_.start != StartMode::kResumeOnly) return start_new();
  auto runs = ledger_->history(0);
  if (!runs) return runs.error();
  for (const RunRecord& run : *runs) {
    if (run.migration != plan_.migration || run.stage != plan_.stage || run.status != "finished") continue;
    finished_before_ = true;
    report_.status = RunStatus::kFinished;
    report_.run_id = run.run_id;
    report_.run_now = run.run_now;
    report_.read = run.read;
    report_.written = run.written;
    report_.merged = run.merged;
    report_.skipped = run.skipped;
    report_.rejected = run.rejected;
    report_.warned = run.warned;
    return {};
  }
  return refused("there is no unfinished run of " + plan_.migration, "leave --resume out to start one");
}

Result<void> Runner::may_continue(const RunRecord& unfinished) {
  const std::string& id = unfinished.run_id;
  if (unfinished.environment != plan_.environment) {
    return refused("run " + id + " is unfinished and was begun in " +
                       (unfinished.environment.empty() ? "no environment" : "environment " + unfinished.environment),
                   "run in the same environment, or say --new");
  }
  if (unfinished.spec_hash != plan_.spec_hash && !options_.accept_changed_spec) {
    return refused("run " + id + " is unfinished and was begun with another version of the spec",
                   "restore the spec, or say --new, or --accept-changed-spec");
  }
  if (unfinished.parameters != parameters_) {
    return refused("run " + id + " is unfinished and was begun with other parameters", "give the same parameters, or say --new");
  }
  if (unfinished.target_identity != target_identity_ && !options_.accept_changed_target) {
    return refused("run " + id + " is unfinished and writes to another target", "name the same target, or say --new");
  }
  if (unfinished.source_identity != source_identity_ && !options_.accept_changed_source) {
    return Error{ErrorKind::kSourceChanged, "the source changed since run " + id + " stopped",
                 "restore it, or say --new, or --accept-changed-source"};
  }
  return {};
}

Result<void> Runner::check_only_rejected() {
  if (options_.only_rejected.empty()) return {};
  auto parent = ledger_->find(rejected_.run_id);
  if (!parent) return parent.error();
  if (!parent->has_value())
    return refused("run " + rejected_.run_id + ", which the reject log names, is not in this ledger", "name its state directory");
  record_.parent_run = rejected_.run_id;
  for (const auto& [map, filter] : rejected_.by_map) {
    const auto known = std::find_if(plan_.maps.begin(), plan_.maps.end(), [&](const MapPlan& plan) { return plan.name == map; });
    if (known == plan_.maps.end()) return refused("the reject log names map " + map + ", which this spec does not have", "");
    if (filter.names_positions() && (*parent)->source_identity != source_identity_) {
      return refused("some rejects have no key to find them by, and the source changed since", "run the whole migration again");
    }
  }
  for (const Target& target : targets_) {
    const SinkTraits traits = target.sink->traits();
    if (target.dedupe != nullptr && !traits.publishes_whole) {
      return refused("--only-rejected cannot run into " + plan_.targets[target.index].name +
                         ", which has a dedupe: a repaired record may have to yield to one that the first run wrote, or to merge with it, "
                         "and by what that one "
                         "was chosen is not kept",
                     "repair the source and run the whole migration with --new: an upsert leaves rows as they are that come out the same");
    }
    if (traits.publishes_whole && (*parent)->target_identity.find(target.sink->identity() + "\n") != std::string::npos) {
      return refused("the output of the first run would be replaced by the repaired records alone", "name another output for them");
    }
    if (!traits.publishes_whole && !traits.amendable) {
      return refused("target " + plan_.targets[target.index].name + " only adds rows: running records again could add them twice",
                     "use upsert");
    }
  }
  return {};
}

Result<void> Runner::start_new() {
  for (Target& target : targets_) {
    if (auto allowed = target.sink->check(); !allowed) return allowed;
  }
  record_ = RunRecord();
  if (auto allowed = check_only_rejected(); !allowed) return allowed;
  record_.migration = plan_.migration;
  record_.stage = plan_.stage;
  record_.environment = plan_.environment;
  record_.spec_version = plan_.version;
  record_.spec_hash = plan_.spec_hash;
  record_.source_identity = source_identity_;
  record_.target_identity = target_identity_;
  record_.parameters = parameters_;
  record_.started = wall_micros();
  record_.run_now = options_.run_now == INT64_MIN ? record_.started : options_.run_now;
  auto run_id = ledger_->begin(record_);
  if (!run_id) return run_id.error();
  record_.run_id = *run_id;
  return {};
}

}  // namespace mig
