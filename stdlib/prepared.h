// Objects built once, before the first record, from constant arguments: patterns, date formats, code tables, lookups, zones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mig::stdlib {

enum class PreparedKind : uint8_t {
  kPattern,      // texts[0]: RE2 syntax
  kDateFormats,  // texts: strptime formats in order; name: zone ("" when none); option: Dst; flag: FormatResult,
                 // plus 4 when one format is for writing; values: {pivot, locale}, empty texts for none
  kZone,         // name: IANA zone; option: Dst
  kCodeTable,    // texts: normalised keys; the function answers the row index
  kLookup,       // texts: keys, distinct; values: wire texts of the values in the same order; option 1 = compare casefold
  kTextSet,      // texts
  kText,         // texts[0]
  kShape,        // texts[0]: shape_code of a type, see stdlib/shape.h
};

/// What happens to a local time that a zone skips (gap) or has twice (fold); the order of the words of `dst:`.
enum class Dst : uint8_t {
  kFail,
  kEarlier,     // the earlier instant of a fold; of a gap, the offset after it (so the clock time lies before the gap)
  kLater,       // the later instant of a fold; of a gap, the offset before it
  kCompatible,  // fold: earlier; gap: later (what most calendars do)
};

/// What a list of formats reads.
enum class FormatResult : uint8_t { kDate = 0, kTime = 1, kDatetime = 2, kTimestamp = 3 };

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
