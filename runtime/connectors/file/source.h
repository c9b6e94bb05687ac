// CSV and NDJSON files as sources: one file, a directory or a glob, also compressed, read in chunks that end at record boundaries.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/connectors/file/byte_reader.h"
#include "runtime/connectors/file/chunk_cuts.h"
#include "runtime/connectors/source.h"
#include "runtime/formats/csv/csv_decoder.h"

namespace mig {

/// Settings: compression ("auto", "none", "gzip", "zstd"), encoding ("auto", "utf-8", "utf-16le", "utf-16be", "cp1252", "latin1"),
/// bom ("skip", "reject"; skip is the default for csv, reject for ndjson), and for csv those of CsvDialect.
/// Positions count bytes of the text as UTF-8 without its byte order mark.
class FileSource final : public Source {
 public:
  /// Finds the files and, for csv, matches their headers with the plan: kConfig when that fails. `plan`, `types`, `enums` outlive the
  /// source.
  static Result<std::unique_ptr<Source>> open(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                              uint64_t chunk_bytes, uint64_t max_record_bytes);

  SourceTraits traits() const override;
  Result<std::string> identity() override;
  Result<std::unique_ptr<ChunkReader>> reader(const Position* from) override;
  Result<std::unique_ptr<ChunkDecoder>> decoder() override { return decoder_of(plan_->fields, false); }
  Result<std::unique_ptr<ChunkDecoder>> narrow_decoder(const std::vector<FieldDecode>& fields) override { return decoder_of(fields, true); }
  Result<bool> lies_as_read() const override;
  std::vector<std::string> files() const override { return files_; }

 private:
  FileSource(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums, uint64_t chunk_bytes,
             uint64_t max_record_bytes)
      : plan_(&plan), types_(&types), enums_(&enums), chunk_bytes_(chunk_bytes), max_record_bytes_(max_record_bytes) {}
  Result<void> read_settings();
  Result<void> match_headers();
  Result<std::unique_ptr<ChunkDecoder>> decoder_of(const std::vector<FieldDecode>& fields, bool narrow);
  Result<std::string> header_line(const std::string& path) const;
  bool is_csv() const { return plan_->connector == "csv"; }

  const SourcePlan* plan_;
  const TypeTable* types_;
  const std::vector<EnumType>* enums_;
  uint64_t chunk_bytes_;
  uint64_t max_record_bytes_;
  std::vector<std::string> files_;
  std::shared_ptr<ChunkCuts> cuts_ = std::make_shared<ChunkCuts>();
  TextFileOptions text_options_;
  CsvDialect dialect_;
  std::vector<CsvColumns> columns_;        // the different ones
  std::vector<uint32_t> columns_of_file_;  // index in columns_
};

}  // namespace mig
