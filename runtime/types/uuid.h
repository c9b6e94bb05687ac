// UUIDs: 128-bit big-endian numbers kept in an int128.
#pragma once

#include <string_view>

#include "runtime/types/value.h"

namespace mig {

constexpr int kUuidTextSize = 36;
/// Writes `6ba7b810-9dad-11d1-80b4-00c04fd430c8`; returns 36.
int write_uuid(int128 value, char* out);

/// 36 characters with hyphens, hex digits in any case; nothing else.
bool read_uuid(std::string_view text, int128& value);

}  // namespace mig
