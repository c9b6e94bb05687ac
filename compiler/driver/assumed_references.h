// What a test assumes that other maps wrote: answers `ref`, `target_of` and `exists_in` from the records of `assume`.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/ir/lower.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/types/context.h"

namespace mig::driver {

/// Of one test at a time. `lowered` outlives the object.
class AssumedReferences final : public References {
 public:
  explicit AssumedReferences(const ir::Lowered& lowered);
  /// Makes the records of a test; their values lie in the arena of `context`. False: one cannot be computed.
  bool assume(const ir::LoweredTest& test, const KernelSet& kernels, Context& context);

 private:
  struct Row {
    const ir::LoweredAssumedRow* from = nullptr;
    std::vector<Cell> cells;  // by field of its layout
  };
  static Status answer(const References* self, Context* context, uint32_t number, const Cell* key, Cell* result);

  const ir::Lowered& lowered_;
  std::vector<Row> rows_;
};

}  // namespace mig::driver
