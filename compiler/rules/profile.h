// What a profile of the source data says (specs/formats/profile.md): counts that the rules use as evidence.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/diagnostic.h"

namespace mig::rules {

class RuleContext;

struct ProfiledField {
  uint64_t null = 0;                                    // records in which it is null or absent
  uint64_t longest = 0;                                 // code points of its longest text; 0 when nobody counted
  std::map<std::string, uint64_t, std::less<>> values;  // texts, with the records that hold them; perhaps not all of them
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

/// W0264 and W0654.
void check_profile_evidence(RuleContext& context, const Profile& profile);
/// Adds to findings, also to those of earlier phases, what the data says: how many values are null, fail, are too long or in no row.
void add_data_evidence(const RuleContext& context, const Profile& profile, Diagnostic& finding);

}  // namespace mig::rules
