// The schemas that a spec imports, as mig.lock keeps them.
#pragma once

#include <vector>

#include "compiler/driver/session.h"
#include "compiler/schemas/lock.h"

namespace mig::driver {

/// Checks the spec without asking mig.lock, and gives the present shape of everything it imports, each once. Findings stand in the session;
/// a schema that cannot be read is left out.
std::vector<schemas::LockEntry> imported_shapes(Session& session);

}  // namespace mig::driver
