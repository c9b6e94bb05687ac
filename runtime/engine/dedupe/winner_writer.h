// What both designs of a dedupe do with mapped records once the groups are decided: winners are written, losers logged, groups merged.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/bookkeeper.h"
#include "runtime/engine/dedupe/group_store.h"
#include "runtime/engine/dedupe/merger.h"
#include "runtime/engine/mapper.h"

namespace mig {

class WinnerWriter {
 public:
  /// Mapped records of one chunk, pending in the counts. All parallel or borrowed for the call.
  struct Records {
    const std::vector<SpoolRow>* rows = nullptr;
    std::string_view encoded;  // one after the other
    std::string_view keys;     // as JSON, one after the other; empty: not kept
    /// Where keys are not kept: reads record i again and gives its source frame, valid until the next call.
    std::function<Result<const uint8_t*>(uint32_t)> source_frame;
    const std::vector<uint32_t>* sizes = nullptr;  // of the encoded rows; may be null
    uint32_t map_place = 0, file = 0;
    uint64_t ordinal = 0, line = 0;  // base of records and lines
    /// Number of record i: `numbers` when it is given, else first_number + i. Ascending.
    const std::vector<uint64_t>* numbers = nullptr;
    uint64_t first_number = 0;
    const LogEntries* mapped = nullptr;  // of the map, where they are not in the log yet
  };

  /// `setups`: one a map into the target, in order; they stay with the caller.
  WinnerWriter(const Plan& plan, const std::vector<MapSetup>& setups, const DedupePlan& dedupe, Sink& sink, Bookkeeper& books);

  /// Lists ready to be read, and what merges groups (null without `merge`).
  void begin(DedupeResult& decided, Merger* merger);
  /// Forgets decisions about records with smaller numbers.
  Result<void> skip_to(uint64_t number);
  /// Settles the records from index `first` on. The lists must not name a record that is missing among them: kSourceChanged.
  Result<void> settle(const Records& records, uint32_t first, StageNanos& times);

 private:
  Result<void> lose(const Records& records, uint32_t i);
  Result<void> win_group(const Records& records, uint32_t i);
  Result<void> flush(const Records& records, const Rows& rows, bool all);
  Origin origin_of(const Records& records, uint32_t i) const;
  Result<std::string> key_of(const Records& records, uint32_t i);
  EntryWriter& writer_of(uint32_t map_place);

  const Plan& plan_;
  const std::vector<MapSetup>& setups_;
  const DedupePlan& dedupe_;
  const TargetPlan& target_;
  Sink& sink_;
  Bookkeeper& books_;
  DedupeResult* decided_ = nullptr;
  Merger* merger_ = nullptr;
  std::vector<std::unique_ptr<EntryWriter>> writers_;
  std::vector<std::unique_ptr<SourceKeyText>> key_texts_;

  /// Rows that came from records one after the other.
  struct Stretch {
    uint32_t row, record;  // the first ones
  };

  /// Encoded winners that lie one after the other.
  struct Piece {
    bool merged;  // in merged_, else among the records
    uint64_t begin, end;
  };

  /// Winners waiting to be written together.
  std::string merged_;  // rows of groups
  std::vector<Piece> pieces_;
  std::vector<std::string_view> views_;  // of the pieces
  std::vector<uint32_t> sizes_;
  std::vector<Stretch> stretches_;     // ascending: which records of the chunk they are
  std::vector<uint64_t> key_offsets_;  // of the chunk at hand, made when first needed
  WriteResult written_;
  LogEntries log_;
  std::vector<uint64_t> members_;
};

}  // namespace mig
