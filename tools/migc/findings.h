// The pages of `migc explain`, embedded from specs/language/findings when the program is built.
#pragma once

#include <span>
#include <string_view>

namespace mig::cli {

struct FindingPage {
  std::string_view code;  // "E0301"
  std::string_view text;  // Markdown
};

/// Sorted by code.
std::span<const FindingPage> finding_pages();

}  // namespace mig::cli
