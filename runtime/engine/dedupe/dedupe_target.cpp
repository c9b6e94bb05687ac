#include "runtime/engine/dedupe/dedupe_target.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/failpoint.h"

namespace mig {
namespace {

constexpr uint32_t kNoSite = 0xFFFFFFFFu;
constexpr uint64_t kBatchBytes = 1 << 20;
constexpr int kStoreShare = 4;  // of the memory: the key store; half of that again for lists of losers and groups

uint64_t take_number(std::string_view& bytes) {
  uint64_t number = 0;
  std::memcpy(&number, bytes.data(), 8);
  bytes.remove_prefix(8);
  return number;
}

std::string_view take_sized(std::string_view& bytes) {
  uint32_t size = 0;
  std::memcpy(&size, bytes.data(), 4);
  const std::string_view part = bytes.substr(4, size);
  bytes.remove_prefix(4 + size);
  return part;
}

}  // namespace

DedupeTarget::DedupeTarget(const Plan& plan, const std::vector<MapSetup>& setups, Sink& sink, Bookkeeper& books, std::string directory, uint64_t memory)
    : plan_(plan), setups_(setups), dedupe_(*setups.front().dedupe), target_(plan.targets[setups.front().dedupe->target]), sink_(sink), books_(books),
      directory_(std::move(directory)), memory_(memory), writers_(setups.size()) {
  for (const MapSetup& setup : setups) {
    key_texts_.push_back(std::make_unique<SourceKeyText>(plan.sources[plan.maps[setup.map].source], plan.types, plan.enums));
  }
}

Result<void> DedupeTarget::begin(bool replayed) {
  replayed_ = replayed;
  auto spool = Spool::create(directory_);
  if (!spool) return spool.error();
  spool_ = std::make_unique<Spool>(std::move(*spool));
  keys_ = std::make_unique<GroupStore>(directory_, memory_ / kStoreShare, dedupe_.merge_map != kNoSite);
  const uint64_t lists = memory_ / kStoreShare / 4;
  decided_ = std::make_unique<DedupeResult>(DedupeResult{SortedRuns(directory_, lists), SortedRuns(directory_, lists)});
  return {};
}

Result<void> DedupeTarget::take(WorkItem& item, uint32_t map_place) {
  StageClock clock;
  clock.start();
  EngineState& state = books_.state();
  if (!replayed_) {
    const auto stop = books_.budget_stop(item.fates);
    if (auto counted = books_.take(item, stop ? *stop : static_cast<uint32_t>(item.fates.size()), true, nullptr, setups_[map_place].map); !counted) return counted;
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
  if (auto resolved = keys_->resolve(*decided_); !resolved) return resolved;
  keys_.reset();
  if (auto ready = decided_->losers.rewind(); !ready) return ready;
  if (auto ready = decided_->groups.rewind(); !ready) return ready;
  if (dedupe_.merge_map != kNoSite) {
    auto merger = Merger::make(setups_, *spool_);
    if (!merger) return merger.error();
    merger_ = std::move(*merger);
  }
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

EntryWriter& DedupeTarget::writer_of(uint32_t place) {
  std::unique_ptr<EntryWriter>& writer = writers_[place];
  const MapSetup& setup = setups_[place];
  if (writer == nullptr) writer = std::make_unique<EntryWriter>(plan_, setup.map, *setup.files, setup.run_id, false);
  return *writer;
}

Origin DedupeTarget::origin_of(const SpoolChunk& chunk, uint32_t i) const {
  const SpoolRow& row = loaded_.index[i];
  Origin origin;
  origin.ordinal = row.record;
  origin.line = row.line;
  origin.begin = row.begin;
  origin.size = row.size;
  origin.file = chunk.file;
  return origin;
}

std::string_view DedupeTarget::key_of(uint32_t i) const {
  if (loaded_.keys.empty()) return {};
  return std::string_view(loaded_.keys).substr(key_offsets_[i], loaded_.index[i].key & ~kSpoolRowWarned);
}

Result<void> DedupeTarget::write_chunk(size_t number) {
  const SpoolChunk& chunk = spool_->chunks()[number];
  SortedRuns& losers = decided_->losers;
  SortedRuns& groups = decided_->groups;
  EngineState& state = books_.state();
  const uint64_t end = chunk.first_row + chunk.count;
  StageClock clock;
  clock.start();
  // Records up to `decided` were settled before the checkpoint; chunks may have been cut elsewhere then.
  const uint64_t settled = std::min(end, state.decided);
  while (!losers.at_end() && losers.place() < settled) { if (auto moved = losers.next(); !moved) return moved; }
  while (!groups.at_end() && groups.place() < settled) { if (auto moved = groups.next(); !moved) return moved; }
  if (settled == end) return {};
  if (auto read = spool_->load(chunk, loaded_); !read) return read;
  key_offsets_.resize(chunk.count);
  uint64_t key_at = 0;
  for (uint32_t i = 0; i < chunk.count; ++i) {
    key_offsets_[i] = key_at;
    key_at += loaded_.index[i].key & ~kSpoolRowWarned;
  }
  batch_.rows.clear();
  batch_.sizes.clear();
  batch_.index.clear();
  log_.clear();
  Counts& counts = state.counts;
  uint64_t at = 0;
  for (uint32_t i = 0; i < chunk.count; ++i) {
    const uint64_t row = chunk.first_row + i;
    const uint32_t size = loaded_.index[i].encoded;
    if (row < settled) {
      at += size;
      continue;
    }
    if (!losers.at_end() && losers.place() == row) {
      if (auto lost = lose(chunk, i); !lost) return lost;
      ++counts.merged;
    } else {
      ++counts.written;
      if (auto won = win(chunk, i, std::string_view(loaded_.rows).substr(at, size), row); !won) return won;
    }
    --counts.pending;
    at += size;
  }
  clock.charge(times.dedupe);
  if (auto flushed = flush(chunk); !flushed) return flushed;
  clock.charge(times.write);
  spool_->forget_rows(chunk);
  state.decided = end;
  (void)failpoint("dedupe_chunk");
  if (auto within = books_.check_budget(); !within) return within;
  if (auto sealed = books_.seal_if_due(chunk.rows_size, end - settled); !sealed) return sealed;
  books_.report_progress(end, spool_->rows(), false);
  return {};
}

Result<void> DedupeTarget::lose(const SpoolChunk& chunk, uint32_t i) {
  std::string_view bytes = decided_->losers.bytes();
  if (dedupe_.site != kNoSite) {
    (void)take_number(bytes);
    const std::string_view key = take_sized(bytes), winner_key = take_sized(bytes);
    const SourceKeyText& text = *key_texts_[chunk.map_place];
    std::string extra;
    if (const std::string winner = text.json(winner_key); !winner.empty()) extra = ",\"winner\":" + winner;
    writer_of(chunk.map_place).add_plain(log_, origin_of(chunk, i), dedupe_.site, text.json(key), extra, true, {});
    books_.count_issue(plan_.sites[dedupe_.site].issue, 1);
    if ((loaded_.index[i].key & kSpoolRowWarned) == 0) ++books_.state().counts.warned;
  }
  return decided_->losers.next();
}

Result<void> DedupeTarget::win(const SpoolChunk& chunk, uint32_t i, std::string_view encoded, uint64_t row) {
  SortedRuns& groups = decided_->groups;
  const size_t before = batch_.rows.size();
  if (groups.at_end() || groups.place() != row) {
    batch_.rows += encoded;
  } else {
    members_.clear();
    for (std::string_view bytes = groups.bytes(); !bytes.empty();) members_.push_back(take_number(bytes));
    if (auto moved = groups.next(); !moved) return moved;
    auto merged = merger_->merge(members_, {loaded_.index[i], &chunk}, batch_.rows);
    if (!merged) return merged.error();
    Counts& counts = books_.state().counts;
    if (!*merged) {
      --counts.written;
      ++counts.rejected;
      const uint32_t site = merger_->hits().empty() ? plan_.refused_site : merger_->hits().front().site;
      const char* cause = merger_->hits().empty() ? nullptr : merger_->hits().front().cause;
      writer_of(chunk.map_place).add_plain(log_, origin_of(chunk, i), site, key_of(i), {}, false, cause == nullptr ? "" : cause);
      books_.count_issue(plan_.sites[site].issue, 1);
      return {};
    }
    if (!merger_->hits().empty()) {
      // Warnings of the merge belong to the winner.
      const uint32_t site = merger_->hits().front().site;
      writer_of(chunk.map_place).add_plain(log_, origin_of(chunk, i), site, key_of(i), {}, true, {});
      books_.count_issue(plan_.sites[site].issue, merger_->hits().size());
      if ((loaded_.index[i].key & kSpoolRowWarned) == 0) ++counts.warned;
    }
  }
  batch_.sizes.push_back(static_cast<uint32_t>(batch_.rows.size() - before));
  batch_.index.push_back(i);
  return {};
}

Result<void> DedupeTarget::flush(const SpoolChunk& chunk) {
  const Rows rows{batch_.rows.data(), batch_.rows.size(), batch_.sizes.data(), static_cast<uint32_t>(batch_.sizes.size())};
  if (auto done = sink_.write(rows, written_); !done) return done;
  Counts& counts = books_.state().counts;
  counts.inserted += written_.inserted;
  counts.updated += written_.updated;
  counts.unchanged += written_.unchanged;
  if (!written_.refusals.empty() || !written_.existing.empty()) {
    EntryWriter& writer = writer_of(chunk.map_place);
    for (const Refusal& refusal : written_.refusals) {
      const uint32_t i = batch_.index[refusal.row];
      const uint32_t site = refusal.existing ? target_.on_existing_site : plan_.refused_site;
      writer.add_plain(log_, origin_of(chunk, i), site, key_of(i), {}, false, refusal.message);
      books_.count_issue(plan_.sites[site].issue, 1);
      --counts.written;
      ++counts.rejected;
      if ((loaded_.index[i].key & kSpoolRowWarned) != 0) --counts.warned;
    }
    for (const uint32_t row : written_.existing) {
      const uint32_t i = batch_.index[row];
      writer.add_plain(log_, origin_of(chunk, i), target_.on_existing_site, key_of(i), {}, true, {});
      books_.count_issue(plan_.sites[target_.on_existing_site].issue, 1);
      if ((loaded_.index[i].key & kSpoolRowWarned) == 0) ++counts.warned;
    }
    std::stable_sort(log_.entries.begin(), log_.entries.end(), [](const LogEntry& a, const LogEntry& b) { return a.record < b.record; });
  }
  return books_.append_log(log_, chunk.ordinal, chunk.line, setups_[chunk.map_place].map);
}

}  // namespace mig
