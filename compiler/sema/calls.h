// Calls: which function is meant, how arguments bind to its parameters, what type it gives, whether it can fail.
#pragma once

#include "compiler/sema/expressions.h"
#include "stdlib/declaration.h"

namespace mig::sema {

/// The value that a pipe passes as first argument.
struct Piped {
  TypeId type = kNoType;  // kNoType: nothing is piped
  Span span;
  bool null_safe = false;
  bool given() const { return type != kNoType; }
};

/// One argument as written, or the piped value.
struct Actual {
  syntax::ExprId expr;
  syntax::Name name;  // invalid for a positional argument
  bool piped = false;
  bool inferred = false;
  bool bound = false;
  Span span;
  TypeId type = kNoType;  // once inferred
};

class CallChecker {
 public:
  explicit CallChecker(ExpressionChecker& checker)
      : checker_(checker), analysis_(checker.analysis_), program_(checker.program_), frame_(checker.frame_) {}

  TypeId call(syntax::ExprId id, TypeId hint);
  /// A stage of a pipe: a name, a call without its first argument, a lambda.
  TypeId stage(syntax::ExprId id, const Piped& piped, TypeId hint);
  /// A name that stands for a function without parameters.
  TypeId constant(syntax::ExprId id, uint32_t fn);
  /// After an error in front: look at the arguments so that names count as used.
  void visit_arguments_only(syntax::ExprId id);
  /// The fields of a schema as they read: an element of a relation, or what target_of gives.
  TypeId relation_record(uint32_t schema);

 private:
  struct Callee {
    Ref ref = Ref::kNothing;
    uint32_t index = kNone;
    std::string name;
    Span span;
  };
  /// What a type variable stands for, parallel to the declaration's type parameters.
  using Bindings = std::vector<TypeId>;

  std::optional<Callee> resolve(syntax::ExprId id);
  TypeId apply(syntax::ExprId id, const Callee& callee, std::vector<Actual> actuals, const Piped& piped, TypeId hint, Span close);
  TypeId unknown(const Callee& callee, std::vector<Actual>& actuals);

  TypeId call_fn(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out);
  TypeId call_table(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out);
  TypeId call_lookup(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out);
  TypeId call_reference(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out);
  std::optional<TypeId> call_relation(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals);

  TypeId call_stdlib(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out, TypeId hint, Span close);
  const stdlib::Declaration& choose(std::span<const stdlib::Declaration* const> overloads, std::vector<Actual>& actuals);
  bool assign_actuals(const stdlib::Declaration& declaration, std::vector<Actual>& actuals, std::vector<std::vector<Actual*>>& by_parameter,
                      Span span, Span close);
  /// Of `secret("NAME")`.
  std::optional<std::string> secret_name(syntax::ExprId id);
  void bind_constant(const stdlib::Parameter& parameter, Actual& actual, BoundArgument& bound, bool& failed);
  void bind_value(const stdlib::Declaration& declaration, const stdlib::Parameter& parameter, Actual& actual, BoundArgument& bound,
                  Bindings& bindings, bool& failed);
  void bind_lambda(const stdlib::Declaration& declaration, const stdlib::Parameter& parameter, Actual& actual, BoundArgument& bound,
                   Bindings& bindings, bool& failed);
  void bring_to_common_scale(const stdlib::Declaration& declaration, std::vector<BoundArgument>& arguments);
  void bind_type_name(const stdlib::Declaration& declaration, const stdlib::Parameter& parameter, Actual& actual, Bindings& bindings,
                      bool& failed);
  void judge_constants(const stdlib::Declaration& declaration, const CallInfo& call, syntax::ExprId id);
  void judge_formats_of(const stdlib::Declaration& declaration, const CallInfo& call, syntax::ExprId id,
                        const stdlib::IntrinsicArgument& made);

  /// No value that the types of the arguments allow is one that the function takes.
  bool is_out_of_reach(const stdlib::Declaration& declaration, const CallInfo& call);
  /// E0304: the function fails on every value, or all arguments are constants and it fails on them.
  bool always_fails(const stdlib::Declaration& declaration, const CallInfo& call, syntax::ExprId id);
  TypeId infer(Actual& actual, TypeId hint);
  /// Converts an inferred argument; false after a finding.
  bool fit_argument(Actual& actual, TypeId wanted, const std::string& subject, Span declared);
  void fail(syntax::ExprId id, const std::vector<Actual>& actuals, std::string reason);
  TypeId instantiate(const stdlib::Declaration& declaration, const stdlib::TypeTree& tree, const Bindings& bindings);
  void unify(const stdlib::Declaration& declaration, const stdlib::TypeTree& tree, TypeId actual, Bindings& bindings);
  TypeId result_of(const stdlib::Declaration& declaration, CallInfo& call, const Bindings& bindings, bool& may_fail);

  const Type& type(TypeId id) { return program_.types[id]; }
  TypeTable& types() { return program_.types; }
  TypeId error() { return program_.types.of(Kind::kError); }
  const syntax::Expr& expr(syntax::ExprId id) { return checker_.expr(id); }

  ExpressionChecker& checker_;
  Analysis& analysis_;
  Program& program_;
  Frame& frame_;
  const stdlib::Declaration* out_declaration_ = nullptr;  // of the call at hand
};

/// "fails when the text is not a date in one of the formats"
std::string failure_reason(std::string_view function);

}  // namespace mig::sema
