#include "runtime/records/layout.h"

#include <algorithm>
#include <cstring>

namespace mig {

void RecordLayout::add(std::string name, TypeId type, const TypeTable& types, bool optional) {
  fields.push_back({std::move(name), type, storage_of(types[type].kind), 0, optional});
}

void RecordLayout::finish() {
  // Widest first, so that only the gap behind the presence bytes is lost to alignment.
  std::vector<FieldSlot*> order;
  for (FieldSlot& field : fields) order.push_back(&field);
  std::stable_sort(order.begin(), order.end(),
                   [](const FieldSlot* a, const FieldSlot* b) { return storage_size(a->storage) > storage_size(b->storage); });
  uint32_t at = static_cast<uint32_t>(fields.size());
  for (FieldSlot* field : order) {
    const uint32_t size = storage_size(field->storage);
    const uint32_t align = std::min(size, 16u);
    at = (at + align - 1) / align * align;
    field->offset = at;
    at += size;
  }
  stride = std::max(16u, (at + 15) / 16 * 16);
}

int RecordLayout::find(std::string_view name) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

Cell load_cell(const uint8_t* frame, const RecordLayout& layout, uint32_t field) {
  Cell cell{};
  const FieldSlot& slot = layout.fields[field];
  const Presence state = presence(frame, field);
  if (state == Presence::kValue) std::memcpy(&cell, frame + slot.offset, storage_size(slot.storage));
  cell.state = state;
  return cell;
}

void store_cell(uint8_t* frame, const RecordLayout& layout, uint32_t field, const Cell& cell) {
  const FieldSlot& slot = layout.fields[field];
  frame[field] = static_cast<uint8_t>(cell.state);
  if (cell.state == Presence::kValue) std::memcpy(frame + slot.offset, &cell, storage_size(slot.storage));
}

}  // namespace mig
