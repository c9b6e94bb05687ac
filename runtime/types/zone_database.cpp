#include "runtime/types/zone_database.h"

#include <absl/time/time.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "runtime/types/civil_time.h"

namespace mig {
namespace {

/// The library remembers for ever what it looked for in vain, so a record must not make it look for what no file is there for.
bool has_file(std::string_view name) {
  const char* const given = std::getenv("TZDIR");
  std::error_code error;
  return std::filesystem::is_regular_file(std::filesystem::path(given != nullptr && *given != '\0' ? given : "/usr/share/zoneinfo") / name,
                                          error);
}

bool is_utc(std::string_view name) { return name == "UTC" || name == "Etc/UTC"; }

struct Known {
  std::shared_mutex guard;
  std::map<std::string, std::unique_ptr<const ZoneRules>, std::less<>> zones;
};

Known& known() {
  static Known* const kKnown = new Known;  // outlives every thread
  return *kKnown;
}

}  // namespace

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxZoneName || name[0] == '/' || name.find("..") != std::string_view::npos) return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '/' && c != '_' && c != '-' && c != '+') return false;
  }
  return name != "localtime" && name != "posixrules" && !name.starts_with("posix/") && !name.starts_with("right/");
}

const ZoneRules* ZoneRules::find(std::string_view name) {
  thread_local const ZoneRules* last = nullptr;  // neighbouring values mostly have one zone
  if (last != nullptr && last->name_ == name) return last;
  Known& all = known();
  {
    const std::shared_lock lock(all.guard);
    if (const auto found = all.zones.find(name); found != all.zones.end()) return last = found->second.get();
  }
  if (!is_zone_name(name) || (!is_utc(name) && !has_file(name))) return nullptr;
  auto made = std::make_unique<ZoneRules>();
  made->name_ = name;
  if (!is_utc(name)) {
    auto zone = std::make_unique<absl::TimeZone>();
    if (!absl::LoadTimeZone(made->name_, zone.get())) return nullptr;
    made->rules_ = zone.release();
  }
  const std::unique_lock lock(all.guard);
  const auto [at, added] = all.zones.emplace(made->name_, nullptr);
  if (added) at->second = std::move(made);
  return last = at->second.get();
}

int64_t ZoneRules::offset_at(int64_t instant) const {
  if (rules_ == nullptr) return 0;
  return static_cast<const absl::TimeZone*>(rules_)->At(absl::FromUnixSeconds(floor_divide(instant, kMicrosPerSecond))).offset;
}

}  // namespace mig
