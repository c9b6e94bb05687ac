// Runs decoders over whole texts and shows what came out as one line a record, so that results can be compared and written in tests.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "runtime/formats/csv/csv_decoder.h"
#include "runtime/formats/encoder.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "tests/unit/formats_setting.h"

namespace mig::test {

/// A frame as the NDJSON encoder writes it, without the line feed.
class FrameText {
 public:
  explicit FrameText(const FormatSetting& setting) {
    target_.connector = "ndjson";
    target_.layout = setting.layout;
    for (const FieldSlot& slot : setting.layout.fields) target_.fields.push_back({slot.name, false});
    auto encoder = make_encoder(target_, setting.types, setting.enums);
    if (encoder.ok()) encoder_ = std::move(*encoder);
  }
  std::string of(const uint8_t* frame) const {
    std::string line;
    encoder_->encode(frame, line);
    line.pop_back();
    return line;
  }

 private:
  TargetPlan target_;
  std::unique_ptr<RecordEncoder> encoder_;
};

/// One line a record: `1: {...}`, or `1: !field cause @column`; the number is the record's first line. `from`: where the first record
/// begins; `blocks`: what cutting the text found out, or null.
inline std::vector<std::string> read_all(FormatSetting& setting, RecordDecoder& decoder, const std::string& text, size_t from = 0,
                                         const BlockEnds* blocks = nullptr) {
  std::string padded = text + std::string(64, '\0');
  const FrameText shown(setting);
  std::vector<std::string> records;
  // 16-byte aligned, as a batch's frames are.
  std::vector<Cell> memory(setting.layout.stride / sizeof(Cell) + 2);
  auto* frame = reinterpret_cast<uint8_t*>(memory.data());
  const char* p = padded.data() + from;
  const char* const end = padded.data() + text.size();
  uint64_t lines = 0;
  decoder.begin_buffer();
  if (blocks != nullptr) decoder.know_blocks(padded.data(), blocks);
  while (p != end) {
    setting.arena.reset(setting.context);
    std::memset(frame, 0, setting.layout.stride);
    DecodeFailure failure{};
    bool failed = false;
    const std::string at = std::to_string(lines + 1) + ": ";
    p = decoder.decode(p, end, frame, setting.context, lines, failure, failed);
    if (failed) {
      const std::string field = failure.field < 0 ? "-" : setting.layout.fields[static_cast<size_t>(failure.field)].name;
      records.push_back(at + "!" + field + " " + failure.cause + " @" + std::to_string(failure.column));
    } else {
      records.push_back(at + shown.of(frame));
    }
  }
  return records;
}

inline std::vector<std::string> read_ndjson(FormatSetting& setting, const std::string& text, Simd simd = best_simd()) {
  auto decoder = make_ndjson_decoder(setting.options(), simd);
  if (!decoder.ok()) return {decoder.error().message};
  return read_all(setting, **decoder, text);
}

inline std::vector<std::string> read_csv(FormatSetting& setting, const std::string& text, const CsvDialect& dialect = {},
                                         Simd simd = best_simd()) {
  auto decoder = make_csv_decoder(setting.options(), dialect, csv_columns_in_order(setting.layout), simd);
  if (!decoder.ok()) return {decoder.error().message};
  return read_all(setting, **decoder, text);
}

}  // namespace mig::test
