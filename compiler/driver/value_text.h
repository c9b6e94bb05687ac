// Values as a person reads them in a failed test: texts quoted, decimals with their scale, records and lists in full.
#pragma once

#include <string>

#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig::driver {

std::string value_text(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type, const Cell& cell);

}  // namespace mig::driver
