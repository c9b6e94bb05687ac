// Finds equal cells among those entered so far; lives in the batch's arena. A few cells are searched in a row, more by hash.
#pragma once

#include "stdlib/arena_text.h"
#include "stdlib/shape.h"

namespace mig::stdlib {

class CellIndex {
 public:
  static constexpr uint64_t kFew = 12;

  /// Room for `capacity` cells.
  CellIndex(Context& context, const ValueShape& shape, uint64_t capacity) : shape_(shape) {
    if (capacity <= kFew) return;
    uint64_t slots = 32;
    while (slots < capacity * 2) slots *= 2;
    mask_ = slots - 1;
    slots_ = static_cast<Slot*>(arena_allocate(context, slots * sizeof(Slot)));
    std::memset(slots_, 0, slots * sizeof(Slot));
  }

  /// Number that the equal cell got when it was entered, or -1 after entering this one as `number` (0, 1, 2, ... in order).
  /// `cell_at(i)` gives the cell that was entered as number i.
  template <typename CellAt>
  int64_t find_or_enter(const Cell& cell, uint64_t number, CellAt cell_at) {
    if (slots_ == nullptr) return find_few(cell, number, cell_at);
    const uint64_t hash = hash_cell(shape_, cell);
    for (uint64_t i = hash & mask_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.number == 0) {
        slot = {hash, number + 1};
        return -1;
      }
      if (slot.hash == hash && cells_equal(shape_, cell_at(slot.number - 1), cell)) return static_cast<int64_t>(slot.number - 1);
    }
  }

  /// Number of the equal cell among the `count` entered ones, or -1.
  template <typename CellAt>
  int64_t find(const Cell& cell, uint64_t count, CellAt cell_at) const {
    if (slots_ == nullptr) return find_few(cell, count, cell_at);
    const uint64_t hash = hash_cell(shape_, cell);
    for (uint64_t i = hash & mask_; slots_[i].number != 0; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.hash == hash && cells_equal(shape_, cell_at(slot.number - 1), cell)) return static_cast<int64_t>(slot.number - 1);
    }
    return -1;
  }

 private:
  struct Slot {
    uint64_t hash;
    uint64_t number;  // plus one; 0 means empty
  };

  template <typename CellAt>
  int64_t find_few(const Cell& cell, uint64_t count, CellAt cell_at) const {
    if (shape_.form == ValueShape::Form::kText && cell.has_value()) return find_text(cell.text, count, cell_at);
    for (uint64_t i = 0; i < count; ++i) {
      if (cells_equal(shape_, cell_at(i), cell)) return static_cast<int64_t>(i);
    }
    return -1;
  }

  template <typename CellAt>
  int64_t find_text(const Text& text, uint64_t count, CellAt cell_at) const {
    for (uint64_t i = 0; i < count; ++i) {
      const Cell& other = cell_at(i);
      if (other.has_value() && other.text.size == text.size &&
          (text.size == 0 || std::memcmp(other.text.data, text.data, text.size) == 0)) {
        return static_cast<int64_t>(i);
      }
    }
    return -1;
  }

  const ValueShape& shape_;
  Slot* slots_ = nullptr;
  uint64_t mask_ = 0;
};

}  // namespace mig::stdlib
