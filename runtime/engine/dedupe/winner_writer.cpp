#include "runtime/engine/dedupe/winner_writer.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint32_t kNoSite = 0xFFFFFFFFu;

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

bool was_warned(const WinnerWriter::Records& records, uint32_t i) { return ((*records.rows)[i].key & kSpoolRowWarned) != 0; }

}  // namespace

WinnerWriter::WinnerWriter(const Plan& plan, const std::vector<MapSetup>& setups, const DedupePlan& dedupe, Sink& sink, Bookkeeper& books)
    : plan_(plan),
      setups_(setups),
      dedupe_(dedupe),
      target_(plan.targets[dedupe.target]),
      sink_(sink),
      books_(books),
      writers_(setups.size()) {
  for (const MapSetup& setup : setups) {
    key_texts_.push_back(std::make_unique<SourceKeyText>(plan.sources[plan.maps[setup.map].source], plan.types, plan.enums));
  }
}

void WinnerWriter::begin(DedupeResult& decided, Merger* merger) {
  decided_ = &decided;
  merger_ = merger;
}

Result<void> WinnerWriter::skip_to(uint64_t number) {
  for (SortedRuns* list : {&decided_->losers, &decided_->groups}) {
    while (!list->at_end() && list->place() < number) {
      if (auto moved = list->next(); !moved) return moved;
    }
  }
  return {};
}

EntryWriter& WinnerWriter::writer_of(uint32_t place) {
  std::unique_ptr<EntryWriter>& writer = writers_[place];
  const MapSetup& setup = setups_[place];
  if (writer == nullptr) writer = std::make_unique<EntryWriter>(plan_, setup.map, *setup.files, setup.run_id, false);
  return *writer;
}

Origin WinnerWriter::origin_of(const Records& records, uint32_t i) const {
  const SpoolRow& row = (*records.rows)[i];
  Origin origin;
  origin.ordinal = row.record;
  origin.line = row.line;
  origin.begin = row.begin;
  origin.size = row.size;
  origin.file = records.file;
  return origin;
}

Result<std::string> WinnerWriter::key_of(const Records& records, uint32_t i) {
  if (records.keys.empty() && records.source_frame != nullptr) {
    auto frame = records.source_frame(i);
    if (!frame) return frame.error();
    std::string key;
    writer_of(records.map_place).append_key(*frame, key, true);
    return key;
  }
  if (records.keys.empty()) return std::string();
  const std::vector<SpoolRow>& rows = *records.rows;
  if (key_offsets_.empty()) {
    uint64_t at = 0;
    for (const SpoolRow& row : rows) {
      key_offsets_.push_back(at);
      at += row.key & ~kSpoolRowWarned;
    }
  }
  return std::string(records.keys.substr(key_offsets_[i], rows[i].key & ~kSpoolRowWarned));
}

Result<void> WinnerWriter::settle(const Records& records, uint32_t first, StageNanos& times) {
  StageClock clock;
  clock.start();
  SortedRuns& losers = decided_->losers;
  SortedRuns& groups = decided_->groups;
  Counts& counts = books_.state().counts;
  const std::vector<SpoolRow>& rows = *records.rows;
  const uint32_t count = static_cast<uint32_t>(rows.size());
  const auto number_of = [&](uint32_t i) { return records.numbers != nullptr ? (*records.numbers)[i] : records.first_number + i; };
  merged_.clear();
  pieces_.clear();
  sizes_.clear();
  stretches_.clear();
  key_offsets_.clear();
  log_.clear();
  uint64_t at = 0;
  for (uint32_t i = 0; i < first; ++i) at += rows[i].encoded;
  uint64_t plain_at = at;  // winners from here up to `at` stand alone and one after the other
  uint32_t plain = first;
  bool all = first == 0;
  const auto take_plain = [&](uint32_t end) {
    if (plain == end) return;
    pieces_.push_back({false, plain_at, at});
    stretches_.push_back({static_cast<uint32_t>(sizes_.size()), plain});
    if (records.sizes != nullptr) {
      sizes_.insert(sizes_.end(), records.sizes->begin() + plain, records.sizes->begin() + end);
      return;
    }
    for (uint32_t i = plain; i < end; ++i) sizes_.push_back(rows[i].encoded);
  };
  for (uint32_t i = first; i < count; ++i) {
    const uint64_t number = number_of(i);
    const bool lost = !losers.at_end() && losers.place() <= number;
    const bool grouped = !groups.at_end() && groups.place() <= number;
    if (lost || grouped) [[unlikely]] {
      if ((lost && losers.place() != number) || (grouped && groups.place() != number)) return source_changed();
      take_plain(i);
      all = false;
      counts.written += i - plain;
      if (lost) {
        if (auto done = lose(records, i); !done) return done;
        ++counts.merged;
      } else {
        ++counts.written;
        if (auto done = win_group(records, i); !done) return done;
      }
      at += rows[i].encoded;
      plain_at = at;
      plain = i + 1;
      continue;
    }
    at += rows[i].encoded;
  }
  counts.written += count - plain;
  counts.pending -= count - first;
  Rows out;
  views_.clear();
  if (all && records.sizes != nullptr) {
    views_.push_back(records.encoded);
    out = {views_, records.sizes->data(), count};
  } else {
    take_plain(count);
    for (const Piece& piece : pieces_) {
      views_.push_back((piece.merged ? std::string_view(merged_) : records.encoded).substr(piece.begin, piece.end - piece.begin));
    }
    out = {views_, sizes_.data(), static_cast<uint32_t>(sizes_.size())};
    all = false;
  }
  clock.charge(times.dedupe);
  auto flushed = flush(records, out, all);
  clock.charge(times.write);
  return flushed;
}

