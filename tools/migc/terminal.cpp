#include "tools/migc/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace mig::cli {

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

bool use_colours(std::FILE* stream) {
  const char* refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* kind = std::getenv("TERM");
  if (kind != nullptr && std::string_view(kind) == "dumb") return false;
  return is_terminal(stream);
}

Style style_of(std::FILE* stream) {
  if (!use_colours(stream)) return {};
  return {.bold = "\x1b[1m", .dim = "\x1b[2m", .error = "\x1b[1;31m", .warning = "\x1b[1;33m", .good = "\x1b[32m", .plain = "\x1b[0m"};
}

unsigned terminal_width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

}  // namespace mig::cli
