#include "tools/migc/confinement.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "compiler/driver/session.h"

extern char** environ;

namespace mig::cli {
namespace {

constexpr rlim_t kMemory = rlim_t{1} << 30;  // bytes of address space
constexpr rlim_t kSeconds = 10;              // of processor time
constexpr uint64_t kReplacing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;

void limit(__rlimit_resource_t what, rlim_t most) {
  rlimit now{};
  if (getrlimit(what, &now) != 0) return;
  now.rlim_cur = std::min(now.rlim_cur, most);
  now.rlim_max = std::min(now.rlim_max, most);
  setrlimit(what, &now);
}

// Values stay out of reach of the code that reads the spec; what decides about colours is no secret.
void forget_environment() {
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::string_view name = entry.substr(0, entry.find('='));
    if (name == "TERM" || name == "NO_COLOR" || name == "MIGC_CONFINEMENT_PROBE" || name.size() == entry.size()) continue;
    std::memset(*each + name.size() + 1, 0, entry.size() - name.size() - 1);
  }
}

bool allow(int rules, const std::string& path, bool folder, uint64_t more = 0) {
  const int at = open(path.c_str(), O_PATH | O_CLOEXEC | (folder ? O_DIRECTORY : 0));
  if (at < 0) return errno == ENOENT || errno == ENOTDIR;  // what is not there cannot be read either
  landlock_path_beneath_attr rule{};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | (folder ? uint64_t{LANDLOCK_ACCESS_FS_READ_DIR} : 0) | more;
  rule.parent_fd = at;
  const bool added = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(at);
  return added;
}

bool confine_files(const std::vector<std::string>& folders, const std::string& extra_file, bool rewrites) {
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = (uint64_t{LANDLOCK_ACCESS_FS_MAKE_SYM} << 1) - 1;  // everything of the first version of the interface
  const auto rules = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (rules < 0) return false;
  bool good = true;
  for (const std::string& folder : folders) good &= allow(rules, folder, true, rewrites ? kReplacing : 0);
  if (!extra_file.empty()) good &= allow(rules, extra_file, false);
  allow(rules, "/usr/share/zoneinfo", true);
  good = good && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  close(rules);
  return good;
}

bool confine_calls(bool rewrites) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return false;
  static const int kAllowed[] = {SCMP_SYS(read),
                                 SCMP_SYS(readv),
                                 SCMP_SYS(pread64),
                                 SCMP_SYS(write),
                                 SCMP_SYS(writev),
                                 SCMP_SYS(close),
                                 SCMP_SYS(lseek),
                                 SCMP_SYS(fstat),
                                 SCMP_SYS(stat),
                                 SCMP_SYS(lstat),
                                 SCMP_SYS(newfstatat),
                                 SCMP_SYS(statx),
                                 SCMP_SYS(access),
                                 SCMP_SYS(faccessat),
                                 SCMP_SYS(faccessat2),
                                 SCMP_SYS(readlink),
                                 SCMP_SYS(readlinkat),
                                 SCMP_SYS(getcwd),
                                 SCMP_SYS(getdents64),
                                 SCMP_SYS(mmap),
                                 SCMP_SYS(mprotect),
                                 SCMP_SYS(munmap),
                                 SCMP_SYS(mremap),
                                 SCMP_SYS(madvise),
                                 SCMP_SYS(brk),
                                 SCMP_SYS(futex),
                                 SCMP_SYS(exit),
                                 SCMP_SYS(exit_group),
                                 SCMP_SYS(rt_sigaction),
                                 SCMP_SYS(rt_sigprocmask),
                                 SCMP_SYS(rt_sigreturn),
                                 SCMP_SYS(sigaltstack),
                                 SCMP_SYS(tgkill),
                                 SCMP_SYS(clock_gettime),
                                 SCMP_SYS(clock_getres),
                                 SCMP_SYS(gettimeofday),
                                 SCMP_SYS(getrandom),
                                 SCMP_SYS(getpid),
                                 SCMP_SYS(gettid),
                                 SCMP_SYS(getuid),
                                 SCMP_SYS(geteuid),
                                 SCMP_SYS(getgid),
                                 SCMP_SYS(getegid),
                                 SCMP_SYS(getrlimit),
                                 SCMP_SYS(getrusage),
                                 SCMP_SYS(sched_yield),
                                 SCMP_SYS(sched_getaffinity),
                                 SCMP_SYS(rseq),
                                 SCMP_SYS(set_robust_list),
                                 SCMP_SYS(restart_syscall),
                                 SCMP_SYS(uname),
                                 SCMP_SYS(sysinfo),
                                 SCMP_SYS(fadvise64),
                                 SCMP_SYS(poll)};
  bool good = true;
  for (const int call : kAllowed) good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  // Files open for reading only; an attempt to write is refused, so that a failing report file is a message and no crash.
  constexpr unsigned kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  for (const auto& [call, argument] : {std::pair{SCMP_SYS(open), 1u}, std::pair{SCMP_SYS(openat), 2u}}) {
    if (rewrites) {
      good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
      continue;
    }
    good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, kWriting, 0)) == 0;
    for (const unsigned bit : {unsigned{O_WRONLY}, unsigned{O_RDWR}, unsigned{O_CREAT}, unsigned{O_TRUNC}}) {
      good &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 1, SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, bit, bit)) == 0;
    }
  }
  if (rewrites) {
    static const int kReplacingCalls[] = {SCMP_SYS(rename),   SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
                                          SCMP_SYS(unlinkat), SCMP_SYS(fsync),    SCMP_SYS(fdatasync), SCMP_SYS(fchmod),
                                          SCMP_SYS(fchmodat), SCMP_SYS(chmod),    SCMP_SYS(fchown),    SCMP_SYS(ftruncate),
                                          SCMP_SYS(pwrite64), SCMP_SYS(umask),    SCMP_SYS(flock)};
    for (const int call : kReplacingCalls) good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  }
  // What the C library asks of a terminal or a file; nothing that changes one.
  good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_CMP(1, SCMP_CMP_EQ, 0x5401 /* TCGETS */)) == 0;
  good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_CMP(1, SCMP_CMP_EQ, 0x5413 /* TIOCGWINSZ */)) == 0;
  good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_CMP(1, SCMP_CMP_EQ, F_GETFL)) == 0;
  good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_CMP(1, SCMP_CMP_EQ, F_GETFD)) == 0;
  good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_CMP(2, SCMP_CMP_EQ, 0)) == 0;
  good = good && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return good;
}

