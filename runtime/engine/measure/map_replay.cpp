#include "runtime/engine/measure/map_replay.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/base/file.h"
#include "runtime/base/signals.h"
#include "runtime/engine/pipeline.h"

namespace mig {
namespace {

constexpr uint64_t kBlock = 1 << 20;
constexpr uint64_t kStoreShare = 4;  // of the memory

}  // namespace

/// Reads the log beside the records: which of them was rejected although the map wrote it, and with which code.
class MapReplay::LateRejects {
 public:
  static Result<std::unique_ptr<LateRejects>> open(const std::string& path) {
    auto file = File::open_read(path);
    if (!file) return file.error();
    return std::make_unique<LateRejects>(std::move(*file));
  }

  explicit LateRejects(File file) : file_(std::move(file)) {}

  /// The maps whose records will be asked about, in the log's order.
  void expect(std::vector<std::string> maps) { due_ = std::move(maps); }
  /// Whether the record of the map stands in the log; records are asked for in the log's order. `code`: valid until the next call.
  Result<bool> has(std::string_view map, uint64_t record, std::string_view& code) {
    while (true) {
      if (!loaded_) {
        auto more = next();
        if (!more) return more.error();
        if (!*more) return false;
        loaded_ = true;
      }
      if (map_ != map) {
        // Entries of a map that is still to come wait; all others are of no interest any more.
        if (std::find(due_.begin(), due_.end(), map_) != due_.end()) return false;
      } else if (record_ > record) {
        return false;
      } else if (record_ == record) {
        code = code_;
        return true;
      }
      loaded_ = false;
    }
  }
  void end_map(std::string_view map) { std::erase(due_, map); }

 private:
  static std::string_view member(std::string_view line, std::string_view name) {
    const size_t at = line.find(name);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + name.size());
    return line;
  }
  static std::string text_of(std::string_view rest) { return std::string(rest.substr(0, rest.find('"'))); }

  Result<bool> next() {
    size_t end = buffer_.find('\n', begin_);
    while (end == std::string::npos) {
      buffer_.erase(0, begin_);
      begin_ = 0;
      const size_t old = buffer_.size();
      buffer_.resize(old + kBlock);
      auto n = file_.read_some(read_, buffer_.data() + old, kBlock);
      if (!n) return n.error();
      buffer_.resize(old + *n);
      read_ += *n;
      if (*n == 0) return false;
      end = buffer_.find('\n', old);
    }
    const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
    begin_ = end + 1;
    const std::string_view record = member(line, "\"record\":");
    record_ = 0;
    std::from_chars(record.data(), record.data() + record.size(), record_);
    map_ = text_of(member(line, "\"map\":\""));
    code_ = text_of(member(line, "\"code\":\""));
    return true;
  }

  File file_;
  std::string buffer_, map_, code_;
  size_t begin_ = 0;
  uint64_t read_ = 0, record_ = 0;
  bool loaded_ = false;
  std::vector<std::string> due_;
};

MapReplay::MapReplay(const Plan& plan, std::vector<MapSetup> setups, std::string directory, std::string rejects, uint64_t memory,
                     const std::atomic<int>* stop)
    : plan_(plan),
      setups_(std::move(setups)),
      directory_(std::move(directory)),
      rejects_(std::move(rejects)),
      memory_(memory),
      stop_(stop) {}

MapReplay::~MapReplay() {
  if (rejects_.empty()) return;
  const std::string stem = rejects_.substr(0, rejects_.rfind('.'));
  for (const std::string& path : {rejects_, stem + ".csv", stem + ".warnings.ndjson"}) (void)remove_file(path);
}

Result<void> MapReplay::pass(const MapSetup& setup, const std::function<Result<void>(WorkItem&)>& commit) {
  auto reader = setup.source->reader(nullptr);
  if (!reader) return reader.error();
  auto mapper = Mapper::make(setup);
  if (!mapper) return mapper.error();
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  workers.push_back(std::move(*mapper));
  uint64_t ordinal = 0;
  Pipeline pipeline(**reader, workers, stop_);
  const auto ended = pipeline.run(
      [&](WorkItem& item) -> Result<void> {
        ordinal += item.fates.size();
        return commit(item);
      },
      [&] { return ordinal; });
  if (!ended) return ended.error();
  return *ended == PipelineEnd::kStopped ? Result<void>(stopped_by_signal()) : Result<void>();
}

Result<void> MapReplay::decide_groups() {
  GroupStore store(directory_, memory_ / kStoreShare, false);
  uint64_t rows = 0;
  for (const MapSetup& setup : setups_) {
    const auto added = pass(setup, [&](WorkItem& item) -> Result<void> {
      if (auto done = store.add(item.dedupe_keys, rows); !done) return done;
      rows += item.spool_rows.size();
      return {};
    });
    if (!added) return added;
    store.end_map(rows);
    map_ends_.push_back(rows);
  }
  decided_ = std::make_unique<DedupeResult>(DedupeResult::within(directory_, memory_));
  if (auto resolved = store.resolve(*decided_, 1); !resolved) return resolved;
  return decided_->losers.rewind();
}

