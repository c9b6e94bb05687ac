// Text files as targets: written hidden beside their final name, journalled at each epoch, renamed at the end. specs/formats/checkpoint.md.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/connectors/file/sink_stream.h"
#include "runtime/connectors/sink.h"

namespace mig {

/// "ndjson" and "csv" targets. Settings: `compression` ("none", "gzip", "zstd"; default by the name's ending), `compression_level`,
/// `backup` (keep what is replaced, default true), `allow_empty`; the rest are the encoder's.
class FileSink : public Sink {
 public:
  static Result<std::unique_ptr<Sink>> open(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums);

  SinkTraits traits() const override;
  std::string identity() const override { return "file " + path_; }
  Result<std::unique_ptr<RecordEncoder>> encoder() const override;
  Result<void> check() override;
  Result<Checkpoint> claim(const TargetClaim& claim) override;
  Result<void> write(const Rows& rows, WriteResult& result) override;
  Result<void> write_rejects(const std::vector<RejectRow>&) override { return {}; }
  Result<void> seal(const Checkpoint& checkpoint) override;
  Result<void> harden() override;
  Result<void> publish(bool empty) override;
  void release() override;
  void discard(Ledger& ledger, const std::string& run_id) override;
  uint64_t written_bytes() const override { return bytes_; }

 private:
  /// What the journal remembers of the hidden file.
  struct Hidden {
    std::string path;
    uint64_t size = 0;
    std::string hash;
  };
  static std::string detail_of(const Hidden& hidden);
  static Result<Hidden> hidden_of(const std::string& detail);

  FileSink(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums)
      : plan_(plan), types_(types), enums_(enums) {}
  Result<void> start_fresh();
  Result<void> continue_hidden(const Hidden& hidden, const std::string& tail);
  Result<bool> is_already_published(const Hidden& hidden);
  Result<void> journal(const std::string& phase, const Checkpoint& checkpoint, const Hidden& hidden, const std::string& tail);
  std::string hidden_name() const;

  const TargetPlan& plan_;              // not owned
  const TypeTable& types_;              // not owned
  const std::vector<EnumType>& enums_;  // not owned
  std::string path_;                    // absolute
  Compression compression_ = Compression::kNone;
  int level_ = 0;
  bool backup_ = true, allow_empty_ = false;

  TargetClaim claim_;
  std::string phase_;
  File file_;
  OutputStream stream_;
  uint64_t bytes_ = 0;  // of text, by this process

  bool is_journalled_ = false;    // a journal row of this process names its hidden file
  bool directory_synced_ = true;  // the hidden file's name is durable

  std::mutex sealed_mutex_;  // seal() and harden()
  bool has_sealed_ = false;
  Checkpoint sealed_;
  Hidden sealed_hidden_;
  std::string sealed_tail_;
};

}  // namespace mig
