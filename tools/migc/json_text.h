// A text as a JSON string, with its quotes.
#pragma once

#include <string>
#include <string_view>

namespace mig::cli {

/// Bytes that are not UTF-8 pass as they are: all texts here are.
std::string json_text(std::string_view text);

}  // namespace mig::cli
