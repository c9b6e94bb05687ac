// Where in a spec a finding stands, in words that survive edits above it.
#pragma once

#include <string>

#include "compiler/sema/program.h"

namespace mig::driver {

/// "map contacts/birthday", "schema Member/email", "stage canary"; empty outside declarations.
std::string declaration_path(const sema::Program& program, Span span);

}  // namespace mig::driver
