// Functions of lists. Results share the elements of their arguments; order is kept unless the function says otherwise.
#include "stdlib/arena_text.h"
#include "stdlib/call_closure.h"
#include "stdlib/cell_index.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

Cell list_cell(const List& list) {
  Cell cell = value_cell();
  cell.list = list;
  return cell;
}

// An element with the key that it is sorted by.
struct Keyed {
  Cell key;
  Cell item;
};

// Stable merge sort; `room` has space for count elements.
void sort_keyed(const ValueShape& shape, Keyed* items, Keyed* room, uint64_t count) {
  constexpr uint64_t kRun = 8;
  for (uint64_t begin = 0; begin < count; begin += kRun) {
    const uint64_t end = begin + kRun < count ? begin + kRun : count;
    for (uint64_t i = begin + 1; i < end; ++i) {
      const Keyed moving = items[i];
      uint64_t k = i;
      for (; k > begin && compare_cells(shape, moving.key, items[k - 1].key) < 0; --k) items[k] = items[k - 1];
      items[k] = moving;
    }
  }
  Keyed* from = items;
  Keyed* to = room;
  for (uint64_t width = kRun; width < count; width *= 2) {
    for (uint64_t begin = 0; begin < count; begin += 2 * width) {
      const uint64_t middle = begin + width < count ? begin + width : count;
      const uint64_t end = middle + width < count ? middle + width : count;
      uint64_t a = begin, b = middle;
      for (uint64_t i = begin; i < end; ++i) {
        const bool left = a < middle && (b == end || compare_cells(shape, from[b].key, from[a].key) >= 0);
        to[i] = left ? from[a++] : from[b++];
      }
    }
    Keyed* const swap = from;
    from = to;
    to = swap;
  }
  if (from != items) std::memcpy(items, from, count * sizeof(Keyed));
}

List sorted(Context& context, const ValueShape& shape, Keyed* keyed, uint64_t count) {
  Keyed* const room = static_cast<Keyed*>(arena_allocate(context, count * sizeof(Keyed)));
  sort_keyed(shape, keyed, room, count);
  Cell* const items = arena_cells(context, count);
  for (uint64_t i = 0; i < count; ++i) items[i] = keyed[i].item;
  return {items, count};
}

// Elements of `list` that are (or are not) in `other`, each once.
List select(Context& context, const ValueShape& shape, const List& list, const List& other, bool wanted) {
  const auto at = [&](uint64_t i) -> const Cell& { return other.items[i]; };
  // Repeated elements of `other` are entered under their position, too, so numbers stay those of the list.
  Cell* const distinct = arena_cells(context, other.count);
  uint64_t count = 0;
  CellIndex others(context, shape, other.count);
  const auto distinct_at = [&](uint64_t i) -> const Cell& { return distinct[i]; };
  for (uint64_t i = 0; i < other.count; ++i) {
    if (others.find_or_enter(at(i), count, distinct_at) < 0) distinct[count++] = at(i);
  }
  Cell* const items = arena_cells(context, list.count);
  uint64_t used = 0;
  CellIndex index(context, shape, list.count);
  const auto item_at = [&](uint64_t i) -> const Cell& { return items[i]; };
  for (uint64_t i = 0; i < list.count; ++i) {
    if ((others.find(list.items[i], count, distinct_at) >= 0) != wanted) continue;
    if (index.find_or_enter(list.items[i], used, item_at) < 0) items[used++] = list.items[i];
  }
  return {items, used};
}

}  // namespace

MIG_FUNCTION(list_map)(Context& context, List& result, const List& list, const Closure& f) {
  Cell* const items = arena_cells(context, list.count);
  for (uint64_t i = 0; i < list.count; ++i) {
    if (const Status status = call_closure(context, f, items[i], list.items[i]); status != Status::kOk) return status;
  }
  return result = {items, list.count}, Status::kOk;
}

MIG_FUNCTION(list_filter)(Context& context, List& result, const List& list, const Closure& f) {
  Cell* const items = arena_cells(context, list.count);
  uint64_t used = 0;
  for (uint64_t i = 0; i < list.count; ++i) {
    bool holds = false;
    if (const Status status = test_closure(context, f, holds, list.items[i]); status != Status::kOk) return status;
    if (holds) items[used++] = list.items[i];
  }
  return result = {items, used}, Status::kOk;
}

MIG_FUNCTION(list_partition)(Context& context, List& result, const List& list, const Closure& f) {
  Cell* const items = arena_cells(context, list.count * 2);
  uint64_t used[2] = {0, 0};
  for (uint64_t i = 0; i < list.count; ++i) {
    bool holds = false;
    if (const Status status = test_closure(context, f, holds, list.items[i]); status != Status::kOk) return status;
    const unsigned side = holds ? 0 : 1;
    items[side * list.count + used[side]++] = list.items[i];
  }
  Cell* const fields = arena_cells(context, 2);
  fields[0] = list_cell({items, used[0]});
  fields[1] = list_cell({items + list.count, used[1]});
  return result = {fields, 2}, Status::kOk;
}

