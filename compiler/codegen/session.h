// From a program to an object file: emission, passes, code generation. Private to the code generator.
#pragma once

#include <string>

#include "compiler/codegen/request.h"

namespace mig::codegen {

/// See GenerateFunction.
bool generate(const Request& request, Timings& timings, std::string& object, std::string& error);

}  // namespace mig::codegen
