#include "compiler/base/display_text.h"

#include <fmt/format.h>

namespace mig {
namespace {

struct Decoded {
  std::size_t bytes = 1;
  char32_t value = 0;
  bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {1, first, true};
  const std::size_t bytes = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
  if (bytes == 0 || at + bytes > text.size()) return {};
  char32_t value = first & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0u) != 0x80u) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  return {bytes, value, true};
}

bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xE0000;
}

std::uint32_t cells(char32_t c) {
  if (c >= 0x0300 && c <= 0x036F) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

DisplayLine display_line(std::string_view line) {
  DisplayLine shown;
  std::uint32_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Decoded c = decode(line, at);
    for (std::size_t i = 0; i < c.bytes; ++i) {
      shown.columns.push_back(column);
      shown.offsets.push_back(static_cast<std::uint32_t>(shown.text.size()));
    }
    std::string escaped;
    if (!c.valid) {
      escaped = fmt::format("\\x{:02X}", static_cast<unsigned char>(line[at]));
    } else if (c.value == '\t') {
      escaped = std::string(4 - column % 4, ' ');
    } else if (is_hidden(c.value)) {
      escaped = fmt::format("\\u{{{:X}}}", static_cast<unsigned>(c.value));
    }
    column += escaped.empty() ? cells(c.value) : static_cast<std::uint32_t>(escaped.size());
    shown.text += escaped.empty() ? std::string(line.substr(at, c.bytes)) : escaped;
    at += c.bytes;
  }
  shown.columns.push_back(column);
  shown.offsets.push_back(static_cast<std::uint32_t>(shown.text.size()));
  return shown;
}

std::string display_text(std::string_view text) { return display_line(text).text; }

}  // namespace mig
