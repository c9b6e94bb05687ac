// Types, resolutions and effects of expressions inside one declaration.
#pragma once

#include <unordered_map>

#include "compiler/sema/analysis.h"
#include "compiler/sema/environment.h"

namespace mig::sema {

/// What surrounds an expression decides which names exist and what may happen.
enum class FrameKind : uint8_t { kMap, kFn, kTable, kDedupe, kCheck, kGate, kTest, kSetting, kRefinement, kMask };

/// Whether names of whole sources and targets have a meaning there.
inline bool reads_the_world(FrameKind kind) { return kind == FrameKind::kCheck || kind == FrameKind::kGate; }

/// A sub-expression that can fail and is not yet covered by a `catch`.
struct Failure {
  Span span;
  Span input;             // what goes in; may be invalid
  std::string reason;     // "fails when the text is not a date in this format"
  bool reported = false;  // it always fails, which was said already
};

struct Raised {
  uint32_t issue = kNone;
  Verb verb = Verb::kReject;
  Span span;
};

struct Frame {
  FrameKind kind = FrameKind::kFn;
  ModuleId module = 0;
  std::string subject;  // "map contacts": for findings
  uint32_t map = kNone;
  uint32_t source_schema = kNone, target_schema = kNone;
  std::string source_alias, target_alias;  // empty: the fields are bare names
  std::string source_name;
  std::unordered_map<std::string, uint32_t> locals;
  std::vector<std::string> scope;  // names in the order in which they were added
  Environment environment;
  std::vector<Failure> failures;
  std::vector<Raised> raised;
  std::vector<bool>* source_read = nullptr;  // parallel to the source schema's fields; not owned
  uint32_t statement = kNone;                // number of the map's statement at hand
  std::vector<uint32_t> reads, depends;      // of the statement at hand
  std::vector<uint32_t>* refs = nullptr;     // maps that ref() names; not owned
};

class ExpressionChecker {
 public:
  ExpressionChecker(Analysis& analysis, Frame& frame) : analysis_(analysis), program_(*analysis.program), frame_(frame) {}

  /// The type of an expression; a hint resolves bare variants, lambdas, empty lists. kError after a finding.
  TypeId infer(syntax::ExprId id, TypeId hint = kNoType);
  /// Infers and converts to the wanted type.
  TypeId check(syntax::ExprId id, const Want& want);
  /// Converts an inferred expression; a finding when it does not fit.
  void convert(syntax::ExprId id, const Want& want);
  /// A condition: bool, not null.
  void check_condition(syntax::ExprId id, std::string_view what);
  /// What an inferred condition says about paths.
  Facts facts_of(syntax::ExprId id);
  /// What `matches pattern` makes of a text: the refined type with that pattern, or kNoType.
  TypeId refined_by(TypeId own, const Constant& pattern);
  void assume(const std::vector<Fact>& facts, uint32_t statement = kNone);

  /// A lambda over a record that answers a bool.
  void check_filter(syntax::ExprId lambda, TypeId record);

  uint32_t add_local(const syntax::Name& name, LocalKind kind, TypeId type);
  void remove_local(const syntax::Name& name) { frame_.locals.erase(name.text); }
  /// E0301 for every failure from `first` on, and forgets them.
  void report_failures(size_t first, const std::string& field, bool optional);
  /// The value of a constant expression (literals, lists, variants, constant functions); call after infer.
  Constant fold(syntax::ExprId id, int depth = 0);
  uint32_t use_issue(const syntax::Path& code, Verb verb);
  std::optional<PathKey> path_of(syntax::ExprId id);
  /// Between statements: what one reads says nothing about the next.
  void reset_effects() { effects_ = {}; }
  /// Forgets locals added since `mark` (Frame::scope.size() then).
  void close_scope(size_t mark);
  /// The type of a source field where it is read, with its effects: for `copy`.
  TypeId read_source_field(uint32_t field, ExprInfo* info);

