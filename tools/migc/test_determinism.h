// `migc test --determinism`: the same in every engine, batch size and number of workers, and when done twice.
#pragma once

#include "tools/migc/options.h"
#include "tools/migc/test_output.h"

namespace mig::cli {

/// Every test as a case; with `--data` every output of the spec over that sample, too. False when it cannot go on: printed, and `exit` says
/// why.
bool check_determinism(const Arguments& arguments, driver::Session& session, TestPrinter& printer, int& exit);

}  // namespace mig::cli
