// `match`: patterns against the type of the subject, exhaustiveness, unreachable arms. Tables share the patterns.
#pragma once

#include "compiler/sema/expressions.h"

namespace mig::sema {

class MatchChecker {
 public:
  explicit MatchChecker(ExpressionChecker& checker) : checker_(checker), program_(checker.program_), frame_(checker.frame_) {}

  TypeId match(syntax::ExprId id, TypeId hint);
  /// Resolves a pattern (and its alternatives) against the type; the annotation says what it is.
  void resolve(syntax::PatternId id, TypeId subject);

 private:
  void resolve_constant(syntax::PatternId id, TypeId subject);
  void resolve_range(syntax::PatternId id, TypeId subject);
  void resolve_variant(syntax::PatternId id, TypeId subject);
  /// The constant in the subject's type (decimals at its scale); false after a finding.
  bool adapt(Constant& constant, TypeId subject, Span span);
  /// E0515 for a value that the subject's type does not have; true then.
  bool is_impossible(const Constant& constant, TypeId subject, Span span);
  bool is_out_of_range(int128 low, int128 high, TypeId subject, Span span);
  void assume_pattern(syntax::ExprId subject, TypeId subject_type, const PatternInfo& pattern, bool null_handled);
  PatternInfo& info(syntax::PatternId id) { return program_.modules[frame_.module].patterns[id.value]; }
  const syntax::Pattern& pattern(syntax::PatternId id) { return checker_.tree()[id]; }
  const Type& type(TypeId id) { return program_.types[id]; }

  ExpressionChecker& checker_;
  Program& program_;
  Frame& frame_;
};

}  // namespace mig::sema
