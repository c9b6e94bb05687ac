// What a spec takes from elsewhere, as mig.lock keeps it.
#pragma once

#include <vector>

#include "compiler/driver/session.h"
#include "compiler/schemas/lock.h"

namespace mig::driver {

/// Checks the spec without asking mig.lock, and gives the present shape of every schema that it imports, each once, and its lookups and
/// imports. Findings stand in the session; what cannot be read is left out.
schemas::Lock things_to_pin(Session& session);

}  // namespace mig::driver
