// A time zone of the IANA database installed on the system.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>

#include "stdlib/prepared.h"

namespace mig::stdlib {

/// Immutable; shared by threads.
class Zone {
 public:
  /// Null and `error` set when the database has no such zone.
  static std::shared_ptr<const Zone> load(const std::string& name, Dst dst, std::string& error);

  /// Microseconds of the civil time -> of the instant. Null, or why not (static text).
  const char* to_instant(int64_t civil, int64_t& instant) const { return to_instant(civil, dst_, instant); }
  const char* to_instant(int64_t civil, Dst dst, int64_t& instant) const;
  int64_t to_civil(int64_t instant) const;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  absl::TimeZone zone_;
  bool utc_ = false;
  Dst dst_ = Dst::kFail;
};

}  // namespace mig::stdlib
