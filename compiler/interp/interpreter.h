// The interpreter over the per-record program: the oracle of the code generator, and the engine of tests, folding and small inputs.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "compiler/ir/ir.h"
#include "compiler/ir/values.h"
#include "runtime/plan/kernel_set.h"
#include "stdlib/function.h"

namespace mig::interp {

/// Builds every object of program.prepared. On a bad spec returns null and sets `error`.
std::shared_ptr<const ir::PreparedObjects> prepare_objects(const ir::Program& program, std::string& error);

/// What is noted of a node while it is evaluated.
enum Mark : uint8_t {
  kEvaluated = 1,
  kDidNotFail = 2,  // of an Op::kCatch: its value came to be
};

/// Thread-safe unless it notes marks; every evaluation has its own Context. Borrows `program`, which must have passed ir::validate, and
/// `functions`.
class Interpreter : public KernelSet {
 public:
  /// `marks`: one byte a node, to which Marks are added; not owned. Null: nothing is noted.
  Interpreter(const ir::Program& program, std::span<const stdlib::Function> functions, std::shared_ptr<const ir::PreparedObjects> prepared,
              uint8_t* marks = nullptr);
  ~Interpreter() override;
  const Kernel& kernel(uint32_t map) const override;
  const void* const* prepared() const override;
  const char* engine() const override;

  /// Evaluates program.functions[function]: one Cell a parameter (state kValue where it is not nullable). Issues go to context.issues.
  /// Context::prepared must be prepared(). `result` is defined when the answer is kOk and lives as long as the context's arena.
  Status call(Context& context, uint32_t function, std::span<const Cell> arguments, Cell& result) const;

 private:
  class Maps;
  std::unique_ptr<const Maps> maps_;
};

}  // namespace mig::interp
