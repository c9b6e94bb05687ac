// What a connector offers to be written to: rows grouped into epochs, each epoch durable as a whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/source.h"
#include "runtime/plan/plan.h"

namespace mig {

/// What a target can promise; `plan` prints it and `check` refuses what it does not allow.
struct SinkTraits {
  bool transactional = false;       // data, rejects, counters and position become durable together in the target
  bool publishes_whole = false;     // nothing is visible before the end (files)
  bool refuses_single_rows = false; // one bad row can be refused without the others
  bool takes_text = false;          // wants encoded bytes, not frames
  std::string guarantee;            // "exactly-once", ... for `plan` and reports
};

/// Counts since the run began; conserved: read = written + merged + skipped + rejected.
struct Counts {
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;
  uint64_t inserted = 0, updated = 0, unchanged = 0;  // of written, where the target tells
  std::vector<uint64_t> by_site_issue;                // records with this issue, by index in Plan::issues: rejects and warnings apart by verb
  bool operator==(const Counts&) const = default;
};

/// What an epoch makes durable beside the data.
struct EpochState {
  uint64_t sequence = 0;            // of the epoch, from 1
  Position position;                // the source is committed up to here
  uint64_t ordinal = 0, line = 0;   // base of the next chunk
  std::string engine_state;         // opaque to the sink (dedupe phase and so on)
  Counts counts;
};

/// What a run needs to take a target over.
struct RunIdentity {
  std::string run_id;
  std::string migration, stage, map;
  std::string spec_hash, source_identity, target_identity;
  std::string parameters;
  int64_t run_now = 0;
};

/// One row that the target refused (MIG003).
struct Refusal {
  uint32_t row;          // index in the rows of the call
  std::string message;   // the target's
};

}  // namespace mig
