#include "runtime/engine/mapper.h"

#include <algorithm>
#include <cstring>
#include <xxhash.h>

#include "runtime/engine/dedupe/packed_frame.h"
#include "runtime/engine/record_filter.h"

namespace mig {
namespace {

constexpr uint64_t kArenaBlock = 256 << 10;
// Of one batch; then record by record. Below half of what one record may take, so that what a record is refused for does not depend on
// the batch it stands in, wherever blocks end.
constexpr uint64_t kBatchMemory = 24 << 20;
constexpr uint32_t kBatchBytes = 192 << 10;  // input and output frames of a batch: they stay in the second-level cache
constexpr uint32_t kNoStep = 0xFFFFFFFFu, kNoKernel = 0xFFFFFFFFu;

}  // namespace

void MapSetup::prepare(Context& context, IssueSink& issues, TextMemo* memo) const {
  const std::string& name = plan->sources[plan->maps[map].source].name;
  context.prepared = kernels->prepared();
  context.environment = environment;
  context.memo = memo;
  context.issues = &issues;
  context.row_source = {name.data(), name.size()};
}

uint64_t row_check(std::string_view encoded) { return XXH3_64bits(encoded.data(), encoded.size()); }

uint32_t default_batch_records(const RecordLayout& input, const RecordLayout& output) {
  return std::clamp(kBatchBytes / std::max(1u, input.stride + output.stride), 32u, 1024u);
}

void StageNanos::add(const StageNanos& other) {
  read += other.read;
  decode += other.decode;
  map += other.map;
  encode += other.encode;
  dedupe += other.dedupe;
  write += other.write;
  sync += other.sync;
  idle += other.idle;
}

Mapper::Mapper(const MapSetup& setup)
    : setup_(setup),
      plan_(*setup.plan),
      map_(setup.plan->maps[setup.map]),
      target_(setup.plan->targets[map_.target]),
      kernel_(setup.early && map_.early_map != kNoKernel ? setup.kernels->kernel(map_.early_map) : setup.kernels->kernel(map_.map)),
      input_(setup.plan->sources[map_.source].layout, setup.batch_records),
      single_(setup.plan->sources[map_.source].layout, 1),
      output_(map_.emitted ? map_.rows : target_.layout, setup.batch_records),
      mask_(*setup.kernels, target_, map_.emitted ? 0 : setup.batch_records),
      outcomes_(setup.batch_records),
      key_outcomes_(setup.batch_records),
      arena_(kArenaBlock, kBatchMemory, true),
      ignored_(setup.batch_records) {}

Mapper::~Mapper() = default;

Result<std::unique_ptr<Mapper>> Mapper::make(const MapSetup& setup) {
  std::unique_ptr<Mapper> mapper(new Mapper(setup));
  auto decoder = setup.source->decoder();
  if (!decoder) return decoder.error();
  mapper->decoder_ = std::move(*decoder);
  auto encoder = setup.sink->encoder();
  if (!encoder) return encoder.error();
  mapper->encoder_ = std::move(*encoder);
  mapper->writer_ = std::make_unique<EntryWriter>(*setup.plan, setup.map, *setup.files, setup.run_id, setup.keep_original);
  const SourcePlan& source = setup.plan->sources[mapper->map_.source];
  if (setup.dedupe != nullptr) {
    mapper->keys_ = std::make_unique<KeyEntryMaker>(*setup.dedupe, source, setup.plan->types);
    mapper->key_frames_ = std::make_unique<RecordBatch>(setup.dedupe->key_layout, setup.batch_records);
    if (setup.keep_frames) mapper->frames_ = std::make_unique<PackedFrames>(mapper->target_.layout, setup.plan->types);
  }
  if (mapper->map_.emitted) mapper->emitted_ = std::make_unique<RecordBatch>(mapper->target_.layout, 1);
  setup.prepare(mapper->context_, mapper->collector_, &mapper->memo_);
  return mapper;
}

void Mapper::map(WorkItem& item, uint64_t first_ordinal) {
  item.clear();
  laps_.start();
  first_ordinal_ = first_ordinal;
  if (setup_.filter != nullptr && setup_.filter->ends_before(first_ordinal)) return;
  uint64_t cursor = 0;
  uint32_t alone = 0;  // records that are still to go one by one
  while (cursor < item.chunk.size) {
    const uint64_t before = cursor;
    RecordBatch* batch = &input_;
    if (alone > 0 || !decode_and_map(item, *batch, cursor, first_ordinal)) {
      // Together the records need more than a batch may use: as many as it may hold go one by one.
      if (alone == 0) alone = setup_.batch_records;
      --alone;
      cursor = before;
      batch = &single_;
      (void)decode_and_map(item, *batch, cursor, first_ordinal);
    }
    if (batch->count == 0 && cursor == before) break;
    finish_batch(item, *batch);
  }
  item.lines = decoder_->lines_in_chunk();
  laps_.finish();
}

bool Mapper::decode_and_map(WorkItem& item, RecordBatch& batch, uint64_t& cursor, uint64_t first_ordinal) {
  const uint64_t ordinal = first_ordinal + item.fates.size();
  arena_.set_limit(batch.capacity() == 1 ? kRecordMemory : kBatchMemory);
  arena_.reset(context_);
  collector_.hits.clear();
  try {
    decoder_->decode(item.chunk, cursor, batch, context_);
    laps_.charge(times.decode);
    run_kernel(batch, ordinal);
    laps_.charge(times.map);
    return true;
  } catch (const ArenaExhausted&) {
    laps_.charge(times.map);
    if (batch.capacity() > 1) return false;
  }
  outcomes_[0] = Outcome::kRejected;
  collector_.hits.clear();
  collector_.hits.push_back({0, plan_.decode_site, kNoStep, kTooMuchMemory});
  return true;
}

void Mapper::run_kernel(const RecordBatch& batch, uint64_t ordinal) {
  std::fill_n(outcomes_.begin(), batch.count, Outcome::kWritten);
  for (const DecodeFailure& failure : batch.failures) outcomes_[failure.record] = Outcome::kRejected;
  if (setup_.filter != nullptr) {
    std::string key;
    for (uint32_t i = 0; i < batch.count; ++i) {
      key.clear();
      if (outcomes_[i] != Outcome::kRejected && setup_.filter->needs_keys()) writer_->append_key(batch.frame(i), key, true);
      const bool wanted = setup_.filter->takes(key, ordinal + i);
      ignored_[i] = wanted ? 0 : 1;
      if (!wanted) outcomes_[i] = Outcome::kRejected;
    }
  }
  output_.clear_first(batch.count);
  context_.row_ordinal = ordinal;
  kernel_.run(context_, batch.frame(0), output_.frame(0), batch.count, outcomes_.data());
  written_ = map_.emitted ? nullptr : mask_.apply(context_, output_.frame(0), batch.count, outcomes_.data());
  if (keys_ == nullptr) return;
  // Records that are not written keep out of the key kernel as those do that did not decode. Its issues are not the record's.
  for (uint32_t i = 0; i < batch.count; ++i) key_outcomes_[i] = outcomes_[i] == Outcome::kWritten ? Outcome::kWritten : Outcome::kRejected;
  key_frames_->clear_first(batch.count);
  const size_t hits = collector_.hits.size();
  setup_.kernels->kernel(setup_.dedupe->key_map).run(context_, output_.frame(0), key_frames_->frame(0), batch.count, key_outcomes_.data());
  collector_.hits.resize(hits);
}

void Mapper::finish_batch(WorkItem& item, RecordBatch& batch) {
  const uint32_t first_record = static_cast<uint32_t>(item.fates.size());
  if (map_.emitted) {
    // The records are settled, and their issues told, by the map that emits.
    item.fates.insert(item.fates.end(), batch.count, kFateIgnored);
    encode_emitted(item, batch, first_record);
    laps_.charge(times.encode);
    return;
  }
  for (uint32_t i = 0; i < batch.count; ++i) item.fates.push_back(static_cast<uint8_t>(outcomes_[i]));
  if (setup_.filter != nullptr) {
    for (uint32_t i = 0; i < batch.count; ++i) {
      if (ignored_[i] != 0) item.fates[first_record + i] = kFateIgnored;
    }
    std::erase_if(batch.failures, [&](const DecodeFailure& failure) { return item.fates[first_record + failure.record] == kFateIgnored; });
  }
  if (setup_.observer != nullptr) {
    setup_.observer->observe({&batch, &output_, written_, &outcomes_, &ignored_, &collector_.hits, first_ordinal_ + first_record});
    return;
  }
  if (!collector_.hits.empty() || !batch.failures.empty()) log_batch(item, batch, first_record);
  first_row_ = item.row_sizes.size();
  first_row_at_ = item.rows.size();
  encode_batch(item, batch);
  laps_.charge(times.encode);
  if (!setup_.keep_origins) return;
  keep_rows(item, batch, first_record);
  if (keys_ != nullptr) key_batch(item, batch);
  laps_.charge(times.dedupe);
}

void Mapper::encode_batch(WorkItem& item, const RecordBatch& batch) {
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (outcomes_[i] != Outcome::kWritten) continue;
    const size_t before = item.rows.size();
    encoder_->encode(written_ + static_cast<size_t>(output_.stride()) * i, item.rows);
    item.row_sizes.push_back(static_cast<uint32_t>(item.rows.size() - before));
  }
}

