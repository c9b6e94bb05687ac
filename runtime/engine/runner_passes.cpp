// The passes of a run over its sources: straight into a target, or behind a dedupe.
#include "runtime/base/clock.h"
#include "runtime/base/failpoint.h"
#include "runtime/base/signals.h"
#include "runtime/engine/dedupe/dedupe_target.h"
#include "runtime/engine/dedupe/key_scanner.h"
#include "runtime/engine/dedupe/two_pass_target.h"
#include "runtime/engine/pipeline.h"
#include "runtime/engine/references/reference_tables.h"
#include "runtime/engine/runner.h"
#include "runtime/engine/stream_target.h"

namespace mig {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFFu;
// Of progress: a dedupe goes over the records twice, be it in the source or in a spool.
constexpr const char* kOnly = "";
constexpr const char* kFirst = "step 1 of 2";
constexpr const char* kSecond = "step 2 of 2";

/// The next map begins at the start of its source.
void begin_source(EngineState& state) {
  state.has_position = false;
  state.position.clear();
  state.ordinal = state.line = 0;
  state.file = 0;
}

}  // namespace

Result<void> Runner::run_pass(const MapSetup& setup, Bookkeeper& books, const Position* from, bool resumable, const char* phase,
                              const MakeWorker& make, const Commit& commit) {
  auto reader = setup.source->reader(from);
  if (!reader) return reader.error();
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (uint32_t i = 0; i < workers_; ++i) {
    auto worker = make();
    if (!worker) return worker.error();
    workers.push_back(std::move(*worker));
  }
  ChunkReader& chunks = **reader;
  if (!resumable) chunks.without_positions();
  books.begin_phase(phase, false, chunks.read_bytes());
  Pipeline pipeline(chunks, workers, options_.stop);
  const auto ended = pipeline.run(
      [&](WorkItem& item) -> Result<void> {
        // A map cannot tell that a question failed: what it made of the chunk does not count.
        if (references_ != nullptr) {
          if (auto answered = references_->failure(); !answered) return answered;
        }
        auto done = commit(item);
        // In the reader's own measure, which is that of the compressed file where it is.
        if (done && report_.first_record_seconds < 0 && !item.fates.empty()) report_.first_record_seconds = process_age_seconds();
        if (done) books.report_progress(item.read_bytes, chunks.total_bytes(), false);
        return done;
      },
      [&] { return books.state().ordinal; });
  for (const auto& worker : workers) times_.add(worker->times);
  times_.add(pipeline.times());
  if (!ended) return ended.error();
  return *ended == PipelineEnd::kStopped ? Result<void>(stopped_by_signal()) : Result<void>();
}

Result<void> Runner::run_map(const MapSetup& setup, Bookkeeper& books, const Position* from, const char* phase, const Commit& commit) {
  const auto make = [&]() -> Result<std::unique_ptr<ChunkWorker>> {
    auto mapper = Mapper::make(setup);
    if (!mapper) return mapper.error();
    return std::unique_ptr<ChunkWorker>(std::move(*mapper));
  };
  return run_pass(setup, books, from, true, phase, make, [&](WorkItem& item) {
    report_.input_bytes += item.chunk.size;
    return commit(item);
  });
}

Result<void> Runner::run_maps(const std::vector<MapSetup>& setups, Bookkeeper& books, const char* phase,
                              const std::function<Result<void>(WorkItem&, uint32_t)>& commit) {
  EngineState& state = books.state();
  while (state.map_place < setups.size()) {
    const uint32_t place = state.map_place;
    const Position from{state.position};
    const auto done =
        run_map(setups[place], books, state.has_position ? &from : nullptr, phase, [&](WorkItem& item) { return commit(item, place); });
    if (!done) return done;
    ++state.map_place;
    begin_source(state);
  }
  return {};
}

Result<void> Runner::stream(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books) {
  std::vector<StreamTarget> writers;
  for (const MapSetup& setup : setups) writers.emplace_back(setup, *target.sink, books);
  auto done = run_maps(setups, books, kOnly, [&](WorkItem& item, uint32_t place) { return writers[place].commit(item); });
  for (const StreamTarget& writer : writers) times_.add(writer.times);
  return done;
}

