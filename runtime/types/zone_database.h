// Rules of the time zones of the IANA database that the system has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mig {

constexpr size_t kMaxZoneName = 64;  // bytes

/// Whether the text has the form of a zone's name that means the same on every machine: not `localtime`, nothing below `posix/` or
/// `right/`.
bool is_zone_name(std::string_view name);

/// Rules of one zone; immutable, shared by threads, lives as long as the process.
class ZoneRules {
 public:
  /// Null when the database has no such zone. Any number of threads may ask; only zones that exist are kept.
  static const ZoneRules* find(std::string_view name);

  std::string_view name() const { return name_; }
  /// Seconds east of UTC at an instant (microseconds since 1970).
  int64_t offset_at(int64_t instant) const;

 private:
  std::string name_;
  const void* rules_ = nullptr;  // the library's own, which it keeps; null: UTC
};

}  // namespace mig
