// Lists, maps and records inside a JSON value.
#include <cstring>

#include "runtime/formats/ndjson/json_values.h"
#include "runtime/formats/values/text_value.h"

namespace mig {
namespace {

constexpr const char* kMalformed = nullptr;

template <class T>
void put(void* slot, T value) {
  std::memcpy(slot, &value, sizeof value);
}

}  // namespace

void JsonValues::too_many() {
  cells_ = {};
  entries_ = {};
  throw ArenaExhausted{};
}

void JsonValues::finish_list(const Shape& shape, size_t first, void* slot, const char* at) {
  uint64_t count = cells_.size() - first;
  auto* items = static_cast<Cell*>(arena_allocate(*context_, count * sizeof(Cell)));
  if (count != 0) std::memcpy(static_cast<void*>(items), cells_.data() + first, count * sizeof(Cell));
  cells_.resize(first);
  if (shape.op == ShapeOp::kSet && fault.cause == nullptr) count = distinct_items(*shape.element, items, count);
  if (shape.bounded) {
    if (const char* why = check_count(shape, count)) note(why, at);
  }
  put(slot, List{items, count});
}

const char* JsonValues::list(const char* p, const Shape& shape, void* slot) {
  if (depth_ >= max_depth_) return kMalformed;
  const char* const at = p;
  const size_t first = cells_.size();
  const bool plain_texts = shape.element->op == ShapeOp::kText && !shape.element->bounded;
  ++depth_;
  p = skip_json_blanks(p + 1);
  if (*p != ']') {
    while (true) {
      Cell cell{};
      if (plain_texts && *p == '"') [[likely]] {
        std::string_view inside;
        if ((p = text(p, inside)) == nullptr) return kMalformed;
        cell.text = Text{inside.data(), inside.size()};
        cell.state = Presence::kValue;
      } else {
        Presence state = Presence::kAbsent;
        p = value(p, *shape.element, &cell, state);
        if (p == nullptr) return kMalformed;
        cell.state = state;
      }
      if (cells_.size() == kMostCells) [[unlikely]]
        too_many();
      cells_.push_back(cell);
      p = skip_json_blanks(p);
      if (*p != ',') break;
      p = skip_json_blanks(p + 1);
    }
    if (*p != ']') return kMalformed;
  }
  --depth_;
  finish_list(shape, first, slot, at);
  return p + 1;
}

const char* JsonValues::keys_as_list(const char* p, const Shape& shape, void* slot) {
  if (depth_ >= max_depth_) return kMalformed;
  const char* const at = p;
  const size_t first = cells_.size();
  ++depth_;
  p = skip_json_blanks(p + 1);
  if (*p != '}') {
    while (true) {
      std::string_view name;
      const char* const name_at = p;
      p = member(p, name);
      if (p == nullptr) return kMalformed;
      Cell cell{};
      if (const char* why = cell_value(*shape.element, name, &cell, *context_)) note(why, name_at);
      cell.state = Presence::kValue;
      if (cells_.size() == kMostCells) [[unlikely]]
        too_many();
      cells_.push_back(cell);
      p = skip(p);
      if (p == nullptr) return kMalformed;
      p = skip_json_blanks(p);
      if (*p != ',') break;
      p = skip_json_blanks(p + 1);
    }
    if (*p != '}') return kMalformed;
  }
  --depth_;
  if (fault.cause == nullptr) {
    const uint64_t kept = distinct_items(*shape.element, cells_.data() + first, cells_.size() - first);
    cells_.resize(first + kept);
  }
  finish_list(shape, first, slot, at);
  return p + 1;
}

const char* JsonValues::record(const char* p, const Shape& shape, void* slot) {
  if (depth_ >= max_depth_) return kMalformed;
  const char* const at = p;
  const Fault outside = fault;
  fault = {};
  const uint64_t count = shape.members.size();
  auto* members = static_cast<Cell*>(arena_allocate(*context_, count * sizeof(Cell)));
  std::memset(static_cast<void*>(members), 0, count * sizeof(Cell));
  ++depth_;
  p = skip_json_blanks(p + 1);
  if (*p != '}') {
    for (uint32_t expected = 0;; p = skip_json_blanks(p + 1)) {
      std::string_view name;
      p = member(p, name);
      if (p == nullptr) return kMalformed;
      uint32_t index = expected;
      if (expected >= count || shape.member_names[expected] != name) {
        const auto found = shape.member_index.find(name);
        index = found == shape.member_index.end() ? ~0u : found->second;
      }
      if (index == ~0u) {
        p = skip(p);
      } else {
        expected = index + 1;
        Cell& cell = members[index];
        Presence state = Presence::kAbsent;
        const char* const value_at = p;
        p = value(p, *shape.members[index], &cell, state);
        cell.state = state;
        if (fault.cause != nullptr) {  // kept in the cell, because a later key of the same name may put it right
          cell.text = Text{fault.cause, static_cast<uint64_t>((fault.at == nullptr ? value_at : fault.at) - base_)};
          cell.state = Presence::kUnavailable;
          fault = {};
        }
      }
      if (p == nullptr) return kMalformed;
      p = skip_json_blanks(p);
      if (*p != ',') break;
    }
    if (*p != '}') return kMalformed;
  }
  --depth_;
  for (uint64_t i = 0; i < count; ++i) {
    if (members[i].state == Presence::kUnavailable) note(members[i].text.data, base_ + members[i].text.size);
    if (members[i].state == Presence::kAbsent && !shape.members[i]->optional) note(cause::kMissing, at);
  }
  if (outside.cause != nullptr) fault = outside;
  put(slot, List{members, count});
  return p + 1;
}

}  // namespace mig
