// The passes that run over a module before code is generated. Private to the code generator.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace mig::codegen {

/// A fixed, light list: what the standard -O2 adds to it costs more than a map gains.
void optimise(llvm::Module& module, llvm::TargetMachine& target);

}  // namespace mig::codegen
