// Runs one command and measures it from the outside: wall time, CPU time, peak memory.
//   launch RESULT COMMAND [ARGUMENT...]
// Appends one line to RESULT: "<wall ns> <user us> <system us> <peak KiB> <status>". Peak: the largest resident set (VmHWM) of any
// process of the command. Status: exit code, or 128 + signal. A program of its own so that the least peak it can show is its own
// 2 MB, not an interpreter's 20, and so that no interpreter's start is part of the time.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: launch RESULT COMMAND [ARGUMENT...]\n");
    return 2;
  }
  timespec begin{}, end{};
  clock_gettime(CLOCK_MONOTONIC, &begin);
  const pid_t child = fork();
  if (child < 0) {
    std::perror("launch: fork");
    return 2;
  }
  if (child == 0) {
    execvp(argv[2], argv + 2);
    std::perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) {
    std::perror("launch: wait4");
    return 2;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  const long long wall = (end.tv_sec - begin.tv_sec) * 1000000000LL + (end.tv_nsec - begin.tv_nsec);
  const auto micros = [](const timeval& t) { return t.tv_sec * 1000000LL + t.tv_usec; };
  std::FILE* f = std::fopen(argv[1], "a");
  if (!f) {
    std::perror(argv[1]);
    return 2;
  }
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  std::fprintf(f, "%lld %lld %lld %ld %d\n", wall, micros(used.ru_utime), micros(used.ru_stime), used.ru_maxrss, code);
  return std::fclose(f) == 0 ? 0 : 2;
}
