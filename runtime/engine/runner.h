// One process working on one run: claims it in the ledger, takes its targets over, works through its maps, publishes, reports.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/dedupe/record_places.h"
#include "runtime/engine/mapper.h"
#include "runtime/engine/record_filter.h"
#include "runtime/engine/references/crosswalk.h"
#include "runtime/engine/run.h"
#include "runtime/state/ledger.h"

namespace mig {

class Accumulator;
class KeyTable;
class MapReplay;
class ReferenceTables;

class Runner {
 public:
  Runner(const Plan& plan, const KernelSet& kernels, const RunOptions& options, RunReport& report);
  ~Runner();
  /// The whole life of a run in this process; the report is filled as far as it got.
  Result<void> go();

 private:
  struct Target {
    uint32_t index = 0;          // in Plan::targets
    std::vector<uint32_t> maps;  // in Plan::maps, in order
    const DedupePlan* dedupe = nullptr;
    std::unique_ptr<Sink> sink;
    Checkpoint checkpoint;
    EngineState state;
    bool published = false;
  };

  Result<void> open_connectors();
  Result<void> choose_run();  // sets finished_before_ when there is nothing to do
  Result<void> may_continue(const RunRecord& unfinished);
  Result<void> start_new();
  Result<void> check_only_rejected();
  /// False: another process holds the run.
  Result<bool> lock_run(const std::string& run_id);
  Result<void> claim();
  Result<void> work();
  Result<void> work_on(Target& target);
  Result<void> stream(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books);
  Result<void> deduplicate(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books);
  /// Both designs of a dedupe: records kept in a spool, or files read twice.
  Result<void> deduplicate_spooled(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books);
  Result<void> deduplicate_twice(Target& target, std::vector<MapSetup>& setups, const RecordPlaces& places, Bookkeeper& books);
  Result<std::optional<RecordPlaces>> places_of(const std::vector<MapSetup>& setups) const;
  /// One pass over the source of a map; `phase`: for progress. `make` makes a worker. `resumable`: a later run may begin behind any chunk.
  using MakeWorker = std::function<Result<std::unique_ptr<ChunkWorker>>()>;
  using Commit = std::function<Result<void>(WorkItem&)>;
  Result<void> run_pass(const MapSetup& setup, Bookkeeper& books, const Position* from, bool resumable, const char* phase,
                        const MakeWorker& make, const Commit& commit);
  Result<void> run_map(const MapSetup& setup, Bookkeeper& books, const Position* from, const char* phase, const Commit& commit);
  /// Runs the maps of a target one after the other from where the checkpoint stands. `commit` gets the place of the map.
  Result<void> run_maps(const std::vector<MapSetup>& setups, Bookkeeper& books, const char* phase,
                        const std::function<Result<void>(WorkItem&, uint32_t)>& commit);
  Result<void> publish();
  /// Measures what the plan asks for; `before`: for profiles, else when everything is written. A continued run measures again.
  Result<void> measure(bool before);
  Result<void> measure_maps(const Target& target, KeyTable* keys);
  Result<void> measure_rows(uint32_t relation, bool before, KeyTable* keys);
  Result<std::vector<std::unique_ptr<Accumulator>>> accumulators_for(const std::function<bool(const MeasurePlan&)>& wanted);
  /// A profile or a gate may stop the run before anything is written.
  Result<void> profile();
  /// What came of everything; a gate that waits for people stops the run in front of its end.
  Result<void> judge();
  /// The maps into a target to be run once more; `maps`: which, in order.
  Result<std::unique_ptr<MapReplay>> replay_of(const Target& target, bool filtered, std::vector<uint32_t>& maps, bool early = false);
  /// Makes what maps refer to ready: records of a target that is complete; null: rows of targets that this run does not write.
  Result<void> prepare_references(const Target* finished);
  /// What maps of other stages will refer to: their keys are kept when the run is finished.
  Result<void> keep_crosswalk(const Target& finished);
  Result<void> fill_references(const Target& finished);
  /// Keys of records that are still to be written, for `deferred` fields.
  Result<void> prepare_early_references();
  /// Rows that measures refer to, when everything is written.
  Result<void> prepare_measured_references();
  ReferenceTables& references();
  Result<void> export_logs(bool final);
  MapSetup setup_of(const Target& target, uint32_t map) const;
  void note_counts(const Counts& counts);
  void fill_report();
  /// Logs, ledger and report at the end of the process, whatever came before; what went wrong first.
  Result<void> settle(const Result<void>& done);

  const Plan& plan_;
  const KernelSet& kernels_;
  const RunOptions& options_;
  RunReport& report_;
  uint32_t workers_ = 1;
  uint64_t chunk_bytes_ = 0;
  std::unique_ptr<Ledger> ledger_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::vector<std::string>> files_;  // by source
  std::vector<Target> targets_;
  std::string source_identity_, target_identity_, parameters_;
  std::string earlier_identity_;                // the part of source_identity_ that says which earlier runs are asked
  std::vector<EarlierCrosswalk> earlier_maps_;  // parallel to Plan::earlier_maps
  RejectedRecords rejected_;
  RecordFilter part_;  // of the records, where the plan asks for one
  RunRecord record_;
  uint64_t fence_ = 0;
  bool claimed_ = false, finished_before_ = false;
  File lock_;
  std::string directory_;
  std::unique_ptr<RejectLog> log_;
  Environment environment_ = {};
  std::unique_ptr<ReferenceTables> references_;
  Counts earlier_, shown_;
  StageNanos times_;
  int64_t sync_nanos_ = 0, began_ = 0;
  uint64_t allocations_before_ = 0;
};

}  // namespace mig
