// JSON values of one indexed line: skipping by structure and conversion into slots by shape.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "runtime/formats/ndjson/json_proof.h"
#include "runtime/formats/values/shape.h"
#include "runtime/records/arena.h"
#include "runtime/types/context.h"

namespace mig {

/// A place in the text with the next quote of the index at or behind it. `p` null: the text is malformed.
struct JsonCursor {
  const char* p;
  const uint32_t* q;
};

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

  void set_max_depth(uint32_t depth) { max_depth_ = depth < kMostDepth ? depth : kMostDepth; }
  /// `careful`: the line may hold backslashes or control characters.
  void begin_line(const char* base, bool careful, Context& context) {
    base_ = base;
    careful_ = careful;
    context_ = &context;
    keys_ = 0;
    depth_ = 1;
    cells_.clear();
    entries_.clear();
  }
  /// Keys of objects inside the record.
  uint64_t keys() const { return keys_; }

  /// All take a cursor at the first byte of a value (blanks skipped) and return it behind the value.
  JsonCursor skip(JsonCursor c);
  /// Payload into `slot`, and the presence; a misfit goes to `fault`.
  JsonCursor value(JsonCursor c, const Shape& shape, void* slot, Presence& state);
  /// A string, unescaped into the arena where needed; cursor at its opening quote.
  JsonCursor text(JsonCursor c, std::string_view& text);

  Fault fault;

 private:
  static constexpr uint32_t kMostDepth = 1024;
  static constexpr size_t kMostCells = kRecordMemory / sizeof(Cell), kMostEntries = kRecordMemory / sizeof(MapEntry);
  JsonCursor misfit(JsonCursor c, const char* cause);
  JsonCursor literal(JsonCursor c, std::string_view word);
  JsonCursor container(JsonCursor c);
  JsonCursor number(JsonCursor c, const Shape& shape, void* slot);
  JsonCursor scalar(JsonCursor c, Cell& cell);
  JsonCursor list(JsonCursor c, const Shape& shape, void* slot);
  JsonCursor keys_as_list(JsonCursor c, const Shape& shape, void* slot);
  JsonCursor map(JsonCursor c, const Shape& shape, void* slot);
  JsonCursor record(JsonCursor c, const Shape& shape, void* slot);
  /// From behind '{' or ',' to the value of a member.
  JsonCursor member(JsonCursor c, std::string_view& name);
  void finish_list(const Shape& shape, size_t first, void* slot, const char* at);
  /// The record holds more values than the memory of one record takes: its scratch is given back.
  [[noreturn]] void too_many();
  void unite_keys(const Shape& key_shape, size_t first);
  void note(const char* cause, const char* at) {
    if (fault.cause == nullptr) fault = {cause, at};
  }

  const char* base_ = nullptr;
  bool careful_ = false;
  Context* context_ = nullptr;
  uint64_t keys_ = 0;
  uint32_t depth_ = 1;  // containers open around the value at hand
  uint32_t max_depth_ = 256;
  std::bitset<kMostDepth> objects_;
  std::vector<Cell> cells_;        // stack of lists being read
  std::vector<MapEntry> entries_;  // stack of maps being read
};

}  // namespace mig
