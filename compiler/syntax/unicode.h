// What a spec's bytes may be: UTF-8 without control characters, without marks that change the direction of text.
#pragma once

#include "compiler/syntax/reporter.h"

namespace mig::syntax {

// False when the file is not valid text; a finding says where. Text that is not in normal form C is only a warning.
bool scan_encoding(std::string_view text, FileId file, Reporter& reporter);

// Bytes of the code point at `at`, and the code point; 0 bytes when the encoding is not valid there.
struct CodePoint {
  std::size_t bytes = 0;
  char32_t value = 0;
};
CodePoint decode_utf8(std::string_view text, std::size_t at);

// Appends a code point that is valid in UTF-8.
void append_utf8(std::string& text, char32_t value);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace mig::syntax
