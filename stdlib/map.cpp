// Functions of maps: document order, distinct keys.
#include "stdlib/arena_text.h"
#include "stdlib/call_closure.h"
#include "stdlib/cell_index.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

// What happens when two entries get one key; the order of the words of `on_duplicate:`.
constexpr int64_t kFailOnDuplicate = 0;
constexpr int64_t kFirstWins = 1;

// Collects entries with distinct keys; a later winner takes the place of the earlier one.
class Builder {
 public:
  Builder(Context& context, const ValueShape& shape, uint64_t capacity)
      : entries_(arena_entries(context, capacity)), index_(context, shape, capacity) {}

  bool add(const Cell& key, const Cell& value, int64_t on_duplicate) {
    const int64_t known = index_.find_or_enter(key, count_, [&](uint64_t i) -> const Cell& { return entries_[i].key; });
    if (known < 0) {
      entries_[count_++] = {key, value};
      return true;
    }
    if (on_duplicate == kFailOnDuplicate) return false;
    if (on_duplicate != kFirstWins) entries_[known].value = value;
    return true;
  }
  Map map() const { return {entries_, count_}; }

 private:
  MapEntry* entries_;
  uint64_t count_ = 0;
  CellIndex index_;
};

Status duplicate(Context& context) { return fail(context, "two entries get the same key"); }

}  // namespace

MIG_FUNCTION(map_get)(Context&, Cell& result, const Map& map, const Cell& key, const ValueShape& shape) {
  for (uint64_t i = 0; i < map.count; ++i) {
    if (cells_equal(shape, map.entries[i].key, key)) return result = map.entries[i].value, Status::kOk;
  }
  return result = null_cell(), Status::kOk;
}
MIG_FUNCTION(map_has)(Context&, bool& result, const Map& map, const Cell& key, const ValueShape& shape) {
  result = false;
  for (uint64_t i = 0; i < map.count && !result; ++i) result = cells_equal(shape, map.entries[i].key, key);
  return Status::kOk;
}
MIG_FUNCTION(map_count)(Context&, int64_t& result, const Map& map) { return result = static_cast<int64_t>(map.count), Status::kOk; }
MIG_FUNCTION(map_keys_of)(Context& context, List& result, const Map& map) {
  Cell* const items = arena_cells(context, map.count);
  for (uint64_t i = 0; i < map.count; ++i) items[i] = map.entries[i].key;
  return result = {items, map.count}, Status::kOk;
}
MIG_FUNCTION(map_values_of)(Context& context, List& result, const Map& map) {
  Cell* const items = arena_cells(context, map.count);
  for (uint64_t i = 0; i < map.count; ++i) items[i] = map.entries[i].value;
  return result = {items, map.count}, Status::kOk;
}
MIG_FUNCTION(map_entries_of)(Context& context, List& result, const Map& map) {
  Cell* const items = arena_cells(context, map.count);
  for (uint64_t i = 0; i < map.count; ++i) {
    items[i] = value_cell();
    items[i].list = {&map.entries[i].key, 2};  // an entry is a record of two cells
  }
  return result = {items, map.count}, Status::kOk;
}
MIG_FUNCTION(map_non_empty)(Context&, Cell& result, const Map& map) {
  result = map.count == 0 ? null_cell() : value_cell();
  if (map.count != 0) result.map = map;
  return Status::kOk;
}

MIG_FUNCTION(map_values)(Context& context, Map& result, const Map& map, const Closure& f) {
  MapEntry* const entries = arena_entries(context, map.count);
  for (uint64_t i = 0; i < map.count; ++i) {
    entries[i].key = map.entries[i].key;
    if (const Status status = call_closure(context, f, entries[i].value, map.entries[i].value); status != Status::kOk) return status;
  }
  return result = {entries, map.count}, Status::kOk;
}
MIG_FUNCTION(map_keys)
(Context& context, Map& result, const Map& map, const Closure& f, const int64_t& on_duplicate, const ValueShape& shape) {
  Builder builder(context, shape, map.count);
  for (uint64_t i = 0; i < map.count; ++i) {
    Cell key;
    if (const Status status = call_closure(context, f, key, map.entries[i].key); status != Status::kOk) return status;
    if (!builder.add(key, map.entries[i].value, on_duplicate)) return duplicate(context);
  }
  return result = builder.map(), Status::kOk;
}
MIG_FUNCTION(map_entries)
(Context& context, Map& result, const Map& map, const Closure& f, const int64_t& on_duplicate, const ValueShape& shape) {
  Builder builder(context, shape, map.count);
  for (uint64_t i = 0; i < map.count; ++i) {
    Cell entry;
    const Status status = call_closure(context, f, entry, map.entries[i].key, map.entries[i].value);
    if (status != Status::kOk) return status;
    if (!builder.add(entry.list.items[0], entry.list.items[1], on_duplicate)) return duplicate(context);
  }
  return result = builder.map(), Status::kOk;
}
MIG_FUNCTION(map_filter)(Context& context, Map& result, const Map& map, const Closure& f) {
  MapEntry* const entries = arena_entries(context, map.count);
  uint64_t used = 0;
  for (uint64_t i = 0; i < map.count; ++i) {
    bool holds = false;
    const Status status = test_closure(context, f, holds, map.entries[i].key, map.entries[i].value);
    if (status != Status::kOk) return status;
    if (holds) entries[used++] = map.entries[i];
  }
  return result = {entries, used}, Status::kOk;
}
MIG_FUNCTION(map_merge)
(Context& context, Map& result, const Map& a, const Map& b, const int64_t& on_conflict, const ValueShape& shape) {
  Builder builder(context, shape, a.count + b.count);
  for (uint64_t i = 0; i < a.count; ++i) builder.add(a.entries[i].key, a.entries[i].value, on_conflict);
  for (uint64_t i = 0; i < b.count; ++i) {
    if (!builder.add(b.entries[i].key, b.entries[i].value, on_conflict)) return duplicate(context);
  }
  return result = builder.map(), Status::kOk;
}
MIG_FUNCTION(map_with_field)
(Context& context, Map& result, const Map& map, const Cell& key, const Cell& value, const ValueShape& shape) {
  MapEntry added{key, value};
  return mig_map_merge(context, result, map, Map{&added, 1}, 2, shape);
}
MIG_FUNCTION(map_without)(Context& context, Map& result, const Map& map, const List& keys, const ValueShape& shape) {
  MapEntry* const entries = arena_entries(context, map.count);
  uint64_t used = 0;
  for (uint64_t i = 0; i < map.count; ++i) {
    bool dropped = false;
    for (uint64_t k = 0; k < keys.count && !dropped; ++k) dropped = cells_equal(shape, keys.items[k], map.entries[i].key);
    if (!dropped) entries[used++] = map.entries[i];
  }
  return result = {entries, used}, Status::kOk;
}

}  // namespace mig::stdlib
