// Values of type `zoned`, an instant in an IANA zone: their bytes in frames, and their text (RFC 9557).
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/types/civil_time.h"
#include "runtime/types/zone_database.h"

namespace mig {

struct Zoned {
  int64_t instant = 0;    // microseconds since 1970-01-01T00:00:00Z
  std::string_view zone;  // name in the database, borrowed
};

constexpr size_t kZonedBytes = 8 + kMaxZoneName;  // at most

/// The bytes that a frame's Text shows: the instant with its sign bit flipped, most significant byte first, then the zone's name. So the
/// order of bytes is by instant, then by zone. Writes at most kZonedBytes and returns how many.
uint64_t pack_zoned(const Zoned& value, char* out);
Zoned unpack_zoned(std::string_view bytes);

/// The local time of an instant in a zone, microseconds of the civil time; false when it lies outside the years 0001 to 9999.
bool local_time(const Zoned& value, int64_t& civil);

constexpr int kZonedTextSize = kTimeTextSize + 12 + 2 + static_cast<int>(kMaxZoneName);
/// `2024-05-01T10:00:00+02:00[Europe/Paris]`, with a fraction only when it is not zero, and with seconds in the offset where the zone has
/// them (before its standard time). A local time outside the years 0001 to 9999 is written as `Z`. Returns the size.
int write_zoned(const Zoned& value, char* out);

/// Reads the whole text in that form (`Z` for an instant without local time; `!` in front of the zone is taken). Null, or why it is not
/// one (static text); `value.zone` lives as long as the process.
const char* read_zoned(std::string_view text, Zoned& value);

namespace cause {
inline constexpr char kNotZoned[] = "is not a time in a zone such as 2024-03-04T05:06:07+01:00[Europe/Paris]";
inline constexpr char kUnknownZone[] = "names a zone that the time zone database does not have";
inline constexpr char kZonedOffset[] = "has an offset that its zone does not have at that time";
inline constexpr char kZonedMore[] = "has more than a zone behind its offset, which a time in a zone does not hold";
}  // namespace cause

}  // namespace mig
