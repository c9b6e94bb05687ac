// Typed values as text: what encoders share. Prepared once from the types.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/formats/values/out_buffer.h"
#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig {

/// A type resolved for writing.
struct WriteShape {
  Kind kind = Kind::kString;
  uint8_t scale = 0;
  std::vector<std::string> variants;       // enum: wire names
  std::vector<PaddedText> json_variants;   // enum: as JSON strings
  const WriteShape* key = nullptr;         // map
  const WriteShape* element = nullptr;     // list, set, map
  std::vector<const WriteShape*> members;  // record
  std::vector<PaddedText> member_keys;     // record: `,"name":`
};

class WriteShapes {
 public:
  WriteShapes(const TypeTable& types, const std::vector<EnumType>& enums) : types_(&types), enums_(&enums) {}
  /// One shape a type, however often it is asked for. kConfig: a type that no text format can hold.
  Result<const WriteShape*> add(TypeId type);

 private:
  const TypeTable* types_;
  const std::vector<EnumType>* enums_;
  std::deque<WriteShape> shapes_;
  std::unordered_map<TypeId, const WriteShape*> by_type_;  // into shapes_
};

/// `,"name":` with the name escaped.
std::string json_key(std::string_view name);

/// Each appends one value (its payload, never null) and takes the room it needs.
/// As JSON. Floats in their shortest form (`null` when not finite), decimals with all places of their scale, times and uuids as strings.
void write_json(OutBuffer& out, const WriteShape& shape, const void* payload);
void write_json_text(OutBuffer& out, std::string_view text);
/// A single value without quotes; kinds that hold others are written as JSON.
void write_plain(OutBuffer& out, const WriteShape& shape, const void* payload);
/// Whether write_plain gives only digits, letters and `-+.:` (so that no format must quote it).
bool is_always_plain(Kind kind);

}  // namespace mig
