// Passes over the per-record program. Each keeps, for every record, outcome, issues and assigned values as they were; only the numbers of
// steps may change.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

/// What passes know about the standard functions.
struct PassFacts {
  std::span<const stdlib::Function> functions;
  std::vector<bool> total;  // by FunctionId: always answers kOk, whatever its arguments; empty: nothing is known
};

/// Calls of constants become constants when they succeed, conditions that are constant choose their branch.
void fold_constants(Program& program, const PassFacts& facts);
/// Tests of values that certainly are there, or certainly are not, go away.
void drop_presence_tests(Program& program, const PassFacts& facts);
/// A call that always succeeds, depends on the source record alone and stands in a map more than once is computed once, in a step of its
/// own (whose `field` is empty). So are calls of functions of the spec that raise nothing.
void share_expressions(Program& program, const PassFacts& facts);
/// The same inside the body of a lambda or function: a `let` around the body.
void share_in_bodies(Program& program, const PassFacts& facts);
/// Decimal arithmetic whose operands are known well enough is marked as unable to overflow, or as fitting 64 bits: see Node::proof.
void narrow_decimals(Program& program, const PassFacts& facts);
/// Trimming, changing case and replacing one ASCII character by another, one on top of the other, become one call of text_chain.
void fuse_text_steps(Program& program, const PassFacts& facts);
/// Functions of the spec from one text to a text whose result depends on that text alone, and which do nothing else, are marked: compiled
/// code may remember what they made of short texts. See Function::repeatable.
void mark_repeatable(Program& program, const PassFacts& facts);

struct Pass {
  std::string_view name;
  void (*run)(Program& program, const PassFacts& facts);
};
/// In the order in which they run.
std::span<const Pass> passes();
void run_passes(Program& program, const PassFacts& facts);

}  // namespace mig::ir
