// What the compiler hands to the engine: sources, targets, maps, dedupe and budgets, resolved to plain data. The only joint between the
// two.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/plan/issue.h"
#include "runtime/plan/measure.h"
#include "runtime/records/layout.h"
#include "runtime/types/type.h"

namespace mig {

/// A checked connector setting: `header = true`, `null_tokens = ["", "NULL"]`.
using Setting = std::variant<bool, int64_t, std::string, std::vector<std::string>>;
using Settings = std::map<std::string, Setting>;

enum class DecodeMode : uint8_t {
  kPlain,
  kListOrCsv,   // a list, or one text split at `,`, trimmed, empty items dropped
  kListOrKeys,  // a list, or an object's keys
};

/// How one source field is read. Parallel to the layout's fields.
struct FieldDecode {
  std::vector<std::string> wire_names;  // the first present one wins, even if null
  DecodeMode mode = DecodeMode::kPlain;
  bool needed = false;    // false: never read, so only skipped by structure and not checked
  bool personal = false;  // carries a privacy class: masked in logs
  bool hidden = false;    // the run's environment masks the class: nothing of a value is shown in logs
};

struct SourcePlan {
  std::string name;
  std::string connector;               // "csv", "ndjson", "sqlite"
  std::vector<std::string> arguments;  // file, directory or glob; database file
  Settings settings;                   // sqlite: "table" among them
  RecordLayout layout;
  std::vector<FieldDecode> fields;
  std::vector<uint32_t> key;  // @key fields
};

enum class WriteMode : uint8_t { kAppend, kReplace, kInsert, kUpsert, kUpdate, kPatch, kDelete };
enum class OnExisting : uint8_t { kUpdate, kReject, kWarn };  // what happens when the target already holds the key

/// How one target field is written. Parallel to the layout's fields.
struct FieldEncode {
  std::string wire_name;
  bool personal = false;
  bool deferred = false;  // refers to the same target: may be filled in when all its records are there
};

struct TargetPlan {
  std::string name;
  std::string connector;
  std::vector<std::string> arguments;
  Settings settings;
  WriteMode write = WriteMode::kInsert;
  std::vector<uint32_t> by;  // key fields of upsert, update, patch, delete; else the @key fields
  OnExisting on_existing = OnExisting::kUpdate;
  uint32_t on_existing_site = 0xFFFFFFFFu;  // for kReject, kWarn
  RecordLayout layout;
  std::vector<FieldEncode> fields;
  bool require_dedupe_order = false;
  /// Kernel from a target frame to itself that assigns the masked fields which have a value: applied to records as they are written, behind
  /// everything that decides which. 0xFFFFFFFF: nothing is masked.
  uint32_t mask_map = 0xFFFFFFFFu;
  std::vector<uint32_t> masked;  // those fields
};

/// Maps run in this order; all maps into one target share its dedupe.
struct MapPlan {
  uint32_t map = 0;  // index in the KernelSet
  std::string name;
  uint32_t source = 0;             // index in Plan::sources
  uint32_t target = 0;             // index in Plan::targets
  std::vector<StepLineage> steps;  // by step number
  /// Before a dedupe: a kernel like `map` that fills only the target fields which key and `prefer` read. It writes every record that `map`
  /// writes, with the same values in them, and perhaps more. 0xFFFFFFFF: there is none.
  uint32_t key_slice = 0xFFFFFFFFu;
  std::vector<FieldDecode> key_fields;  // the source's, with `needed` as the slice needs it
  /// A kernel like `map` without the fields that wait for keys of records which are still to be written; it writes the same records.
  /// 0xFFFFFFFF: the map has none.
  uint32_t early_map = 0xFFFFFFFFu;
  bool key_slice_exact = false;  // over records whose needed fields all decode it writes exactly those that `map` writes
  /// `emit`: the records that map `emitted_by` gives this other target. The kernel's output is `rows`, one list of target records; the
  /// source record itself is settled by that map, so here each row counts as a record.
  bool emitted = false;
  std::string emitted_by = {};  // name of the map
  RecordLayout rows = {};
};

/// Rows that are read as they stand: of a source, or of a target.
struct RelationPlan {
  SourcePlan rows;                // `needed`: what is measured
  uint32_t target = 0xFFFFFFFFu;  // index in Plan::targets when it is one that the run writes
  bool whole = true;              // everything in it was written by this run
};

/// What `ref`, `target_of` and `exists_in` ask, by its number in the program.
struct ReferencePlan {
  bool of_map = true;
  bool earlier = false;   // of a map that another stage ran
  uint32_t subject = 0;   // Plan::maps (earlier: Plan::earlier_maps), or Plan::relations
  TypeId key = kNoType;   // of several fields: a record of them
  bool early = false;     // answered from what the maps will write, before they do: Plan::early_targets
  bool measured = false;  // asked of rows when everything is written
};

/// A map that another stage runs: the newest run of one of these stages kept what it wrote.
struct EarlierMapPlan {
  std::string name, target;         // of the map and its target
  std::vector<std::string> stages;  // that run it
  RecordLayout source_key;          // fields of the source's key
  RecordLayout layout;              // of the target
  std::vector<bool> asked;          // by field of the target
};

/// What the maps into a target write is kept when the run is finished: maps of other stages refer to it.
struct CrosswalkPlan {
  uint32_t target = 0;     // index in Plan::targets
  std::vector<bool> kept;  // by field of the target: those that are asked for
};

/// `dedupe t by key { prefer ...  merge f = ...  warn C }`.
struct DedupePlan {
  uint32_t target = 0;
  /// Kernel from a target frame to `key_layout`: field 0 is the key (null: never joins a group), fields 1.. are the `prefer` values in
  /// order.
  uint32_t key_map = 0;
  RecordLayout key_layout;
  std::vector<bool> descending;  // one a prefer value; nulls sort last in both directions
  /// Kernel from `group_layout` (one field: list<record of target fields>, winner first; optional fields nullable) to the target layout;
  /// assigns only the merged fields. 0xFFFFFFFF when there is no `merge`.
  uint32_t merge_map = 0xFFFFFFFFu;
  RecordLayout group_layout;
  std::vector<uint32_t> merged_fields;  // indexes in the target layout
  uint32_t site = 0;                    // of `warn C`, raised once a loser
};

/// Which records of a source a rehearsal takes; the others are not read.
struct Selected {
  std::optional<uint64_t> first;   // `limit`: so many, in source order
  std::optional<double> fraction;  // `sample`: of all, by a hash of the source key, or of the place where there is none
};

/// Budgets of `run`: exceeding one stops the run (exit 3, resumable).
struct Budgets {
  std::optional<uint64_t> max_rejected;
  std::optional<double> max_rejected_rate;  // of records read
  std::optional<uint64_t> max_warned;
  std::optional<double> max_warned_rate;
  uint64_t rate_after = 1000;  // records
};

struct Plan {
  std::string migration;  // name in the header
  std::string version;
  std::string spec_file;
  std::string spec_hash;                                        // of the canonical program, lower-case hex
  std::string stage;                                            // "" when the spec has no stages
  std::string environment;                                      // "": none
  std::vector<std::pair<std::string, std::string>> parameters;  // name, value as text: for the ledger
  std::vector<Cell> parameter_values;                           // texts point into parameter_texts
  std::vector<std::string> parameter_texts;  // of parameters, then of secrets that masks take, which `parameters` does not show
  TypeTable types;
  std::vector<EnumType> enums;
  std::vector<Issue> issues;
  std::vector<Site> sites;
  uint32_t overflow_site = 0;  // MIG001, MIG002, MIG003 sites always exist
  uint32_t decode_site = 0;
  uint32_t refused_site = 0;
  std::vector<SourcePlan> sources;
  std::vector<TargetPlan> targets;
  std::vector<MapPlan> maps;
  std::vector<DedupePlan> dedupes;
  std::vector<RelationPlan> relations;
  std::vector<MeasurePlan> measures;
  std::vector<ReferencePlan> references;
  std::vector<EarlierMapPlan> earlier_maps;
  std::vector<CrosswalkPlan> crosswalks;
  std::vector<uint32_t> early_targets;  // Plan::targets whose keys are found out before anything is written, in this order
  Budgets budgets;
  Selected selected;
  uint32_t batch_records = 0;  // 0: the engine's default
  uint32_t workers = 0;        // 0: the engine's default
};

}  // namespace mig
