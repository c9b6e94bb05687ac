// Where each field of a record lies in its frame: presence bytes first, then slots at fixed offsets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig {

struct FieldSlot {
  std::string name;
  TypeId type = kNoType;
  Storage storage = Storage::kBool;
  uint32_t offset = 0;    // bytes from the start of the frame to the slot; presence byte i stands at offset i
  bool optional = false;  // may be absent (source) or kept (target)
};

/// A frame is `stride` bytes, 16-byte aligned: one Presence byte a field, then the slots. A zeroed frame has every field absent.
struct RecordLayout {
  std::vector<FieldSlot> fields;
  uint32_t stride = 0;  // bytes, a multiple of 16

  void add(std::string name, TypeId type, const TypeTable& types, bool optional);
  /// Assigns offsets; call once after the last add.
  void finish();
  /// Index of the field, or -1.
  int find(std::string_view name) const;
};

inline Presence presence(const uint8_t* frame, uint32_t field) { return static_cast<Presence>(frame[field]); }

/// The field as a Cell (payload copied, presence set). Slow path: logs, tests, the interpreter.
Cell load_cell(const uint8_t* frame, const RecordLayout& layout, uint32_t field);
void store_cell(uint8_t* frame, const RecordLayout& layout, uint32_t field, const Cell& cell);

}  // namespace mig