void probe() {
  const char* what = std::getenv("MIGC_CONFINEMENT_PROBE");
  if (what == nullptr) return;
  const std::string_view wanted(what);
  if (wanted == "connect") {
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) fmt::print("probe: a socket was opened\n");
  } else if (wanted == "open") {
    if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0) fmt::print("probe: a file outside the project was opened\n");
  } else if (wanted == "write") {
    if (open("probe.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0) fmt::print("probe: a file was written\n");
  } else if (wanted == "exec") {
    execl("/bin/true", "true", static_cast<char*>(nullptr));
    fmt::print("probe: refused\n");
  }
}

}  // namespace

Confinement confine(const std::vector<std::string>& folders, const std::string& extra_file, bool rewrites) {
  Confinement result;
  forget_environment();
#if !defined(__SANITIZE_ADDRESS__)
  limit(RLIMIT_AS, kMemory);
#endif
  limit(RLIMIT_CPU, kSeconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NPROC, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    result.lacking = "no_new_privs";
    return result;
  }
  result.files = confine_files(folders, extra_file, rewrites);
  if (!result.files) result.lacking = "Landlock";
#if !defined(__SANITIZE_ADDRESS__)
  result.calls = confine_calls(rewrites);
  if (!result.calls) result.lacking += std::string(result.lacking.empty() ? "" : " and ") + "seccomp";
#endif
  return result;
}

void confine_to_projects(const std::vector<std::string>& specs, const std::string& extra_file, bool rewrites) {
  std::vector<std::string> folders;
  for (const std::string& spec : specs) folders.push_back(driver::project_root(spec));
  const Confinement confinement = confine(folders, extra_file, rewrites);
  if (!confinement.lacking.empty())
    fmt::print(stderr, "migc: this kernel lacks {}; the spec is read without that protection\n", confinement.lacking);
  probe();
}

}  // namespace mig::cli