Result<std::optional<RecordPlaces>> Runner::places_of(const std::vector<MapSetup>& setups) const {
  // A filter knows records by their key as the log writes it, and positions need the records before: neither is there in a pass over keys.
  if (options_.needs_row_position) return std::optional<RecordPlaces>();
  for (const MapSetup& setup : setups) {
    if (setup.filter != nullptr || plan_.maps[setup.map].key_slice == kNone) return std::optional<RecordPlaces>();
  }
  return RecordPlaces::of(setups, options_.max_record_bytes);
}

Result<void> Runner::deduplicate(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books) {
  // A run that was begun with a spool goes on with one.
  if (books.state().phase != Phase::kWrite) {
    auto places = places_of(setups);
    if (!places) return places.error();
    if (places->has_value()) return deduplicate_twice(target, setups, **places, books);
  }
  return deduplicate_spooled(target, setups, books);
}

Result<void> Runner::deduplicate_twice(Target& target, std::vector<MapSetup>& setups, const RecordPlaces& places, Bookkeeper& books) {
  TwoPassTarget dedupe(plan_, setups, places, *target.sink, books, directory_, options_.memory_bytes, workers_);
  const auto work = [&]() -> Result<void> {
    for (uint32_t place = 0; place < setups.size(); ++place) {
      const auto make = [&] { return KeyScanner::make(setups[place], place, places, dedupe.exact()); };
      if (auto seen = run_pass(setups[place], books, nullptr, false, kFirst, make, [&](WorkItem& item) { return dedupe.see(item); }); !seen)
        return seen;
    }
    (void)failpoint("dedupe_decide");
    if (auto decided = dedupe.decide(options_.stop); !decided) return decided;
    std::vector<MapSetup> mapping = setups;
    for (MapSetup& setup : mapping) {
      setup.dedupe = nullptr;
      setup.keep_keys = false;
    }
    if (auto written = run_maps(mapping, books, kSecond, [&](WorkItem& item, uint32_t place) { return dedupe.commit(item, place); });
        !written)
      return written;
    return dedupe.finish();
  };
  auto done = work();
  times_.add(dedupe.times);
  return done;
}

Result<void> Runner::deduplicate_spooled(Target& target, std::vector<MapSetup>& setups, Bookkeeper& books) {
  EngineState& state = books.state();
  const bool replayed = state.phase == Phase::kWrite;
  const Counts committed = state.counts;
  const uint64_t input_bytes = state.input_bytes;
  if (target.dedupe->merge_map != kNone) {
    for (MapSetup& setup : setups) {
      auto lies = setup.source->lies_as_read();
      if (!lies) return lies.error();
      const bool usable = *lies && setup.source->traits().repeatable;
      setup.keep_frames = !usable;
      setup.keep_checks = usable;
    }
  }
  DedupeTarget dedupe(plan_, setups, *target.sink, books, directory_, options_.memory_bytes, workers_);
  if (auto begun = dedupe.begin(replayed); !begun) return begun;
  for (uint32_t place = 0; place < setups.size(); ++place) {
    state.ordinal = state.line = 0;
    const auto done = run_map(setups[place], books, nullptr, kFirst, [&](WorkItem& item) { return dedupe.take(item, place); });
    if (!done) {
      // Stopped in the first pass: it begins anew next time, so nothing of it is kept.
      books.leave_unsealed();
      return done;
    }
    dedupe.end_map();
  }
  begin_source(state);
  if (replayed) {
    const Counts& again = dedupe.replay_counts();
    const uint64_t late = committed.written + committed.merged + committed.pending;
    if (again.read != committed.read || again.skipped != committed.skipped || dedupe.mapped() < late) {
      return Error{ErrorKind::kSourceChanged, "the source gives other records than before the run stopped", "restore it, or say --new"};
    }
    state.input_bytes = input_bytes;
  } else {
    state.phase = Phase::kWrite;
    state.map_place = static_cast<uint32_t>(setups.size());
    // The checkpoint goes with a state in which nothing was written: mapped, logged and waiting.
    if (auto sealed = books.seal(false); !sealed) return sealed;
  }
  (void)failpoint("dedupe_decide");
  if (auto decided = dedupe.decide(); !decided) return decided;
  bool stopped = false;
  books.begin_phase(kSecond, true, state.decided);
  auto done = dedupe.write(options_.stop, stopped);
  times_.add(dedupe.times);
  return done && stopped ? Result<void>(stopped_by_signal()) : done;
}

}  // namespace mig
