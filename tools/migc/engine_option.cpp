#include "tools/migc/engine_option.h"

namespace mig::cli {

Option engine_choice() {
  return {.name = "engine",
          .value = "interp|jit|jit0",
          .help = "interp: the interpreter; jit: optimised native code; jit0: native code that compiles faster. All give the same result",
          .offer = Offer::kChoices,
          .choices = "interp jit jit0"};
}

driver::Engine engine_option(const Arguments& arguments, driver::Engine otherwise) {
  const auto value = arguments.value("engine");
  if (!value) return otherwise;
  return *value == "interp" ? driver::Engine::kInterp : *value == "jit0" ? driver::Engine::kJitFast : driver::Engine::kJit;
}

}  // namespace mig::cli
