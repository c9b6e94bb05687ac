#include "compiler/ir/passes/passes.h"

namespace mig::ir {

void run_passes(Program&, std::span<const stdlib::Function>) {}

}  // namespace mig::ir
