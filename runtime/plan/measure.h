// What `profile`, `reconcile` and gates compute over whole relations: the engine measures it, the compiler's side judges it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/records/layout.h"

namespace mig {

/// Where the records of a measure come from.
enum class Relation : uint8_t {
  kRows,      // a source, or a target as it stands: Plan::relations[subject]
  kInRun,     // of such a target, the rows whose key this run wrote
  kRead,      // of map `subject`: source records
  kWritten,   // target records
  kRejected,  // source records, also those that the target refused
  kSkipped,
  kMerged,  // source records that lost in a dedupe
  kPairs,   // source record and target record of what was written
};

enum class Fold : uint8_t {
  kCount,  // records
  kSum,    // of values, exact
  kLeast,  // of the values that are not null; null when there is none
  kGreatest,
  kCountBy,        // records by key
  kSumBy,          // values by key
  kDistinct,       // how many values there are, null not counted
  kNullRate,       // share of the records whose value is null
  kDuplicateRate,  // share of the values that stood in a record before
  kMaxLength,      // code points of the longest text; 0 when there is none
  kChecksum,       // of the multiset of values: 32 hexadecimal digits that do not depend on the order
};

/// Which part of a record a field of a measure's input is.
struct MeasuredField {
  enum class Part : uint8_t { kSource, kTarget, kIssue } part = Part::kSource;
  uint32_t field = 0;  // of the source's or target's layout
};

/// One measure. Its kernel maps a record of the relation to the fields of `output`; it skips records that a filter leaves out.
struct MeasurePlan {
  Fold fold = Fold::kCount;
  Relation relation = Relation::kRows;
  uint32_t subject = 0;           // Plan::relations for kRows and kInRun, else Plan::maps
  bool before = false;            // measured before anything is written (profile)
  uint32_t kernel = 0xFFFFFFFFu;  // 0xFFFFFFFF: every record counts and nothing is computed
  RecordLayout input, output;
  std::vector<MeasuredField> from;  // parallel to input.fields; those that the kernel does not look at are left out
  std::vector<bool> read;           // parallel to input.fields
  uint32_t key = 0xFFFFFFFFu;       // output field; 0xFFFFFFFF: none
  uint32_t value = 0xFFFFFFFFu;     // output field; 0xFFFFFFFF: none
};

/// What came out of one measure. Numbers are exact and unscaled: their scale is that of the value's type.
struct Measured {
  uint64_t records = 0;  // of the relation, without those that a filter leaves out
  uint64_t values = 0;   // of them not null
  uint64_t failed = 0;   // records whose values could not be computed: a number was too large
  int128 number = 0;     // kCount, kSum, kDistinct, kMaxLength; kLeast and kGreatest of numbers; kDuplicateRate: how many
  bool found = false;    // kLeast, kGreatest: there is a value
  bool overflow = false;
  std::string text;                      // kLeast and kGreatest of other values, kChecksum
  std::map<std::string, int128> groups;  // by the key's text
  double real = 0;                       // kSum, kLeast and kGreatest of floats, instead of `number`; the sum is exact and rounded once
  std::map<std::string, double> real_groups;  // kSumBy of floats, instead of `groups`
};

}  // namespace mig
