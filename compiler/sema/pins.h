// What mig.lock pins beside schemas: lookups, imported specs, the data that functions of the standard library read.
#pragma once

#include <vector>

#include "compiler/schemas/lock.h"
#include "compiler/sema/program.h"

namespace mig::sema {

class Analysis;

/// mig.lock, read once. Null when there is none or it cannot be used; the latter is reported (E0135) the first time.
const schemas::Lock* project_lock(Analysis& analysis);
/// Compares what the spec uses with mig.lock: W0805, W0134 for imports, E0133, W0136.
void check_pins(Analysis& analysis);

/// Lookups and imports of a checked spec that can be read, with the digests that they have now.
std::vector<schemas::PinnedFile> files_to_pin(const Program& program, const SourceMap& sources, const std::string& root);
/// Edition, time zones, Unicode, telephone numbers: as this program and machine have them.
std::vector<schemas::PinnedFact> facts_to_pin();

}  // namespace mig::sema
