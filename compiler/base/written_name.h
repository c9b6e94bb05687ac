// Names in the text of a spec, for everything that writes some: fix-its, completions, generated specs and tests.
#pragma once

#include <string>
#include <string_view>

namespace mig {

/// A name as a spec writes it: as it is, or in backticks where it is no plain word ("Zip Code").
std::string written_name(std::string_view name);

}  // namespace mig
