// `migc test --from-sample N`: tests made from records of the source.
#pragma once

#include "tools/migc/options.h"

namespace mig::cli {

/// Prints `test` blocks on stdout; the exit code.
int tests_from_sample(const Arguments& arguments);

}  // namespace mig::cli
