// The `--engine` option, shared by the verbs that run code.
#pragma once

#include "compiler/driver/kernels.h"
#include "tools/migc/options.h"

namespace mig::cli {

Option engine_choice();
driver::Engine engine_option(const Arguments& arguments, driver::Engine otherwise);

}  // namespace mig::cli
