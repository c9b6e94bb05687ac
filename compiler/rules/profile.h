// What a profile of the source data says (specs/formats/profile.md): counts that the rules use as evidence.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mig::rules {

struct ProfiledField {
  uint64_t null = 0;  // records in which it is null or absent
};
struct ProfiledSource {
  uint64_t records = 0;
  uint64_t not_utf8 = 0;  // records whose bytes are not UTF-8
  std::map<std::string, ProfiledField, std::less<>> fields;
};
struct Profile {
  std::map<std::string, ProfiledSource, std::less<>> sources;
};

/// Reads the JSON text of a profile; on a mistake null, and `problem` says what and where (byte offset).
std::optional<Profile> read_profile(std::string_view json, std::string& problem);

class RuleContext;
/// W0264 and W0654.
void check_profile_evidence(RuleContext& context, const Profile& profile);

}  // namespace mig::rules
