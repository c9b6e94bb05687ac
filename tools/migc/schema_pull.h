// `migc schema pull`: the only verb of the language that connects, through a library that is opened for it alone.
#pragma once

#include <string>
#include <vector>

#include "tools/migc/options.h"
#include "tools/migc/schema_location.h"

namespace mig::cli {

int pull_schema(const Arguments& arguments, const std::vector<std::string>& words);
/// Prints what differs between two schema files; the number of differences.
size_t print_difference(const SchemaLocation& before, const SchemaLocation& after);

}  // namespace mig::cli
