// From a checked spec to the per-record program that both engines execute: maps, dedupe keys and merges, tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/sema/program.h"
#include "runtime/plan/measure.h"

namespace mig::ir {

/// What has no lowering yet: a construct that checks but cannot run.
struct Unsupported {
  Span span;
  std::string what;  // lower case, names the construct
};

struct LoweredDedupe {
  uint32_t dedupe = kNone;   // sema::Program::dedupes
  uint32_t key_map = kNone;  // Program::maps
  RecordLayout key_layout;   // field 0: the key, nullable when a key can be null; then one field a `prefer`
  std::vector<bool> descending;
  uint32_t merge_map = kNone;
  RecordLayout group_layout;  // one field: the list of target records
  std::vector<uint32_t> merged_fields;
  uint32_t site = kNone;
};

/// `emit t ...` of a map: a map of its own, from the source's record to one list of records of `target`.
struct LoweredEmit {
  uint32_t map = kNone;       // sema::Program::maps
  uint32_t target = kNone;    // sema::Program::targets
  uint32_t rows_map = kNone;  // Program::maps
  RecordLayout rows;          // one field: the list
};

/// `expect ...` of a test, evaluated over the output frame of its subject.
struct LoweredExpectation {
  Span span;
  enum class What : uint8_t { kCondition, kIssue, kNoIssue } what = What::kCondition;
  uint32_t issue = kNone;                // sema::Program::issues
  uint32_t field = kNone;                // kCondition: output field of the check map with the bool
  uint32_t left = kNone, right = kNone;  // output fields with the sides of a comparison; kNone when it is none
  bool reads_output = false;             // of a rejected record there is nothing to compare
};

/// `assume m = [{ key: ..., field: ... }]`: one record that map `m` gave a source key, or `assume t = [{ ... }]`: one that target `t`
/// holds.
struct LoweredAssumedRow {
  bool of_map = true;
  uint32_t subject = kNone;  // sema::Program::maps or targets
  uint32_t row_map = kNone;  // Program::maps; no input
  RecordLayout layout;       // of a map: the key, then the fields of its target; of a target: its key
};

/// One test: `given` makes input frames, `subject` maps them, `check` judges. All are maps of the program.
struct LoweredTest {
  uint32_t test = kNone;  // sema::Program::tests
  std::string subject_name;
  std::vector<uint32_t> given_maps;  // one a given record: no input; output is the subject's input
  uint32_t subject_map = kNone;
  uint32_t check_map = kNone;  // input is the subject's output. kNone: nothing to compare
  RecordLayout given_layout, output_layout, check_layout;
  uint32_t dedupe = kNone;       // Lowered::dedupes: given are target records, and one winner is judged. Then there is no subject_map
  uint32_t reconcile = kNone;    // sema::Program::reconciles: judged over what the subject did with the given records
  uint32_t counted_map = kNone;  // sema::Program::maps: that of a reconcile
  bool has_run_now = false;
  int64_t run_now = 0;                            // microseconds
  std::optional<std::string> run_id, row_source;  // as assumed
  uint64_t row_ordinal = 0;                       // what `row.position` tells
  uint32_t assume_map = kNone;                    // no input; its output fields are values of parameters
  RecordLayout assume_layout;
  std::vector<uint32_t> assumed_parameters;  // parallel to its fields
  std::vector<LoweredAssumedRow> assumed_rows;
  std::vector<LoweredExpectation> expectations;
  std::string cannot_run;  // why, when it is not empty
};

/// A node whose evaluation shows that a test reached a part of the spec.
struct Probe {
  Span span;            // of the value of an arm or row, or of a whole `catch`
  NodeId node = kNone;  // that value, or the Op::kCatch
};

/// What is computed of each record of a relation. Expressions are functions of the record, or speak of a profiled source's fields.
struct MeasureRequest {
  Relation relation = Relation::kRows;
  uint32_t source = kNone, target = kNone;  // sema::Program::sources and targets; of rows one of them, of a map both
  std::vector<sema::ExprRef> filters;
  sema::ExprRef key, value;  // not valid(): none
  uint32_t orphans = kNone;  // field of `target` that refers to another: only records whose reference leads nowhere
  bool whole = false;        // the value is the whole record
};

struct LoweredMeasure {
  uint32_t kernel = kNone;  // Program::maps; kNone: there is nothing to compute
  RecordLayout input, output;
  uint32_t key = kNone, value = kNone;  // output fields
  std::vector<MeasuredField> from;      // by input field
  std::vector<bool> read;
};

/// `ref`, `target_of`, `exists_in`: its index is what the program asks with.
struct LoweredReference {
  bool of_map = true;
  uint32_t subject = kNone;  // sema::Program::maps or targets
  TypeId key = kNoType;
  bool whole = false;                             // more is asked for than the key
  bool early = false;                             // asked while its records are still to be written: of a `deferred` field
  bool measured = false;                          // asked when everything is written
  std::vector<std::pair<uint32_t, Span>> places;  // sema::Program::maps that ask, and where
};

/// What becomes of the personal data of a target's records before they are written. Program::maps, from the target's record to itself: it
/// assigns only the masked fields that have a value.
struct LoweredMask {
  uint32_t target = kNone;  // sema::Program::targets
  uint32_t map = kNone;
  std::vector<uint32_t> fields;
};

struct LowerRequest {
  std::vector<uint32_t> maps;  // sema::Program::maps, in order of execution
  std::vector<uint32_t> dedupes;
  std::vector<uint32_t> tests;
  std::vector<std::pair<uint32_t, uint32_t>> emits;  // map and target
  bool probes = false;                               // for coverage; node numbers hold until a pass runs
  std::vector<MeasureRequest> measures;
  std::string environment;             // "": none, and nothing is masked
  std::vector<uint32_t> mask_targets;  // sema::Program::targets that are written
};

struct Lowered {
  Program program;
  std::vector<uint32_t> maps;  // parallel to the request: Program::maps
  /// sema::Program::targets whose keys must be known before anything is written, in the order in which they become known; and, parallel to
  /// `maps`, those maps without the fields that wait for such keys (kNone: the map has none).
  std::vector<uint32_t> early_targets;
  std::vector<uint32_t> early_maps;
  std::vector<LoweredDedupe> dedupes;
  std::vector<LoweredTest> tests;
  std::vector<LoweredEmit> emits;        // parallel to the request
  std::vector<Probe> probes;             // in no order; a part that several functions hold has several
  std::vector<LoweredMeasure> measures;  // parallel to the request
  std::vector<LoweredReference> references;
  std::vector<LoweredMask> masks;    // only of targets with something to mask
  std::vector<std::string> secrets;  // names; their values are the parameters behind those of the spec
  uint32_t overflow_site = kNone, decode_site = kNone, refused_site = kNone;
  std::vector<Unsupported> unsupported;
  bool ok() const { return unsupported.empty(); }
};

/// `checked` must be free of errors. TypeIds, issues, enums and parameters keep the checker's numbers.
Lowered lower(const sema::Program& checked, const SourceMap& sources, const LowerRequest& request);

/// The targets, beside its own, that a map emits records into: sema::Program::targets, in order of first mention.
std::vector<uint32_t> emit_targets(const sema::Program& checked, uint32_t map);

/// The frame layouts of a source's records and of a target's, fields in schema order.
RecordLayout layout_of(const sema::SchemaSymbol& schema, const TypeTable& types);

}  // namespace mig::ir
