// Which processor this is.
#pragma once

#include <string>

namespace mig::codegen {

/// All that the processor and the system tell of model and features: code for another description must not be run here.
std::string processor_description();

}  // namespace mig::codegen
