#include "runtime/base/failpoint.h"

#ifdef MIGC_FAULTS

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace mig {
namespace {

struct Point {
  std::string name, action;
  long at = 0;
  std::atomic<long> passed{0};
};

std::deque<std::string> split(std::string_view text, char separator) {
  std::deque<std::string> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::deque<Point>& points() {
  static std::deque<Point> all = [] {
    std::deque<Point> made;
    for (const std::string& entry : split(environment("MIGC_FAILPOINT"), ',')) {
      const auto parts = split(entry, ':');
      if (parts.size() != 3) continue;
      Point& point = made.emplace_back();
      point.name = parts[0];
      point.at = std::strtol(parts[1].c_str(), nullptr, 10);
      point.action = parts[2];
    }
    return made;
  }();
  return all;
}

}  // namespace

int failpoint(const char* name) {
  for (Point& point : points()) {
    if (point.name != name || ++point.passed != point.at) continue;
    if (point.action == "abort") kill(getpid(), SIGKILL);
    if (point.action == "stop") raise(SIGSTOP);
    int number = 0;
    std::from_chars(point.action.data(), point.action.data() + point.action.size(), number);
    return number;
  }
  return 0;
}

bool mutant(const char* name) {
  static const std::deque<std::string> chosen = split(environment("MIGC_MUTANT"), ',');
  for (const std::string& entry : chosen) {
    if (entry == name) return true;
  }
  return false;
}

void trace_io(const char* event, uint64_t number, std::string_view text) {
  static const int trace =
      environment("MIGC_TRACE").empty() ? -1 : open(std::getenv("MIGC_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (trace < 0) return;
  const std::string line = std::string(event) + " " + std::to_string(number) + " " + std::string(text) + "\n";
  (void)!write(trace, line.data(), line.size());
}

void trace_file(const char* event, int descriptor, uint64_t number, std::string_view text) {
  struct stat status = {};
  if (environment("MIGC_TRACE").empty() || fstat(descriptor, &status) != 0) return;
  trace_io(event, status.st_ino, std::to_string(number) + " " + std::string(text));
}

}  // namespace mig

#endif
