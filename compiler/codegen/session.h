// One LLVM JIT session: compiles a program and owns its code. Private to the code generator.
#pragma once

#include <memory>
#include <string>

#include "compiler/codegen/request.h"

namespace mig::codegen {

/// Name and features of this processor.
std::string describe_target();

/// Null with `error` set when LLVM refuses.
std::unique_ptr<KernelSet> compile(const Request& request, Timings& timings, std::string& error);

}  // namespace mig::codegen
