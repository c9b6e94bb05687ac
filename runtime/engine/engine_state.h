// What the engine remembers with each epoch: where it stands, what it counted, how long its logs are. specs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/rejects/log.h"

namespace mig {

struct IssueTally {
  uint64_t records = 0, hits = 0;
  bool operator==(const IssueTally&) const = default;
};

/// Since the run began; conserved: read = written + merged + skipped + rejected.
struct Counts {
  uint64_t read = 0, written = 0, merged = 0, skipped = 0, rejected = 0;
  uint64_t warned = 0;                                // written or merged records with at least one warning
  uint64_t inserted = 0, updated = 0, unchanged = 0;  // of written, where the target tells
  uint64_t pending = 0;                               // behind a dedupe: mapped, fate not decided yet
  std::vector<IssueTally> issues;                     // by index in Plan::issues

  bool conserved() const { return read == written + merged + skipped + rejected + pending; }
  bool operator==(const Counts&) const = default;
};

enum class Phase : uint8_t {
  kMap,    // records are mapped; without dedupe also written
  kWrite,  // behind a dedupe: winners are written
};

/// Of one target.
struct EngineState {
  Phase phase = Phase::kMap;
  uint32_t map_place = 0;  // among the maps into the target
  bool has_position = false;
  std::string position;            // of the source of that map
  uint64_t ordinal = 0, line = 0;  // base of the next chunk
  uint32_t file = 0;
  uint64_t decided = 0;  // kWrite: mapped records whose fate is settled
  uint64_t input_bytes = 0;
  Counts counts;
  LogLengths logs = {};
  std::string log_suffix;
};

std::string write_state(const EngineState& state, const std::vector<Issue>& issues);
Result<EngineState> read_state(const std::string& text, const std::vector<Issue>& issues);

}  // namespace mig
