// Places where tests make the process die or a call fail, and deliberate defects that the crash tests must notice.
// Both exist only in builds with MIGC_FAULTS; elsewhere every test here is a constant that vanishes.
#pragma once

namespace mig {

#ifdef MIGC_FAULTS
/// `MIGC_FAILPOINT=name:n:action` (several, separated by commas): the n-th time that `name` is passed, counted from 1, `abort` kills the
/// process as kill -9 would, `stop` suspends it (SIGSTOP), and a number is returned as errno for the caller to fail with; else 0.
int failpoint(const char* name);
/// True when `MIGC_MUTANT` (a comma list) names the defect.
bool mutant(const char* name);
#else
constexpr int failpoint(const char*) { return 0; }
constexpr bool mutant(const char*) { return false; }
#endif

}  // namespace mig