void Mapper::encode_emitted(WorkItem& item, const RecordBatch& batch, uint32_t first_record) {
  uint8_t* const frame = emitted_->frame(0);
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (outcomes_[i] != Outcome::kWritten) continue;
    const Cell rows = load_cell(output_.frame(i), map_.rows, 0);
    for (uint64_t row = 0; row < rows.list.count; ++row) {
      const List& fields = rows.list.items[row].list;
      emitted_->clear(0);
      for (uint32_t field = 0; field < target_.layout.fields.size(); ++field) store_cell(frame, target_.layout, field, fields.items[field]);
      const size_t before = item.rows.size();
      encoder_->encode(frame, item.rows);
      item.row_sizes.push_back(static_cast<uint32_t>(item.rows.size() - before));
      item.row_records.push_back(first_record + i);
    }
  }
}

void Mapper::log_batch(WorkItem& item, const RecordBatch& batch, uint32_t first_record) {
  std::vector<IssueHit>& hits = collector_.hits;
  const auto by_record = [](const IssueHit& a, const IssueHit& b) { return a.record < b.record; };
  if (!std::is_sorted(hits.begin(), hits.end(), by_record)) std::stable_sort(hits.begin(), hits.end(), by_record);
  size_t at = 0, failed = 0;
  while (at < hits.size() || failed < batch.failures.size()) {
    const bool is_failure = failed < batch.failures.size() && (at == hits.size() || batch.failures[failed].record <= hits[at].record);
    if (is_failure) {
      const DecodeFailure& failure = batch.failures[failed++];
      while (at < hits.size() && hits[at].record == failure.record) ++at;
      const IssueHit hit{failure.record, plan_.decode_site, kNoStep, failure.cause};
      Origin origin = batch.origins[failure.record];
      origin.ordinal = first_record + failure.record;
      writer_->add(item.log, origin, nullptr, &hit, 1, &failure, false, {});
      item.raised.push_back({first_record + failure.record, plan_.sites[plan_.decode_site].issue, 1});
      continue;
    }
    size_t end = at;
    while (end < hits.size() && hits[end].record == hits[at].record) ++end;
    add_issues(item, batch, first_record, hits[at].record, hits.data() + at, end - at);
    at = end;
  }
}