Result<void> WinnerWriter::lose(const Records& records, uint32_t i) {
  std::string_view bytes = decided_->losers.bytes();
  if (dedupe_.site != kNoSite) {
    (void)take_number(bytes);
    const std::string_view key = take_sized(bytes), winner_key = take_sized(bytes);
    const SourceKeyText& text = *key_texts_[records.map_place];
    std::string extra;
    if (const std::string winner = text.json(winner_key); !winner.empty()) extra = ",\"winner\":" + winner;
    writer_of(records.map_place).add_plain(log_, origin_of(records, i), dedupe_.site, text.json(key), extra, true, {});
    books_.count_issue(plan_.sites[dedupe_.site].issue, 1);
    if (!was_warned(records, i)) ++books_.state().counts.warned;
  }
  return decided_->losers.next();
}

Result<void> WinnerWriter::win_group(const Records& records, uint32_t i) {
  SortedRuns& groups = decided_->groups;
  members_.clear();
  for (std::string_view bytes = groups.bytes(); !bytes.empty();) members_.push_back(take_number(bytes));
  if (auto moved = groups.next(); !moved) return moved;
  const size_t before = merged_.size();
  auto merged = merger_->merge(members_, merged_);
  if (!merged) return merged.error();
  Counts& counts = books_.state().counts;
  if (!*merged) {
    --counts.written;
    ++counts.rejected;
    const uint32_t site = merger_->hits().empty() ? plan_.refused_site : merger_->hits().front().site;
    const char* cause = merger_->hits().empty() ? nullptr : merger_->hits().front().cause;
    auto key = key_of(records, i);
    if (!key) return key.error();
    writer_of(records.map_place).add_plain(log_, origin_of(records, i), site, *key, {}, false, cause == nullptr ? "" : cause);
    books_.count_issue(plan_.sites[site].issue, 1);
    return {};
  }
  if (!merger_->hits().empty()) {
    // Warnings of the merge belong to the winner.
    const uint32_t site = merger_->hits().front().site;
    auto key = key_of(records, i);
    if (!key) return key.error();
    writer_of(records.map_place).add_plain(log_, origin_of(records, i), site, *key, {}, true, {});
    books_.count_issue(plan_.sites[site].issue, merger_->hits().size());
    if (!was_warned(records, i)) ++counts.warned;
  }
  stretches_.push_back({static_cast<uint32_t>(sizes_.size()), i});
  sizes_.push_back(static_cast<uint32_t>(merged_.size() - before));
  pieces_.push_back({true, before, merged_.size()});
  return {};
}

Result<void> WinnerWriter::flush(const Records& records, const Rows& rows, bool all) {
  if (auto done = sink_.write(rows, written_); !done) return done;
  Counts& counts = books_.state().counts;
  counts.inserted += written_.inserted;
  counts.updated += written_.updated;
  counts.unchanged += written_.unchanged;
  if (!written_.refusals.empty() || !written_.existing.empty()) {
    EntryWriter& writer = writer_of(records.map_place);
    const auto record_of = [&](uint32_t row) {
      if (all) return row;
      const auto behind = std::upper_bound(stretches_.begin(), stretches_.end(), row,
                                           [](uint32_t value, const Stretch& stretch) { return value < stretch.row; });
      return (behind - 1)->record + (row - (behind - 1)->row);
    };
    for (const Refusal& refusal : written_.refusals) {
      const uint32_t i = record_of(refusal.row);
      const uint32_t site = refusal.existing ? target_.on_existing_site : plan_.refused_site;
      auto key = key_of(records, i);
      if (!key) return key.error();
      writer.add_plain(log_, origin_of(records, i), site, *key, {}, false, refusal.message);
      books_.count_issue(plan_.sites[site].issue, 1);
      --counts.written;
      ++counts.rejected;
      if (was_warned(records, i)) --counts.warned;
    }
    for (const uint32_t row : written_.existing) {
      const uint32_t i = record_of(row);
      auto key = key_of(records, i);
      if (!key) return key.error();
      writer.add_plain(log_, origin_of(records, i), target_.on_existing_site, *key, {}, true, {});
      books_.count_issue(plan_.sites[target_.on_existing_site].issue, 1);
      if (!was_warned(records, i)) ++counts.warned;
    }
    std::stable_sort(log_.entries.begin(), log_.entries.end(), [](const LogEntry& a, const LogEntry& b) { return a.record < b.record; });
  }
  return books_.append_log(records.mapped, log_, records.ordinal, records.line, setups_[records.map_place].map);
}

}  // namespace mig
