#include "runtime/engine/dedupe/dedupe_target.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/failpoint.h"
#include "runtime/engine/dedupe/part_threads.h"

namespace mig {
namespace {

constexpr uint32_t kNoSite = 0xFFFFFFFFu;
constexpr int kStoreShare = 4;  // of the memory: the key store

}  // namespace

DedupeTarget::DedupeTarget(const Plan& plan, const std::vector<MapSetup>& setups, Sink& sink, Bookkeeper& books, std::string directory,
                           uint64_t memory, uint32_t workers)
    : setups_(setups),
      dedupe_(*setups.front().dedupe),
      books_(books),
      directory_(std::move(directory)),
      memory_(memory),
      workers_(workers),
      writer_(plan, setups, dedupe_, sink, books) {}

Result<void> DedupeTarget::begin(bool replayed) {
  replayed_ = replayed;
  auto spool = Spool::create(directory_);
  if (!spool) return spool.error();
  spool_ = std::make_unique<Spool>(std::move(*spool));
  keys_ = std::make_unique<GroupStore>(directory_, memory_ / kStoreShare, dedupe_.merge_map != kNoSite);
  decided_ = std::make_unique<DedupeResult>(DedupeResult::within(directory_, memory_));
  return {};
}

Result<void> DedupeTarget::take(WorkItem& item, uint32_t map_place) {
  StageClock clock;
  clock.start();
  EngineState& state = books_.state();
  if (!replayed_) {
    const auto stop = books_.budget_stop(item.fates);
    if (auto counted = books_.take(item, stop ? *stop : static_cast<uint32_t>(item.fates.size()), true, nullptr, setups_[map_place].map);
        !counted)
      return counted;
    if (stop) return books_.check_budget();
  } else {
    for (const uint8_t fate : item.fates) {
      replay_.read += (fate & kFateMask) != kFateIgnored ? 1 : 0;
      replay_.rejected += (fate & kFateMask) == kFateRejected ? 1 : 0;
      replay_.skipped += (fate & kFateMask) == kFateSkipped ? 1 : 0;
    }
  }
  const uint64_t first_row = spool_->rows();
  if (auto spooled = spool_->append(item, map_place, state.ordinal, state.line); !spooled) return spooled;
  if (auto added = keys_->add(item.dedupe_keys, first_row); !added) return added;
  books_.pass(item);
  clock.charge(times.dedupe);
  return {};
}

void DedupeTarget::end_map() { keys_->end_map(spool_->rows()); }

Result<void> DedupeTarget::decide() {
  StageClock clock;
  clock.start();
  if (auto resolved = keys_->resolve(*decided_, resolving_threads(workers_)); !resolved) return resolved;
  keys_.reset();
  if (auto ready = decided_->losers.rewind(); !ready) return ready;
  if (auto ready = decided_->groups.rewind(); !ready) return ready;
  if (dedupe_.merge_map != kNoSite) {
    auto members = SpooledMembers::make(setups_, *spool_);
    if (!members) return members.error();
    members_ = std::move(*members);
    auto merger = Merger::make(setups_, dedupe_, *members_);
    if (!merger) return merger.error();
    merger_ = std::move(*merger);
  }
  writer_.begin(*decided_, merger_.get());
  clock.charge(times.dedupe);
  return {};
}

Result<void> DedupeTarget::write(const std::atomic<int>* stop, bool& stopped) {
  stopped = false;
  for (size_t number = 0; number < spool_->chunks().size(); ++number) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed) != 0) {
      stopped = true;
      return {};
    }
    if (auto written = write_chunk(number); !written) return written;
  }
  return {};
}

Result<void> DedupeTarget::write_chunk(size_t number) {
  const SpoolChunk& chunk = spool_->chunks()[number];
  EngineState& state = books_.state();
  const uint64_t end = chunk.first_row + chunk.count;
  StageClock clock;
  clock.start();
  // Records up to `decided` were settled before the checkpoint; chunks may have been cut elsewhere then.
  const uint64_t settled = std::clamp(state.decided, chunk.first_row, end);
  if (auto skipped = writer_.skip_to(settled); !skipped) return skipped;
  if (settled == end) return {};
  if (auto read = spool_->load(chunk, loaded_); !read) return read;
  clock.charge(times.dedupe);
  WinnerWriter::Records records;
  records.rows = &loaded_.index;
  records.encoded = loaded_.rows;
  records.keys = loaded_.keys;
  records.map_place = chunk.map_place;
  records.file = chunk.file;
  records.ordinal = chunk.ordinal;
  records.line = chunk.line;
  records.first_number = chunk.first_row;
  if (auto done = writer_.settle(records, static_cast<uint32_t>(settled - chunk.first_row), times); !done) return done;
  spool_->forget_rows(chunk);
  state.decided = end;
  (void)failpoint("dedupe_chunk");
  if (auto within = books_.check_budget(); !within) return within;
  if (auto sealed = books_.seal_if_due(chunk.rows_size, end - settled); !sealed) return sealed;
  books_.report_progress(end, spool_->rows(), false);
  return {};
}

}  // namespace mig
