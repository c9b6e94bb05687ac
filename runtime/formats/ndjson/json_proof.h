// Strict RFC 8259 check of one JSON text, byte by byte: the reference for the fast decoder, and what names the fault of a bad line.
#pragma once

#include <cstdint>
#include <string_view>

namespace mig {

/// Where and why a text is not JSON; `cause` is null when it is.
struct JsonFault {
  const char* cause;  // static text
  uint64_t offset;    // bytes
};

/// Rejects text that is not UTF-8, a byte order mark, and `\u` escapes of half a surrogate pair. Iterative; `max_depth` at most 1024.
JsonFault prove_json(std::string_view text, uint32_t max_depth);

/// Length of the number at `p` by JSON's grammar, 0 when there is none. Reads up to the first byte that does not belong to it.
uint64_t json_number_length(const char* p);

/// Checks the inside of a string (no quotes around it): control characters, escapes, surrogates. Returns the cause or null.
/// `escaped`: whether a backslash was seen; `fault`: where it went wrong.
const char* check_json_text(const char* p, const char* end, bool& escaped, const char*& fault);
/// Writes the meaning of a checked string; never longer than the original. Returns the size.
uint64_t unescape_json(const char* p, const char* end, char* out);

}  // namespace mig
