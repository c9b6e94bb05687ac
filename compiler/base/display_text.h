// Text of a spec made safe and measurable for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mig {

// Control characters, ANSI escapes, marks that change the direction of text, and bytes that are not UTF-8 become
// `\u{1B}` or `\x9B`; tabs become blanks up to the next multiple of four; everything else stays.
std::string display_text(std::string_view text);

// The same for one line, with the columns of its bytes.
struct DisplayLine {
  std::string text;
  // Column (cells from 0) where the byte at that offset of the source line begins; one entry more than bytes.
  std::vector<std::uint32_t> columns;
  // Byte offset into `text`, likewise.
  std::vector<std::uint32_t> offsets;
};
DisplayLine display_line(std::string_view line);

}  // namespace mig