void Mapper::add_issues(WorkItem& item, const RecordBatch& batch, uint32_t first_record, uint32_t record, const IssueHit* hits,
                        size_t count) {
  const uint32_t number = first_record + record;
  uint8_t& fate = item.fates[number];
  Origin origin = batch.origins[record];
  origin.ordinal = number;
  switch (outcomes_[record]) {
    case Outcome::kRejected: {
      if (fate == kFateIgnored) return;
      const IssueHit* const primary =
          std::find_if(hits, hits + count, [&](const IssueHit& hit) { return plan_.sites[hit.site].verb == Verb::kReject; });
      const IssueHit& counted = primary == hits + count ? hits[0] : *primary;
      item.raised.push_back({number, plan_.sites[counted.site].issue, 1});
      writer_->add(item.log, origin, batch.frame(record), hits, count, nullptr, false, {});
      return;
    }
    case Outcome::kSkipped: {
      const IssueHit* const primary =
          std::find_if(hits, hits + count, [&](const IssueHit& hit) { return plan_.sites[hit.site].verb == Verb::kSkip; });
      if (primary != hits + count) item.raised.push_back({number, plan_.sites[primary->site].issue, 1});
      return;
    }
    case Outcome::kWritten: break;
  }
  const size_t first = item.raised.size();
  for (size_t i = 0; i < count; ++i) {
    const uint32_t issue = plan_.sites[hits[i].site].issue;
    const auto known = std::find_if(item.raised.begin() + static_cast<ptrdiff_t>(first), item.raised.end(),
                                    [&](const Raised& raised) { return raised.issue == issue; });
    if (known != item.raised.end())
      ++known->hits;
    else
      item.raised.push_back({number, issue, 1});
  }
  fate = static_cast<uint8_t>(fate | kFateWarned);
  writer_->add(item.log, origin, batch.frame(record), hits, count, nullptr, true, {});
}

