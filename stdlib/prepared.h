// Objects built once, before the first record, from constant arguments: patterns, date formats, code tables, lookups, zones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mig::stdlib {

enum class PreparedKind : uint8_t {
  kPattern,       // texts[0]: RE2 syntax
  kDateFormats,   // texts: strptime formats in order; name: zone ("" when none); option: dst policy; flag: result kind
  kZone,          // name: IANA zone
  kCodeTable,     // texts: normalised keys; the function answers the row index
  kLookup,        // texts: keys, values: wire texts of the values in the same order; option 1 = compare casefold
  kTextSet,       // texts
  kText,          // texts[0]
};

/// What to build; plain data, part of the program and of its canonical hash.
struct PreparedSpec {
  PreparedKind kind = PreparedKind::kText;
  std::string name;
  std::vector<std::string> texts;
  std::vector<std::string> values;
  int64_t option = 0;
  int64_t flag = 0;
  bool operator==(const PreparedSpec&) const = default;
};

/// Builds the object a function expects. On a bad spec returns null and sets `error` (the checker calls this too, to validate constants).
std::shared_ptr<const void> prepare(const PreparedSpec& spec, std::string& error);

}  // namespace mig::stdlib
