#include "runtime/engine/dedupe/packed_frame.h"

#include <cstring>

namespace mig {
namespace {

template <class T>
T load(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(void* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
}

template <class T>
T* pointer_of(uint64_t offset) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(offset));
}

template <class T>
uint64_t offset_of(T* pointer) {
  return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(pointer));
}

}  // namespace

uint64_t PackedFrames::put_bytes(const void* bytes, uint64_t size, uint64_t alignment) {
  while ((out_->size() - base_) % alignment != 0) *out_ += '\0';
  const uint64_t at = out_->size() - base_;
  if (size > 0) out_->append(static_cast<const char*>(bytes), size);
  return at;
}

// The payload at offset `at` is a copy whose pointers still lead to the original.
void PackedFrames::pack_value(uint64_t at, TypeId id) {
  const Type& type = types_[id];
  switch (storage_of(type.kind)) {
    case Storage::kBool:
    case Storage::kInt:
    case Storage::kReal:
    case Storage::kDecimal: return;
    case Storage::kText: {
      Text text = load<Text>(out_->data() + base_ + at);
      text.data = pointer_of<const char>(put_bytes(text.data, text.size, 1));
      store(out_->data() + base_ + at, text);
      return;
    }
    case Storage::kScalar: {
      const Cell cell = load<Cell>(out_->data() + base_ + at);
      if (type.kind != Kind::kScalar || cell.kind != ScalarKind::kText) return;
      Text text = cell.text;
      text.data = pointer_of<const char>(put_bytes(text.data, text.size, 1));
      store(out_->data() + base_ + at, text);
      return;
    }
    case Storage::kList: {
      List list = load<List>(out_->data() + base_ + at);
      const uint64_t cells = put_bytes(list.items, list.count * sizeof(Cell), alignof(Cell));
      list.items = pointer_of<Cell>(cells);
      store(out_->data() + base_ + at, list);
      for (uint64_t i = 0; i < list.count; ++i)
        pack_cell(cells + i * sizeof(Cell), type.kind == Kind::kRecord ? type.fields[i].type : type.element);
      return;
    }
    case Storage::kMap: {
      Map map = load<Map>(out_->data() + base_ + at);
      const uint64_t entries = put_bytes(map.entries, map.count * sizeof(MapEntry), alignof(MapEntry));
      map.entries = pointer_of<MapEntry>(entries);
      store(out_->data() + base_ + at, map);
      for (uint64_t i = 0; i < map.count; ++i) {
        pack_cell(entries + i * sizeof(MapEntry), type.key);
        pack_cell(entries + i * sizeof(MapEntry) + sizeof(Cell), type.element);
      }
      return;
    }
  }
}

void PackedFrames::pack_cell(uint64_t at, TypeId type) {
  if (load<Cell>(out_->data() + base_ + at).has_value()) pack_value(at, type);
}

void PackedFrames::pack(const uint8_t* frame, std::string& out) {
  out_ = &out;
  base_ = out.size();
  out.append(reinterpret_cast<const char*>(frame), layout_.stride);
  for (uint32_t i = 0; i < layout_.fields.size(); ++i) {
    if (presence(frame, i) == Presence::kValue) pack_value(layout_.fields[i].offset, layout_.fields[i].type);
  }
  while ((out.size() - base_) % 16 != 0) out += '\0';
}

void PackedFrames::unpack_value(uint8_t* base, uint8_t* at, TypeId id) const {
  const Type& type = types_[id];
  switch (storage_of(type.kind)) {
    case Storage::kBool:
    case Storage::kInt:
    case Storage::kReal:
    case Storage::kDecimal: return;
    case Storage::kScalar:
      if (type.kind != Kind::kScalar || load<Cell>(at).kind != ScalarKind::kText) return;
      [[fallthrough]];
    case Storage::kText: {
      Text text = load<Text>(at);
      text.data = reinterpret_cast<const char*>(base) + offset_of(text.data);
      store(at, text);
      return;
    }
    case Storage::kList: {
      List list = load<List>(at);
      uint8_t* const cells = base + offset_of(list.items);
      list.items = reinterpret_cast<Cell*>(cells);
      store(at, list);
      for (uint64_t i = 0; i < list.count; ++i)
        unpack_cell(base, cells + i * sizeof(Cell), type.kind == Kind::kRecord ? type.fields[i].type : type.element);
      return;
    }
    case Storage::kMap: {
      Map map = load<Map>(at);
      uint8_t* const entries = base + offset_of(map.entries);
      map.entries = reinterpret_cast<MapEntry*>(entries);
      store(at, map);
      for (uint64_t i = 0; i < map.count; ++i) {
        unpack_cell(base, entries + i * sizeof(MapEntry), type.key);
        unpack_cell(base, entries + i * sizeof(MapEntry) + sizeof(Cell), type.element);
      }
      return;
    }
  }
}

void PackedFrames::unpack_cell(uint8_t* base, uint8_t* at, TypeId type) const {
  if (load<Cell>(at).has_value()) unpack_value(base, at, type);
}

void PackedFrames::unpack(uint8_t* bytes) const {
  for (uint32_t i = 0; i < layout_.fields.size(); ++i) {
    if (presence(bytes, i) == Presence::kValue) unpack_value(bytes, bytes + layout_.fields[i].offset, layout_.fields[i].type);
  }
}

}  // namespace mig
