// JSON values of one line: skipping by structure and conversion into slots by shape.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/formats/scan/text_stop.h"
#include "runtime/formats/values/shape.h"
#include "runtime/records/arena.h"
#include "runtime/types/context.h"

namespace mig {

inline const char* skip_json_blanks(const char* p) {  // a line feed ends the record
  while (*p == ' ' || *p == '\t' || *p == '\r') ++p;
  return p;
}

/// Reads one line at a time; scratch is kept between lines. Malformed text always ends in a null cursor, whatever the shape;
/// a value that does not fit its shape leaves a fault and is skipped.
class JsonValues {
 public:
  struct Fault {
    const char* cause = nullptr;  // static text; null: none
    const char* at = nullptr;
  };

  explicit JsonValues(Simd simd) : simd_(simd), vectors_(simd != Simd::kScalar) {}
  void set_max_depth(uint32_t depth) { max_depth_ = depth < kMostDepth ? depth : kMostDepth; }
  void begin_line(const char* line, Context& context) {
    base_ = line;
    context_ = &context;
    keys_ = 0;
    depth_ = 1;
    cells_.clear();
    entries_.clear();
  }
  /// Keys of objects inside the record.
  uint64_t keys() const { return keys_; }

  /// All take the first byte of a value (blanks skipped) and return the byte behind it, or null: the text is malformed. They end at the
  /// latest at the first control character that is not blank, so one must follow the line; up to 31 bytes behind that are read.
  const char* skip(const char* p);
  /// Payload into `slot`, and the presence; a misfit goes to `fault`.
  const char* value(const char* p, const Shape& shape, void* slot, Presence& state);
  /// A string, unescaped into the arena where needed; `p` at its opening quote.
  MIG_ALWAYS_INLINE const char* text(const char* p, std::string_view& text) {
    const char* const stop = plain_text_stop(p + 1, vectors_);
    if (*stop != '"') [[unlikely]]
      return long_text(p + 1, stop, text);
    text = {p + 1, static_cast<size_t>(stop - p - 1)};
    return stop + 1;
  }
  /// The same of a string that is not wanted.
  MIG_ALWAYS_INLINE const char* skip_text(const char* p) {
    const char* const stop = plain_text_stop(p + 1, vectors_);
    return *stop == '"' ? stop + 1 : skip_long_text(p + 1, stop);
  }

  Fault fault;

 private:
  static constexpr uint32_t kMostDepth = 1024;
  static constexpr size_t kMostCells = kRecordMemory / sizeof(Cell), kMostEntries = kRecordMemory / sizeof(MapEntry);
  /// A text that is not plain from `stop` on.
  const char* long_text(const char* first, const char* stop, std::string_view& text);
  const char* skip_long_text(const char* first, const char* stop);
  const char* skip_name(const char* p);
  const char* misfit(const char* p, const char* cause);
  const char* literal(const char* p, std::string_view word);
  const char* container(const char* p);
  const char* number(const char* p, const Shape& shape, void* slot);
  const char* scalar(const char* p, Cell& cell);
  const char* list(const char* p, const Shape& shape, void* slot);
  const char* keys_as_list(const char* p, const Shape& shape, void* slot);
  const char* map(const char* p, const Shape& shape, void* slot);
  const char* record(const char* p, const Shape& shape, void* slot);
  /// From behind '{' or ',' to the value of a member.
  const char* member(const char* p, std::string_view& name);
  void finish_list(const Shape& shape, size_t first, void* slot, const char* at);
  /// The record holds more values than the memory of one record takes: its scratch is given back.
  [[noreturn]] void too_many();
  void unite_keys(const Shape& key_shape, size_t first);
  void note(const char* cause, const char* at) {
    if (fault.cause == nullptr) fault = {cause, at};
  }

  const char* base_ = nullptr;
  Simd simd_;
  bool vectors_;
  bool skipping_ = false;  // the text at hand is not wanted
  Context* context_ = nullptr;
  uint64_t keys_ = 0;
  uint32_t depth_ = 1;  // containers open around the value at hand
  uint32_t max_depth_ = 256;
  std::bitset<kMostDepth> objects_;
  std::vector<Cell> cells_;        // stack of lists being read
  std::vector<MapEntry> entries_;  // stack of maps being read
};

}  // namespace mig
