// Reads whole sources the way the engine does, and shows one line a record.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/connectors/source.h"
#include "runtime/records/batch.h"
#include "tests/unit/formats_reading.h"

namespace mig::test {

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "migc_source_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

struct SourceReading {
  std::vector<std::string> records;  // `<file>:<line>@<begin>+<size> {...}` or `... !field cause`
  std::vector<Position> positions;   // behind each chunk
  std::vector<size_t> counts;        // records up to there
  std::string error;                 // message that ended it, empty at the end of the source
  ErrorKind kind = ErrorKind::kInternal;
};

inline SourceReading read_source(FormatSetting& setting, const SourcePlan& plan, uint64_t chunk_bytes = 1 << 16,
                                 uint64_t max_record_bytes = 16 << 20, const Position* from = nullptr, uint32_t batch_records = 7) {
  SourceReading result;
  auto fail = [&](const Error& error) {
    result.error = error.message;
    result.kind = error.kind;
    return result;
  };
  auto source = open_source(plan, setting.types, setting.enums, chunk_bytes, max_record_bytes);
  if (!source.ok()) return fail(source.error());
  auto reader = (*source)->reader(from);
  if (!reader.ok()) return fail(reader.error());
  auto decoder = (*source)->decoder();
  if (!decoder.ok()) return fail(decoder.error());
  RecordBatch batch(setting.layout, batch_records);
  const FrameText shown(setting);
  Chunk chunk;
  uint64_t lines = 0;
  while (true) {
    Result<bool> more = (*reader)->next(chunk);
    if (!more.ok()) return fail(more.error());
    if (!*more) break;
    if (chunk.first_of_file) lines = 0;
    for (uint64_t cursor = 0; cursor != chunk.size;) {
      setting.arena.reset(setting.context);
      (*decoder)->decode(chunk, cursor, batch, setting.context);
      size_t failed = 0;
      for (uint32_t i = 0; i < batch.count; ++i) {
        const Origin& origin = batch.origins[i];
        std::string line = std::to_string(origin.file) + ":" + std::to_string(lines + origin.line) + "@" + std::to_string(origin.begin) +
                           "+" + std::to_string(origin.size) + " ";
        if (failed < batch.failures.size() && batch.failures[failed].record == i) {
          const DecodeFailure& failure = batch.failures[failed++];
          line += "!" + (failure.field < 0 ? "-" : setting.layout.fields[static_cast<size_t>(failure.field)].name) + " " + failure.cause;
        } else {
          line += shown.of(batch.frame(i));
        }
        result.records.push_back(line);
      }
    }
    lines += (*decoder)->lines_in_chunk();
    result.positions.push_back(chunk.after);
    result.counts.push_back(result.records.size());
  }
  return result;
}

}  // namespace mig::test
