// Runs a map with several engines over the same frames and compares everything that can be seen: outcomes, output frames, issues.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/codegen/loader.h"
#include "compiler/interp/interpreter.h"
#include "compiler/ir/ir.h"
#include "runtime/records/arena.h"
#include "runtime/records/batch.h"
#include "runtime/types/text_memo.h"

namespace mig::testing {

/// Deep equality by type; every NaN equals every other.
bool same_value(const ir::Program& program, TypeId type, const Cell& a, const Cell& b);
/// A value for people.
std::string show_value(const ir::Program& program, TypeId type, const Cell& cell);

/// What one engine did with one batch. Output frames point into `arena`.
struct RunResult {
  std::string engine;
  std::vector<Outcome> outcomes;
  std::unique_ptr<RecordBatch> output;
  std::vector<IssueHit> hits;
  std::unique_ptr<Arena> arena;
  std::unique_ptr<TextMemo> memo;
  bool refused = false;  // the values needed more memory than was allowed: the rest means nothing
};

/// Everything about one record of a result, one line a fact.
std::string show_record(const ir::Program& program, uint32_t map, const RunResult& result, uint32_t record);
/// The first record in which two results differ, or -1.
int64_t first_difference(const ir::Program& program, uint32_t map, const RunResult& a, const RunResult& b);

/// `memory`: bytes that the values of all records may take, in runs one record alone.
RunResult run_engine(const KernelSet& engine, const ir::Program& program, uint32_t map, const RecordBatch& input,
                     const Environment& environment, uint64_t memory = kRecordMemory);

/// Interpreter, JIT -O0 and JIT -O2 of one program; all borrow it.
struct Engines {
  std::vector<std::unique_ptr<KernelSet>> sets;
  std::string error;  // not empty: an engine could not be made
  codegen::Timings timings[2];
};
/// `bodies`: bitcode of stdlib bodies, or empty; `total`: see codegen::Request.
Engines make_engines(const ir::Program& program, std::span<const stdlib::Function> functions,
                     std::shared_ptr<const ir::PreparedObjects> prepared, std::string_view bodies = {}, const std::vector<bool>& total = {},
                     std::string* dump = nullptr);

/// The shared object of the build that the test belongs to.
std::string jit_library_path();

}  // namespace mig::testing
