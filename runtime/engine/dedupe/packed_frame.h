// Frames as self-contained bytes, so that a record outlives its batch: what `merge` gets of the members of a group.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/records/layout.h"

namespace mig {

/// Packs and unpacks frames of one layout. Pointers become offsets from the frame's first byte.
class PackedFrames {
 public:
  PackedFrames(const RecordLayout& layout, const TypeTable& types) : layout_(layout), types_(types) {}
  /// Appends a multiple of 16 bytes.
  void pack(const uint8_t* frame, std::string& out);
  /// `bytes` are 16-byte aligned and become a frame in place; its values lie behind it.
  void unpack(uint8_t* bytes) const;

 private:
  uint64_t put_bytes(const void* bytes, uint64_t size, uint64_t alignment);
  void pack_value(uint64_t at, TypeId type);
  void pack_cell(uint64_t at, TypeId type);
  void unpack_value(uint8_t* base, uint8_t* at, TypeId type) const;
  void unpack_cell(uint8_t* base, uint8_t* at, TypeId type) const;

  const RecordLayout& layout_;
  const TypeTable& types_;
  std::string* out_ = nullptr;
  uint64_t base_ = 0;
};

}  // namespace mig