 private:
  friend class MatchChecker;
  friend class CallChecker;
  struct Effects {
    uint32_t lineage = 0, labels = 0;
    bool may_reject = false;
  };

  const syntax::Module& tree() { return program_.modules[frame_.module].tree; }
  const syntax::Expr& expr(syntax::ExprId id) { return tree()[id]; }
  ExprInfo& info(syntax::ExprId id) { return program_.modules[frame_.module].exprs[id.value]; }
  const Type& type(TypeId id) { return program_.types[id]; }
  TypeTable& types() { return program_.types; }
  TypeId error() { return program_.types.of(Kind::kError); }
  Diagnostic& report(Code code, Span span, std::string message, std::string label = {}) {
    return analysis_.report(code, span, std::move(message), std::move(label));
  }

  TypeId visit(syntax::ExprId id, TypeId hint);
  TypeId visit_literal(syntax::ExprId id);
  TypeId visit_interpolated(syntax::ExprId id);
  TypeId visit_name(syntax::ExprId id, TypeId hint);
  TypeId visit_field(syntax::ExprId id);
  TypeId visit_index(syntax::ExprId id);
  TypeId visit_list(syntax::ExprId id, TypeId hint);
  TypeId visit_record(syntax::ExprId id, TypeId hint);
  TypeId visit_map_literal(syntax::ExprId id, TypeId hint);
  TypeId visit_negate(syntax::ExprId id);
  TypeId visit_arithmetic(syntax::ExprId id);
  TypeId visit_pipe(syntax::ExprId id, TypeId hint);
  TypeId visit_coalesce(syntax::ExprId id, TypeId hint);
  TypeId visit_compare(syntax::ExprId id);
  TypeId visit_logic(syntax::ExprId id);
  TypeId visit_catch(syntax::ExprId id, TypeId hint);
  TypeId visit_if(syntax::ExprId id, TypeId hint);
  TypeId visit_raise(syntax::ExprId id, TypeId hint);
  TypeId visit_lambda(syntax::ExprId id, const std::vector<TypeId>& parameters, TypeId result_hint);

  std::optional<TypeId> resolve_reserved(syntax::ExprId id, std::string_view object, const syntax::Name& field);
  std::optional<TypeId> resolve_qualified(syntax::ExprId id);
  std::optional<TypeId> resolve_variant(syntax::ExprId id, TypeId hint, const syntax::Name& name);
  TypeId read_target_field(syntax::ExprId id, uint32_t field);
  TypeId read_record_field(syntax::ExprId id, TypeId object);
  TypeId read_local(syntax::ExprId id, uint32_t local);
  TypeId narrowed(syntax::ExprId id, TypeId declared);
  TypeId unknown_name(syntax::ExprId id, const syntax::Name& name, TypeId hint);
  bool is_free_name(syntax::ExprId id, std::string_view text);

  ArithmeticStep arithmetic(syntax::ArithmeticOp op, Span span, TypeId left, Span left_span, TypeId right, Span right_span);
  void require_value(syntax::ExprId id, std::string_view what);
  bool branches_differ(TypeId a, Span a_span, TypeId b, Span b_span, std::string_view what);
  bool is_written_alike(syntax::ExprId left, syntax::ExprId right);
  int truth_of_compare(syntax::CompareOp op, syntax::ExprId left, syntax::ExprId right);
  syntax::ExprId culprit(syntax::ExprId id, TypeId wanted);
  std::optional<bool> matches_refinement(const Type& to, const Constant& constant);
  bool literal_fits(syntax::ExprId id, TypeId wanted);
  /// Whether a constant text is a value of a refined type; nothing where its condition cannot be evaluated here.
  std::optional<bool> is_of_refinement(const Constant& constant, const Type& to);
  /// What a branch says about the type of the next: enough for bare variants and maps. A literal there says nothing about sizes.
  TypeId hint_of(TypeId branch);
  std::string described_source(syntax::ExprId id);

  Analysis& analysis_;
  Program& program_;
  Frame& frame_;
  Effects effects_;
};

}  // namespace mig::sema
