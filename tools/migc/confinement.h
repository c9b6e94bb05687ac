// Verbs that only read a spec give up everything else before they read it: the spec may come from a stranger's pull request.
#pragma once

#include <string>
#include <vector>

namespace mig::cli {

struct Confinement {
  bool files = false;   // the kernel keeps the process inside the folders (Landlock)
  bool calls = false;   // system calls are limited to an allow-list (seccomp)
  std::string lacking;  // what the kernel does not offer, for people; empty when nothing is
};

/// Gives up, for the rest of the process: files outside `folders` (with all that lies below them; the time-zone database stays readable),
/// writing to any file, the network, other programs, threads, values of the environment, more than 1 GiB of memory and 10 s of processor
/// time. What breaks the rule of system calls is killed (SIGSYS).
/// `extra_file`: one more file that may be read; empty for none.
/// `rewrites`: files below the folders may be replaced, for a verb that changes specs.
Confinement confine(const std::vector<std::string>& folders, const std::string& extra_file = {}, bool rewrites = false);

/// Confines a verb to the project folders of its specs, says on stderr what the kernel lacks, and works the debug hook
/// MIGC_CONFINEMENT_PROBE=connect|open|write|exec, which tries what must not succeed.
void confine_to_projects(const std::vector<std::string>& specs, const std::string& extra_file = {}, bool rewrites = false);

}  // namespace mig::cli
