// What people read at the end of a run.
#pragma once

#include <cstdio>

#include "runtime/engine/run.h"

namespace mig::cli {

void print_report(const RunReport& report, const Plan& plan, std::FILE* stream);
/// Where the time went, one line a stage; which code ran, and how it came to be.
void print_timings(const RunReport& report, std::FILE* stream);

}  // namespace mig::cli
