// Opens the library of database clients on demand, so that no other verb pays for them.
#pragma once

#include <optional>
#include <string>

#include "runtime/live_schema/request.h"

namespace mig::live_schema {

/// See PullFunction; also fails when libmigc_live_schema.so does not lie beside the program (or in ../lib/migc).
std::optional<std::string> pull(const Request& request, std::string& reason);

}  // namespace mig::live_schema
