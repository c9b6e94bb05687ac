#include "tools/migc/crash_report.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "tools/migc/exit_codes.h"

namespace mig::cli {
namespace {

// Filled at start, so that a signal handler needs neither memory nor locks.
char g_report_path[512];
char g_command[512];
alignas(16) char g_signal_stack[64 * 1024];

void put(int file, const char* text) {
  if (write(file, text, std::strlen(text)) < 0) return;
}

void write_report(const char* what) {
  const int file = open(g_report_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  void* frames[64];
  const int depth = backtrace(frames, 64);
  if (file >= 0) {
    put(file, "migc " MIGC_VERSION "\ncommand: ");
    put(file, g_command);
    put(file, "\nproblem: ");
    put(file, what);
    put(file, "\n\n");
    backtrace_symbols_fd(frames, depth, file);
    close(file);
  }
  put(STDERR_FILENO, "migc: internal error: ");
  put(STDERR_FILENO, what);
  put(STDERR_FILENO, "\nThis is a bug of migc, not of your spec or data. A finished epoch is safe; the run can be resumed.\n");
  if (file >= 0) {
    put(STDERR_FILENO, "Report: ");
    put(STDERR_FILENO, g_report_path);
    put(STDERR_FILENO, " (holds no data; please attach it to an issue)\n");
  }
}

const char* signal_text(int number) {
  switch (number) {
    case SIGSEGV: return "invalid memory access (SIGSEGV)";
    case SIGBUS: return "invalid memory access (SIGBUS)";
    case SIGFPE: return "arithmetic fault (SIGFPE)";
    case SIGILL: return "illegal instruction (SIGILL)";
    case SIGABRT: return "abort (SIGABRT)";
    default: return "fatal signal";
  }
}

void on_signal(int number) {
  write_report(signal_text(number));
  _exit(kInternal);
}

[[noreturn]] void on_terminate() {
  static std::string what;
  what = "an exception was not handled";
  if (const std::exception_ptr failure = std::current_exception()) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {
      what = "an unknown exception was not handled";
    }
  }
  write_report(what.c_str());
  _exit(kInternal);
}

}  // namespace

void install_crash_report(int argc, char** argv) {
  const char* folder = std::getenv("TMPDIR");
  std::snprintf(g_report_path, sizeof g_report_path, "%s/migc-report-%ld.txt", folder != nullptr && *folder != '\0' ? folder : "/tmp",
                static_cast<long>(getpid()));
  std::string command = "migc";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.substr(0, 2) == "--") {
      command.append(" ").append(word.substr(0, word.find('=')));
    } else if (i == 1) {
      command.append(" ").append(word);
    }
  }
  std::snprintf(g_command, sizeof g_command, "%s", command.c_str());
  void* warm[2];
  backtrace(warm, 2);  // loads the unwinder now, not inside a handler
  std::set_terminate(on_terminate);
  stack_t stack{};
  stack.ss_sp = g_signal_stack;
  stack.ss_size = sizeof g_signal_stack;
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(number, &action, nullptr);
}

int report_internal_error(std::string_view what) {
  write_report(std::string(what).c_str());
  return kInternal;
}

}  // namespace mig::cli
