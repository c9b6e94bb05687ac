// What the maps into a target wrote, kept for the stages that come later: source keys with the target record that each became.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/state/key_table.h"
#include "runtime/state/ledger.h"

namespace mig {

/// Under these bytes a kept table says what it holds: no map and no winner has this number.
extern const std::string kCrosswalkLabel;

/// `<run's directory>/crosswalk-<target>.keys`.
std::string crosswalk_path(const std::string& run_directory, const std::string& target);

/// What a table holds, as text: the target's fields with type and place, and each map with its number and the fields of its source's key.
std::string crosswalk_label(const Plan& plan, uint32_t target, const std::vector<uint32_t>& maps);

/// A table that an earlier run of another stage kept.
struct EarlierCrosswalk {
  std::string run_id;
  uint32_t map = 0;  // number of the map in its keys
  std::unique_ptr<KeyTable> table;
};

/// Finds and opens it, or says which stage must be run first. `memory`: bytes of pages that it may keep.
Result<EarlierCrosswalk> open_crosswalk(Ledger& ledger, const Plan& plan, const EarlierMapPlan& map, uint64_t memory);

/// Removes what older runs of the same stage and environment kept, for nothing asks them any more.
void remove_older_crosswalks(Ledger& ledger, const Plan& plan, const std::string& run_id);

}  // namespace mig
