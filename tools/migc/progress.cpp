#include "tools/migc/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tools/migc/terminal.h"

namespace mig::cli {

std::string grouped(uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ' ';
    out += digits[i];
  }
  return out;
}

std::string bytes_text(double bytes) {
  static const char* const kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit < 4) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string seconds_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f}s", seconds);
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}min {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}min", whole / 3600, whole % 3600 / 60);
}

ProgressDisplay::ProgressDisplay(bool quiet) : quiet_(quiet), terminal_(is_terminal(stderr)) {}

void ProgressDisplay::show(const Progress& progress) {
  if (quiet_) return;
  if (!terminal_ && progress.seconds < next_plain_) return;
  std::string line = progress.in_records ? fmt::format("{} of {} records written", grouped(progress.written), grouped(progress.total))
                                         : fmt::format("{} records", grouped(progress.read));
  if (progress.rate > 0)
    line += ", " + (progress.in_records ? grouped(static_cast<uint64_t>(progress.rate)) + " a second" : bytes_text(progress.rate) + "/s");
  if (progress.total != 0) {
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    line = fmt::format("{:3.0f} %  {}", 100.0 * std::min(share, 1.0), line);
  }
  if (progress.rejected != 0) line += fmt::format(", {} rejected", grouped(progress.rejected));
  if (progress.warned != 0) line += fmt::format(", {} warned", grouped(progress.warned));
  if (progress.remaining_seconds >= 0) line += fmt::format(", {} left", seconds_text(progress.remaining_seconds));
  if (*progress.phase != '\0') line = fmt::format("{}  {}", progress.phase, line);
  if (!terminal_) {
    fmt::print(stderr, "migc: {}\n", line);
    while (next_plain_ <= progress.seconds) next_plain_ += 10;
    return;
  }
  const unsigned width = terminal_width(stderr);
  if (line.size() > width - 1) line.resize(width - 1);
  fmt::print(stderr, "\r\x1b[2K{}", line);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressDisplay::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[2K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace mig::cli
