#include "compiler/driver/assumed_references.h"

#include <algorithm>
#include <cstring>

namespace mig::driver {
namespace {

bool equal(const Cell& a, const Cell& b, const Type& type) {
  if (!a.has_value() || !b.has_value()) return false;
  switch (storage_of(type.kind)) {
    case Storage::kBool: return a.boolean == b.boolean;
    case Storage::kInt: return a.integer == b.integer;
    case Storage::kReal: return a.real == b.real;
    case Storage::kDecimal: return a.decimal == b.decimal;
    case Storage::kText: return a.text.view() == b.text.view();
    case Storage::kList:
    case Storage::kMap:
    case Storage::kScalar: break;
  }
  return false;
}

}  // namespace

AssumedReferences::AssumedReferences(const ir::Lowered& lowered) : References{&AssumedReferences::answer}, lowered_(lowered) {}

bool AssumedReferences::assume(const ir::LoweredTest& test, const KernelSet& kernels, Context& context) {
  rows_.clear();
  for (const ir::LoweredAssumedRow& from : test.assumed_rows) {
    const size_t size = std::max<size_t>(from.layout.stride, sizeof(Cell));
    auto* const frame = static_cast<uint8_t*>(arena_allocate(context, size));
    auto* const none = static_cast<uint8_t*>(arena_allocate(context, sizeof(Cell)));
    std::memset(frame, 0, size);
    std::memset(none, 0, sizeof(Cell));
    Outcome outcome = Outcome::kWritten;
    kernels.kernel(from.row_map).run(context, none, frame, 1, &outcome);
    if (outcome != Outcome::kWritten) return false;
    Row& row = rows_.emplace_back();
    row.from = &from;
    for (uint32_t i = 0; i < from.layout.fields.size(); ++i) {
      row.cells.push_back(load_cell(frame, from.layout, i));
      if (!row.cells.back().has_value()) row.cells.back().state = Presence::kNull;
    }
  }
  return true;
}

Status AssumedReferences::answer(const References* self, Context*, uint32_t number, const Cell* key, Cell* result) {
  const auto& assumed = *static_cast<const AssumedReferences*>(self);
  const ir::LoweredReference& asked = assumed.lowered_.references[number];
  for (const Row& row : assumed.rows_) {
    if (row.from->of_map != asked.of_map || row.from->subject != asked.subject) continue;
    if (!equal(row.cells.front(), *key, assumed.lowered_.program.types[asked.key])) continue;
    result->state = Presence::kValue;
    result->list = {const_cast<Cell*>(row.cells.data() + 1), row.cells.size() - 1};
    return Status::kOk;
  }
  result->state = Presence::kNull;
  return Status::kOk;
}

}  // namespace mig::driver
