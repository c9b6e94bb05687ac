#include "compiler/driver/test_dedupe.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "compiler/driver/test_frame.h"

namespace mig::driver {
namespace {

using stdlib::ValueShape;

class Groups {
 public:
  Groups(const ir::Program& program, const ir::LoweredDedupe& dedupe, const KernelSet& kernels, Context& context,
         const std::vector<uint8_t*>& members)
      : dedupe_(dedupe) {
    for (const FieldSlot& field : dedupe.key_layout.fields) shapes_.push_back(shape_of_type(program.types, field.type));
    for (uint8_t* const member : members) {
      keys_.push_back(new_frame(context, dedupe.key_layout));
      Outcome outcome = Outcome::kWritten;
      kernels.kernel(dedupe.key_map).run(context, member, keys_.back(), 1, &outcome);
      // A key that cannot be computed joins no group, like a null one.
      keyed_.push_back(outcome == Outcome::kWritten && cell(keys_.size() - 1, 0).has_value());
    }
  }

  bool same_group(size_t a, size_t b) const {
    return a == b || (keyed_[a] && keyed_[b] && shapes_[0] != nullptr && stdlib::cells_equal(shape(0), cell(a, 0), cell(b, 0)));
  }

  /// Members of the group of `first`, the winner first, the others as given.
  std::vector<size_t> group_of(size_t first) const {
    std::vector<size_t> group;
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (same_group(first, i)) group.push_back(i);
    }
    size_t best = 0;
    for (size_t i = 1; i < group.size(); ++i) {
      if (preferred(group[i], group[best])) best = i;
    }
    std::rotate(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(best), group.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    return group;
  }

 private:
  const ValueShape& shape(size_t field) const { return *static_cast<const ValueShape*>(shapes_[field].get()); }
  Cell cell(size_t member, uint32_t field) const { return load_cell(keys_[member], dedupe_.key_layout, field); }

  /// Whether `a`, which comes later, wins over `b`.
  bool preferred(size_t a, size_t b) const {
    for (size_t i = 0; i < dedupe_.descending.size(); ++i) {
      const Cell left = cell(a, static_cast<uint32_t>(i + 1)), right = cell(b, static_cast<uint32_t>(i + 1));
      if (left.has_value() != right.has_value()) return left.has_value();
      if (!left.has_value() || shapes_[i + 1] == nullptr) continue;
      const int order = stdlib::compare_cells(shape(i + 1), left, right);
      if (order != 0) return dedupe_.descending[i] ? order > 0 : order < 0;
    }
    return false;
  }

  const ir::LoweredDedupe& dedupe_;
  std::vector<std::shared_ptr<const void>> shapes_;
  std::vector<uint8_t*> keys_;
  std::vector<bool> keyed_;
};

/// As runtime/engine/dedupe/merger.cpp: a group is a list of records in which keep reads as null.
bool merge(const ir::LoweredDedupe& dedupe, const RecordLayout& layout, const KernelSet& kernels, Context& context,
           const std::vector<uint8_t*>& members, const std::vector<size_t>& group) {
  const size_t fields = layout.fields.size();
  auto* const records = static_cast<Cell*>(arena_allocate(context, group.size() * sizeof(Cell)));
  for (size_t i = 0; i < group.size(); ++i) {
    auto* const cells = static_cast<Cell*>(arena_allocate(context, fields * sizeof(Cell)));
    for (uint32_t field = 0; field < fields; ++field) {
      cells[field] = load_cell(members[group[i]], layout, field);
      if (!cells[field].has_value()) cells[field].state = Presence::kNull;
    }
    records[i] = Cell{};
    records[i].list = {cells, fields};
    records[i].state = Presence::kValue;
  }
  Cell list{};
  list.list = {records, group.size()};
  list.state = Presence::kValue;
  uint8_t* const input = new_frame(context, dedupe.group_layout);
  uint8_t* const output = new_frame(context, layout);
  store_cell(input, dedupe.group_layout, 0, list);
  Outcome outcome = Outcome::kWritten;
  kernels.kernel(dedupe.merge_map).run(context, input, output, 1, &outcome);
  if (outcome != Outcome::kWritten) return false;
  for (const uint32_t field : dedupe.merged_fields) store_cell(members[group[0]], layout, field, load_cell(output, layout, field));
  return true;
}

}  // namespace

DedupedGroups dedupe_frames(const ir::Program& program, const ir::LoweredDedupe& dedupe, const RecordLayout& layout,
                            const KernelSet& kernels, Context& context, const std::vector<uint8_t*>& members) {
  const Groups groups(program, dedupe, kernels, context, members);
  DedupedGroups result;
  for (size_t i = 0; i < members.size(); ++i) {
    bool seen = false;
    for (size_t before = 0; before < i; ++before) seen = seen || groups.same_group(before, i);
    if (seen) {
      ++result.losers;
      continue;
    }
    const std::vector<size_t> group = groups.group_of(i);
    if (i == 0) result.winner = static_cast<uint32_t>(group[0]);
    if (group.size() > 1 && dedupe.merge_map != ir::kNone && !merge(dedupe, layout, kernels, context, members, group))
      result.merged = false;
  }
  return result;
}

}  // namespace mig::driver
