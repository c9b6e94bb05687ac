// Statements of maps and of function blocks: locals, assignments, requirements, what depends on what.
#pragma once

#include <unordered_map>

#include "compiler/sema/expressions.h"

namespace mig::sema {

/// What a block assigns, by target path ("stats.engagement_score").
struct Assigned {
  Span span;
  bool whole = false;  // the path itself, not only a part of it
};
using Assignments = std::unordered_map<std::string, Assigned>;

/// E0401: required fields of a target that a block does not assign.
void check_required_fields(Analysis& analysis, uint32_t schema, const Assignments& assigned, Span subject, Span body);

class StatementChecker {
 public:
  StatementChecker(Analysis& analysis, Frame& frame)
      : analysis_(analysis), program_(*analysis.program), frame_(frame), checker_(analysis, frame) {}

  /// Checks the statements in order; the block's assignments go to `assigned`.
  void check_block(const syntax::Block& block, Assignments& assigned);
  uint32_t statement_count() const { return next_number_; }
  ExpressionChecker& expressions() { return checker_; }
  const std::vector<bool>& ignored() const { return ignored_; }
  /// Spans of the `ignore` of each source field.
  const std::unordered_map<uint32_t, Span>& ignore_spans() const { return ignore_spans_; }

 private:
  void check_statement(syntax::StmtId id, Assignments& assigned);
  void check_let(syntax::StmtId id, const syntax::LetStmt& let);
  void check_assign(syntax::StmtId id, const syntax::AssignStmt& assign, Assignments& assigned);
  void check_require(syntax::StmtId id, const syntax::RequireStmt& require);
  void check_raise(syntax::StmtId id, const syntax::RaiseStmt& raise);
  void check_when(const syntax::WhenStmt& when, Assignments& assigned);
  void check_copy(syntax::StmtId id, const syntax::CopyStmt& copy, Assignments& assigned);
  void check_ignore(const syntax::IgnoreStmt& ignore);
  void check_ignored_part(const syntax::Path& path, size_t field, TypeId type);
  void check_emit(syntax::StmtId id, const syntax::EmitStmt& emit);
  void report_computed(const SchemaField& field, Span span);
  void claim(const std::string& path, Span span, Assignments& assigned);
  /// Reports a condition that never decides anything.
  void judge_rule(syntax::ExprId condition, bool require);
  TypeId resolve_type_of(syntax::TypeExprId id);
  std::optional<Want> target_of(const syntax::Path& path, StmtInfo& about);
  const syntax::Module& tree() { return program_.modules[frame_.module].tree; }
  StmtInfo& info(syntax::StmtId id) { return program_.modules[frame_.module].stmts[id.value]; }
  const Type& type(TypeId id) { return program_.types[id]; }
  void begin(syntax::StmtId id);
  void finish(syntax::StmtId id, uint32_t lineage);

  Analysis& analysis_;
  Program& program_;
  Frame& frame_;
  ExpressionChecker checker_;
  uint32_t next_number_ = 0;
  std::vector<uint32_t> enclosing_depends_;  // of the conditions around the statement
  std::vector<bool> ignored_;
  std::unordered_map<uint32_t, Span> ignore_spans_;
};

}  // namespace mig::sema