MIG_FUNCTION(list_flat_map)(Context& context, List& result, const List& list, const Closure& f) {
  Cell* const parts = arena_cells(context, list.count);
  uint64_t count = 0;
  for (uint64_t i = 0; i < list.count; ++i) {
    if (const Status status = call_closure(context, f, parts[i], list.items[i]); status != Status::kOk) return status;
    count += parts[i].list.count;
  }
  Cell* const items = arena_cells(context, count);
  uint64_t used = 0;
  for (uint64_t i = 0; i < list.count; ++i) {
    const List& part = parts[i].list;
    if (part.count != 0) std::memcpy(items + used, part.items, part.count * sizeof(Cell));
    used += part.count;
  }
  return result = {items, count}, Status::kOk;
}

MIG_FUNCTION(list_fold)(Context& context, Cell& result, const List& list, const Cell& start, const Closure& f) {
  Cell so_far = start;
  for (uint64_t i = 0; i < list.count; ++i) {
    Cell next;
    if (const Status status = call_closure(context, f, next, so_far, list.items[i]); status != Status::kOk) return status;
    so_far = next;
  }
  return result = so_far, Status::kOk;
}

MIG_FUNCTION(list_any)(Context& context, bool& result, const List& list, const Closure& f) {
  result = false;
  for (uint64_t i = 0; i < list.count && !result; ++i) {
    if (const Status status = test_closure(context, f, result, list.items[i]); status != Status::kOk) return status;
  }
  return Status::kOk;
}
MIG_FUNCTION(list_all)(Context& context, bool& result, const List& list, const Closure& f) {
  result = true;
  for (uint64_t i = 0; i < list.count && result; ++i) {
    if (const Status status = test_closure(context, f, result, list.items[i]); status != Status::kOk) return status;
  }
  return Status::kOk;
}
MIG_FUNCTION(list_count)(Context&, int64_t& result, const List& list) { return result = static_cast<int64_t>(list.count), Status::kOk; }
MIG_FUNCTION(list_count_where)(Context& context, int64_t& result, const List& list, const Closure& f) {
  result = 0;
  for (uint64_t i = 0; i < list.count; ++i) {
    bool holds = false;
    if (const Status status = test_closure(context, f, holds, list.items[i]); status != Status::kOk) return status;
    result += holds ? 1 : 0;
  }
  return Status::kOk;
}
MIG_FUNCTION(list_pick)(Context& context, Cell& result, const List& list, const Closure& f) {
  result = null_cell();
  for (uint64_t i = 0; i < list.count && !result.has_value(); ++i) {
    if (const Status status = call_closure(context, f, result, list.items[i]); status != Status::kOk) return status;
  }
  if (!result.has_value()) result = null_cell();
  return Status::kOk;
}

MIG_FUNCTION(list_sort)(Context& context, List& result, const List& list, const ValueShape& shape) {
  Keyed* const keyed = static_cast<Keyed*>(arena_allocate(context, list.count * sizeof(Keyed)));
  for (uint64_t i = 0; i < list.count; ++i) keyed[i] = {list.items[i], list.items[i]};
  return result = sorted(context, shape, keyed, list.count), Status::kOk;
}
MIG_FUNCTION(list_sort_by)(Context& context, List& result, const List& list, const Closure& f, const ValueShape& shape) {
  Keyed* const keyed = static_cast<Keyed*>(arena_allocate(context, list.count * sizeof(Keyed)));
  for (uint64_t i = 0; i < list.count; ++i) {
    keyed[i].item = list.items[i];
    if (const Status status = call_closure(context, f, keyed[i].key, list.items[i]); status != Status::kOk) return status;
  }
  return result = sorted(context, shape, keyed, list.count), Status::kOk;
}

MIG_FUNCTION(list_reverse)(Context& context, List& result, const List& list) {
  Cell* const items = arena_cells(context, list.count);
  for (uint64_t i = 0; i < list.count; ++i) items[i] = list.items[list.count - 1 - i];
  return result = {items, list.count}, Status::kOk;
}
MIG_FUNCTION(list_distinct)(Context& context, List& result, const List& list, const ValueShape& shape) {
  return result = select(context, shape, list, List{nullptr, 0}, false), Status::kOk;
}
MIG_FUNCTION(list_union)(Context& context, List& result, const List& a, const List& b, const ValueShape& shape) {
  Cell* const items = arena_cells(context, a.count + b.count);
  if (a.count != 0) std::memcpy(items, a.items, a.count * sizeof(Cell));
  if (b.count != 0) std::memcpy(items + a.count, b.items, b.count * sizeof(Cell));
  return result = select(context, shape, List{items, a.count + b.count}, List{nullptr, 0}, false), Status::kOk;
}
MIG_FUNCTION(list_intersect)(Context& context, List& result, const List& a, const List& b, const ValueShape& shape) {
  return result = select(context, shape, a, b, true), Status::kOk;
}
MIG_FUNCTION(list_except)(Context& context, List& result, const List& a, const List& b, const ValueShape& shape) {
  return result = select(context, shape, a, b, false), Status::kOk;
}

