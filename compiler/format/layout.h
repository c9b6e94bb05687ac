// From tokens with their line breaks to text: indentation, blanks, alignment. Included only by this folder's sources.
#pragma once

#include <string>

#include "compiler/format/marked_tokens.h"

namespace mig::format {

/// One line of the result: tokens [first, last).
struct LaidLine {
  std::uint32_t first = 0, last = 0;
  std::size_t indent = 0;
  std::size_t width = 0;  // code points without the comment at its end; with the indentation
};

/// Where everything goes. `gaps` is parallel to the tokens: blanks before each, on its line.
struct Layout {
  std::vector<LaidLine> lines;
  std::vector<std::size_t> gaps;
};

/// A function of the tokens, their marks and their breaks alone.
Layout lay_out(const std::vector<FormatToken>& tokens);
std::string text_of(const std::vector<FormatToken>& tokens, const Layout& layout);

/// Code points of a text.
std::size_t width_of(std::string_view text);

/// Adds the breaks that the layout demands: around declarations, in blocks of several lines, where a line is too long. Takes away blank
/// lines at the edges of blocks and the file. Done when nothing changes any more.
void settle_breaks(std::vector<FormatToken>& tokens);

}  // namespace mig::format