Result<void> MapReplay::run(const std::vector<bool>& wanted, const Visit& visit) {
  const bool deduplicated = !setups_.empty() && setups_.front().dedupe != nullptr;
  if (deduplicated) {
    if (auto decided = decide_groups(); !decided) return decided;
  }
  if (!rejects_.empty()) {
    auto late = LateRejects::open(rejects_);
    if (!late) return late.error();
    late_ = std::move(*late);
    std::vector<std::string> due;
    for (const MapSetup& setup : setups_) due.push_back(plan_.maps[setup.map].name);
    late_->expect(std::move(due));
  }
  visit_ = &visit;
  failed_ = {};
  number_ = 0;
  for (place_ = 0; place_ < setups_.size(); ++place_) {
    // Behind a dedupe every map is run, for records are known by their number.
    const std::string& name = plan_.maps[setups_[place_].map].name;
    visiting_ = wanted[place_];
    if (!deduplicated && !visiting_) {
      if (late_ != nullptr) late_->end_map(name);
      continue;
    }
    MapSetup setup = setups_[place_];
    setup.dedupe = nullptr;
    setup.keep_origins = setup.keep_frames = setup.keep_checks = setup.keep_keys = false;
    setup.observer = this;
    if (auto done = pass(setup, [this](WorkItem&) { return failed_; }); !done) return done;
    if (late_ != nullptr) late_->end_map(name);
  }
  return {};
}

void MapReplay::observe(const Batch& batch) {
  for (uint32_t i = 0; i < batch.input->count && failed_; ++i) failed_ = settle(batch, i);
}

/// Whether the mapped record at hand lost to another; then `fate` says to which.
Result<bool> MapReplay::lost(Fate& fate) {
  if (decided_ == nullptr) return false;
  SortedRuns& losers = decided_->losers;
  const uint64_t number = number_++;
  fate.number = number;
  if (losers.at_end() || losers.place() != number) return false;
  const std::string_view bytes = losers.bytes();
  uint64_t winner = 0;
  uint32_t own = 0, size = 0;
  std::memcpy(&winner, bytes.data(), 8);
  std::memcpy(&own, bytes.data() + 8, 4);
  std::memcpy(&size, bytes.data() + 12 + own, 4);
  winner_.assign(bytes.substr(16 + own, size));
  fate.winner = winner;
  fate.winner_place = static_cast<uint32_t>(std::upper_bound(map_ends_.begin(), map_ends_.end(), winner) - map_ends_.begin());
  fate.winner_key = winner_;
  if (auto moved = losers.next(); !moved) return moved.error();
  return true;
}

Result<void> MapReplay::settle(const Batch& batch, uint32_t i) {
  if ((*batch.ignored)[i] != 0) return {};
  Fate fate;
  fate.map_place = place_;
  fate.source = batch.input->frame(i);
  const MapPlan& map = plan_.maps[setups_[place_].map];
  const auto first_issue = [&](Verb verb) {
    for (const IssueHit& hit : *batch.hits) {
      if (hit.record == i && plan_.sites[hit.site].verb == verb) return std::string_view(plan_.issues[plan_.sites[hit.site].issue].code);
    }
    return std::string_view();
  };
  switch ((*batch.outcomes)[i]) {
    case Outcome::kSkipped:
      fate.what = Fate::What::kSkipped;
      fate.issue = first_issue(Verb::kSkip);
      break;
    case Outcome::kRejected: {
      const auto& failures = batch.input->failures;
      const bool undecoded =
          std::any_of(failures.begin(), failures.end(), [&](const DecodeFailure& failure) { return failure.record == i; });
      fate.what = Fate::What::kRejected;
      fate.issue = undecoded ? std::string_view(plan_.issues[plan_.sites[plan_.decode_site].issue].code) : first_issue(Verb::kReject);
      if (undecoded) fate.source = nullptr;
      break;
    }
    case Outcome::kWritten: {
      fate.target = batch.output->frame(i);
      fate.written = batch.written + static_cast<size_t>(batch.output->stride()) * i;
      auto merged = lost(fate);
      if (!merged) return merged.error();
      if (*merged) {
        fate.what = Fate::What::kMerged;
        const uint32_t site = setups_.front().dedupe->site;
        if (site < plan_.sites.size()) fate.issue = plan_.issues[plan_.sites[site].issue].code;
      } else if (late_ != nullptr && visiting_) {
        auto refused = late_->has(map.name, batch.ordinal + i + 1, fate.issue);
        if (!refused) return refused.error();
        if (*refused) fate.what = Fate::What::kRejected;
      }
      break;
    }
  }
  return visiting_ ? (*visit_)(fate) : Result<void>();
}

}  // namespace mig