MIG_FUNCTION(list_zip)(Context& context, List& result, const List& a, const List& b) {
  const uint64_t count = a.count < b.count ? a.count : b.count;
  Cell* const items = arena_cells(context, count * 3);
  Cell* const fields = items + count;
  for (uint64_t i = 0; i < count; ++i) {
    fields[2 * i] = a.items[i];
    fields[2 * i + 1] = b.items[i];
    items[i] = list_cell({fields + 2 * i, 2});
  }
  return result = {items, count}, Status::kOk;
}
MIG_FUNCTION(list_take)(Context&, List& result, const List& list, const int64_t& n) {
  const uint64_t count = n <= 0 ? 0 : static_cast<uint64_t>(n) < list.count ? static_cast<uint64_t>(n) : list.count;
  return result = {list.items, count}, Status::kOk;
}
MIG_FUNCTION(list_drop)(Context&, List& result, const List& list, const int64_t& n) {
  const uint64_t count = n <= 0 ? 0 : static_cast<uint64_t>(n) < list.count ? static_cast<uint64_t>(n) : list.count;
  return result = {count == 0 ? list.items : list.items + count, list.count - count}, Status::kOk;
}
MIG_FUNCTION(list_chunk)(Context& context, List& result, const List& list, const int64_t& n) {
  if (n <= 0) return fail(context, "a chunk needs at least one element");
  const uint64_t size = static_cast<uint64_t>(n);
  const uint64_t count = list.count / size + (list.count % size != 0 ? 1 : 0);
  Cell* const items = arena_cells(context, count);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t rest = list.count - i * size;
    items[i] = list_cell({list.items + i * size, rest < size ? rest : size});
  }
  return result = {items, count}, Status::kOk;
}

MIG_FUNCTION(list_first)(Context&, Cell& result, const List& list) {
  return result = list.count == 0 ? null_cell() : list.items[0], Status::kOk;
}
MIG_FUNCTION(list_last)(Context&, Cell& result, const List& list) {
  return result = list.count == 0 ? null_cell() : list.items[list.count - 1], Status::kOk;
}
MIG_FUNCTION(list_at)(Context&, Cell& result, const List& list, const int64_t& index) {
  const bool inside = index >= 0 && static_cast<uint64_t>(index) < list.count;
  return result = inside ? list.items[index] : null_cell(), Status::kOk;
}
MIG_FUNCTION(list_non_empty)(Context&, Cell& result, const List& list) {
  return result = list.count == 0 ? null_cell() : list_cell(list), Status::kOk;
}
MIG_FUNCTION(list_first_value)(Context&, Cell& result, const List& list) {
  for (uint64_t i = 0; i < list.count; ++i) {
    if (list.items[i].has_value()) return result = list.items[i], Status::kOk;
  }
  return result = null_cell(), Status::kOk;
}

MIG_FUNCTION(list_group_by)(Context& context, Map& result, const List& list, const Closure& f, const ValueShape& shape) {
  MapEntry* const entries = arena_entries(context, list.count);
  uint64_t* const group_of = static_cast<uint64_t*>(arena_allocate(context, list.count * sizeof(uint64_t)));
  CellIndex index(context, shape, list.count);
  uint64_t count = 0;
  const auto key_at = [&](uint64_t i) -> const Cell& { return entries[i].key; };
  for (uint64_t i = 0; i < list.count; ++i) {
    Cell key;
    if (const Status status = call_closure(context, f, key, list.items[i]); status != Status::kOk) return status;
    const int64_t known = index.find_or_enter(key, count, key_at);
    group_of[i] = known < 0 ? count : static_cast<uint64_t>(known);
    if (known < 0) entries[count++] = {key, list_cell({nullptr, 0})};
    ++entries[group_of[i]].value.list.count;
  }
  Cell* next = arena_cells(context, list.count);
  for (uint64_t g = 0; g < count; ++g) {
    entries[g].value.list.items = next;
    next += entries[g].value.list.count;
    entries[g].value.list.count = 0;
  }
  for (uint64_t i = 0; i < list.count; ++i) {
    List& group = entries[group_of[i]].value.list;
    group.items[group.count++] = list.items[i];
  }
  return result = {entries, count}, Status::kOk;
}

MIG_FUNCTION(list_index_by)(Context& context, Map& result, const List& list, const Closure& f, const ValueShape& shape) {
  MapEntry* const entries = arena_entries(context, list.count);
  CellIndex index(context, shape, list.count);
  const auto key_at = [&](uint64_t i) -> const Cell& { return entries[i].key; };
  for (uint64_t i = 0; i < list.count; ++i) {
    Cell key;
    if (const Status status = call_closure(context, f, key, list.items[i]); status != Status::kOk) return status;
    if (index.find_or_enter(key, i, key_at) >= 0) return fail(context, "two elements have the same key");
    entries[i] = {key, list.items[i]};
  }
  return result = {entries, list.count}, Status::kOk;
}

}  // namespace mig::stdlib