void Mapper::keep_rows(WorkItem& item, const RecordBatch& batch, uint32_t first_record) {
  size_t row = first_row_;
  size_t row_at = first_row_at_;
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (outcomes_[i] != Outcome::kWritten) continue;
    const Origin& origin = batch.origins[i];
    SpoolRow& kept = item.spool_rows.emplace_back();
    kept.begin = origin.begin;
    kept.size = origin.size;
    kept.record = first_record + i;
    kept.line = static_cast<uint32_t>(origin.line);
    kept.encoded = item.row_sizes[row++];
    if (setup_.keep_checks) kept.check = row_check({item.rows.data() + row_at, kept.encoded});
    row_at += kept.encoded;
    if (frames_ != nullptr) {
      const size_t before = item.frames.size();
      frames_->pack(output_.frame(i), item.frames);
      kept.frame_at = static_cast<uint32_t>(before);
      kept.frame = static_cast<uint32_t>(item.frames.size() - before);
    }
    if (setup_.keep_keys) {
      const size_t before = item.keys.size();
      writer_->append_key(batch.frame(i), item.keys, true);
      kept.key = static_cast<uint32_t>(item.keys.size() - before);
    }
    if ((item.fates[first_record + i] & kFateWarned) != 0) kept.key |= kSpoolRowWarned;
  }
}

void Mapper::key_batch(WorkItem& item, const RecordBatch& batch) {
  size_t row = first_row_;
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (outcomes_[i] != Outcome::kWritten) continue;
    // A key that cannot be computed joins no group, like a null one.
    if (key_outcomes_[i] == Outcome::kWritten) keys_->append(key_frames_->frame(i), batch.frame(i), row, item.dedupe_keys);
    ++row;
  }
}

Scribe::Scribe(const MapSetup& setup)
    : plan_(*setup.plan),
      writer_(*setup.plan, setup.map, *setup.files, setup.run_id, setup.keep_original),
      input_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, setup.batch_records),
      single_(setup.plan->sources[setup.plan->maps[setup.map].source].layout, 1),
      arena_(kArenaBlock, kBatchMemory, true) {
  context_.prepared = setup.kernels->prepared();
  context_.environment = setup.environment;
  context_.issues = &collector_;
}

Result<std::unique_ptr<Scribe>> Scribe::make(const MapSetup& setup) {
  std::unique_ptr<Scribe> scribe(new Scribe(setup));
  auto decoder = setup.source->decoder();
  if (!decoder) return decoder.error();
  scribe->decoder_ = std::move(*decoder);
  return scribe;
}

void Scribe::describe(const Chunk& chunk, const std::vector<Wanted>& wanted, LogEntries& log) {
  log.clear();
  uint64_t cursor = 0;
  uint32_t first_record = 0;
  size_t next = 0;
  RecordBatch* batch = &input_;
  while (cursor < chunk.size && next < wanted.size()) {
    arena_.set_limit(batch->capacity() == 1 ? kRecordMemory : kBatchMemory);
    arena_.reset(context_);
    const uint64_t before = cursor;
    try {
      decoder_->decode(chunk, cursor, *batch, context_);
    } catch (const ArenaExhausted&) {
      cursor = before;
      batch = &single_;
      continue;
    }
    if (batch->count == 0 && cursor == before) break;
    for (; next < wanted.size() && wanted[next].record < first_record + batch->count; ++next) {
      const Wanted& want = wanted[next];
      const uint32_t record = want.record - first_record;
      Origin origin = batch->origins[record];
      origin.ordinal = want.record;
      const IssueHit hit{record, want.site, kNoStep, nullptr};
      writer_.add(log, origin, batch->frame(record), &hit, 1, nullptr, want.warning, want.message);
    }
    first_record += batch->count;
  }
}

}  // namespace mig
