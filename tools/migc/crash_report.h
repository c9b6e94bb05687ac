// An internal error leaves a report file and exit code 70; it is never silent.
#pragma once

#include <string_view>

namespace mig::cli {

/// Arranges for reports on fatal signals and on terminate. Only option names and the verb are recorded, never values.
void install_crash_report(int argc, char** argv);
/// Writes the report for a bug noticed by the program itself; returns kInternal.
int report_internal_error(std::string_view what);

}  // namespace mig::cli
