// Which mask of the `privacy` blocks a field has in an environment.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::sema {

/// The mask (Program::masks) that a field with these classes has in the environment: that of the narrowest pattern, of the first where two
/// are equally narrow.
std::optional<uint32_t> mask_of(const Program& program, const std::vector<uint32_t>& labels, std::string_view environment);

/// Every name that stands for an environment: declared, of stages, of masks; sorted, each once.
std::vector<std::string> environment_names(const Program& program);

/// The declaration of an environment; null where it is only named.
const EnvironmentSymbol* find_environment(const Program& program, std::string_view name);

}  // namespace mig::sema
