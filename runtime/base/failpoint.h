// Places where tests make the process die or a call fail, and deliberate defects that the crash tests must notice.
// Both exist only where MIGC_FAULTS is defined (the test program migc_faults); elsewhere every test here is a constant that vanishes.
#pragma once

#include <cstdint>
#include <string_view>

namespace mig {

#ifdef MIGC_FAULTS
/// `MIGC_FAILPOINT=name:n:action` (several, separated by commas): the n-th time that `name` is passed, counted from 1, `abort` kills the
/// process as kill -9 would, `stop` suspends it (SIGSTOP), and a number is returned as errno for the caller to fail with; else 0.
int failpoint(const char* name);
/// True when `MIGC_MUTANT` (a comma list) names the defect.
bool mutant(const char* name);
/// Appends `event number text` as a line to the file that `MIGC_TRACE` names: what was written and what was made durable, in order.
void trace_io(const char* event, uint64_t number, std::string_view text);
/// The same about an open file; its inode stands before the number.
void trace_file(const char* event, int descriptor, uint64_t number, std::string_view text);
#else
constexpr int failpoint(const char*) { return 0; }
constexpr bool mutant(const char*) { return false; }
constexpr void trace_io(const char*, uint64_t, std::string_view) {}
constexpr void trace_file(const char*, int, uint64_t, std::string_view) {}
#endif

}  // namespace mig
