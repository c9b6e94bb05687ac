// The state of one lowering, shared by the lower_*.cpp files. Private to them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "compiler/ir/lower.h"

namespace mig::ir {

/// What a body is lowered into: a map or a function, with its locals.
struct Body {
  std::vector<TypeId> locals;
  std::unordered_map<uint32_t, LocalId> numbers;  // sema local -> LocalId
  std::vector<TypeId> field_types;                // of the input frame, as reading gives them
  bool reads_target = false;                      // names of target fields mean fields of the input frame (dedupe, tests)
  const sema::SchemaSymbol* source = nullptr;     // of the map, whose key is `row.key`
  bool in_map = false;                            // lineage of expressions means source fields
  uint32_t record = kNone;                        // sema local that stands for the whole input frame (a source's filter)
  std::vector<uint32_t> record_parts;             // where that local is a record of records: first input field of each
  std::string field;                              // what is being computed, for sites
  uint32_t lineage = 0;                           // of the statement at hand
  std::unordered_map<uint32_t, NodeId> fixed;     // sema local that stands for a node (dedupe's `group`)
  NodeId output = kNone;                          // what `out` means in a test of a function
};

class Lowering {
 public:
  Lowering(const sema::Program& checked, const SourceMap& sources, bool probes);

  /// `filtered`: with the filter of its source. A test of a map is about the map alone.
  void map(uint32_t index, bool filtered);
  /// Behind all maps: those that keys must be known of early, once more without the fields that wait for them.
  void early_maps(const std::vector<uint32_t>& maps);
  void order(const std::vector<uint32_t>& maps) { order_ = maps; }  // of execution
  /// What a map emits into another target.
  void emits(uint32_t map, uint32_t target);
  void dedupe(uint32_t index);
  void test(uint32_t index);
  void measure(const MeasureRequest& request);
  void enter(std::string environment) { environment_ = std::move(environment); }  // its masks hold from here on
  void mask(uint32_t target);
  Lowered finish();

 private:
  using Ref = sema::Ref;
  using ExprRef = sema::ExprRef;

  // ---- nodes (lower_nodes.cpp)
  NodeId add(Node node);
  NodeId make(Op op, TypeId type, NodeId a = kNone, NodeId b = kNone, NodeId c = kNone, uint32_t index = kNone);
  NodeId make_with(Op op, TypeId type, const std::vector<uint32_t>& arguments, uint32_t index = kNone);
  NodeId make_switch(TypeId type, NodeId subject, const std::vector<SwitchCase>& cases, NodeId otherwise);
  NodeId call(std::string_view function, TypeId result, const std::vector<NodeId>& arguments, uint32_t site = kNone);
  NodeId constant(TypeId type, Cell cell, std::string text = {});
  NodeId number(int64_t value);
  NodeId boolean(bool value);
  NodeId text(std::string value);
  NodeId constant_of(const sema::Constant& value, TypeId type, Span span);
  NodeId prepared(stdlib::PreparedSpec spec);
  NodeId shape(TypeId type);
  NodeId make_map(TypeId type, const std::vector<NodeId>& keys, const std::vector<NodeId>& values);
  NodeId left_out(TypeId field);
  NodeId negated(NodeId condition);
  NodeId unsupported(Span span, std::string what);
  /// The text behind `with`; kNone when there is none.
  NodeId detail(ExprRef ref);
  NodeId raised(Verb verb, uint32_t place, ExprRef text_of);  // of a warning: true, else never
  LocalId temporary(TypeId type);
  NodeId read_local(LocalId local);
  NodeId probed(NodeId node, Span span);  // the node; noted when probes are asked for
  NodeId bind(LocalId local, NodeId value, NodeId body);
  const Type& type_of(NodeId id) const { return out_.types[out_.nodes[id].type]; }
  const Type& type(TypeId id) const { return out_.types[id]; }
  bool has_presence(TypeId id) const { return id != kNoType && (type(id).nullable || type(id).may_keep); }
  TypeId payload(TypeId id);  // without null and keep
  TypeId or_null(TypeId id);  // nullable, never keep
  TypeId bool_type() { return out_.types.of(Kind::kBool); }
  TypeId int_type() { return out_.types.of(Kind::kInt); }
  TypeId text_type() { return out_.types.of(Kind::kString); }
  bool is_constant(NodeId id) const { return out_.nodes[id].op == Op::kConst; }

  // ---- conversions (lower_conversions.cpp)
  NodeId convert(NodeId value, TypeId to, Span span);
  NodeId convert_payload(NodeId value, TypeId to, Span span);
  bool same_storage(TypeId from, TypeId to) const;
  NodeId parse_wire(NodeId text_value, TypeId to, Span span);

  // ---- expressions (lower_expressions.cpp)
  NodeId expression(ExprRef ref);  // converted to what the context wants
  NodeId expression_as(ExprRef ref, TypeId to);
  NodeId plain(ExprRef ref);  // of the expression's own type
  NodeId name(ExprRef ref, const sema::ExprInfo& info);
  NodeId field_access(ExprRef ref, const syntax::FieldExpr& field, const sema::ExprInfo& info);
  NodeId literal(ExprRef ref, TypeId to);
  NodeId list(ExprRef ref, const syntax::ListExpr& list, TypeId to);
  NodeId record(ExprRef ref, const syntax::RecordExpr& record, TypeId to);
  NodeId interpolated(ExprRef ref, const syntax::InterpolatedExpr& text);
  NodeId as_text(NodeId value, Span span);
  NodeId coalesce(ExprRef ref, const syntax::CoalesceExpr& expr, TypeId to);
  NodeId handle(ExprRef ref, const syntax::CatchExpr& expr, TypeId to);
  NodeId raise(ExprRef ref, const syntax::RaiseExpr& expr, const sema::ExprInfo& info, TypeId to);
  NodeId narrowed(NodeId value, const sema::ExprInfo& info);
  ExprRef at(ExprRef parent, syntax::ExprId id) const { return {parent.module, id}; }
  const sema::ExprInfo& info(ExprRef ref) const { return in_.info(ref); }
  const syntax::Expr& tree(ExprRef ref) const { return in_.tree(ref); }

  // ---- operators (lower_operators.cpp)
  NodeId arithmetic(ExprRef ref, const syntax::ArithmeticExpr& expr, const sema::ExprInfo& info);
  NodeId never_of(NodeId left, NodeId right);
  NodeId combine(syntax::ArithmeticOp op, NodeId left, NodeId right, TypeId result, uint32_t where, Span span);
  NodeId negate(ExprRef ref, const syntax::NegateExpr& expr, const sema::ExprInfo& info);
  NodeId compare(ExprRef ref, const syntax::CompareExpr& expr, const sema::ExprInfo& info);
  NodeId equal(NodeId left, NodeId right, Span span);  // both non-null, of one type
  NodeId equal_nullable(NodeId left, NodeId right, Span span);
  NodeId less(NodeId left, NodeId right, bool or_equal, Span span);
  NodeId membership(ExprRef ref, const syntax::CompareExpr& expr);
  NodeId logic(ExprRef ref, const syntax::LogicExpr& expr);

  // ---- calls (lower_calls.cpp)
  NodeId call_expression(ExprRef ref, const sema::CallInfo& call, NodeId piped);
  NodeId standard_call(ExprRef ref, const sema::CallInfo& call, NodeId piped);
  NodeId argument(ExprRef ref, const sema::CallInfo& call, size_t index, NodeId piped);
  NodeId prepared_argument(ExprRef ref, const sema::CallInfo& call, const stdlib::IntrinsicArgument& from);
  sema::Constant constant_argument(const sema::CallInfo& call, int32_t index) const;
  TypeId type_argument(const sema::CallInfo& call, std::string_view variable) const;
  NodeId pipe(ExprRef ref, const syntax::PipeExpr& expr, TypeId to);
  NodeId pipe_stages(ExprRef ref, const syntax::PipeExpr& expr, size_t stage, NodeId value, TypeId to);
  NodeId pipe_stage(ExprRef callee, NodeId value);
  NodeId lambda(ExprRef ref);
  NodeId reference_check(ExprRef ref, const sema::CallInfo& call);
  std::optional<NodeId> part_of_record(const syntax::FieldExpr& field, ExprRef ref, const sema::ExprInfo& info);

  // ---- references between maps (lower_references.cpp)
  NodeId reference(ExprRef ref, const sema::CallInfo& call);
  uint32_t reference_number(bool of_map, uint32_t subject, TypeId key, bool whole, bool early);
  uint32_t turn_of(uint32_t target) const;  // in the order of execution; kNone: it is not written

  // ---- masks (lower_masks.cpp)
  const sema::PrivacyMask* mask_of(const sema::SchemaField& field) const;  // in this environment; null: none
  NodeId masked(NodeId value, const sema::PrivacyMask& mask);              // value by value; of the same type, null and keep as they are
  NodeId masked_payload(NodeId value, const sema::PrivacyMask& mask);
  NodeId secret(const std::string& name);

  // ---- measures (lower_measures.cpp)
  void measure_input(const MeasureRequest& request, MapProgram& program, LoweredMeasure& lowered);
  NodeId measured_expression(ExprRef ref, TypeId wanted);

  // ---- match and tables (lower_match.cpp)
  struct Arm {
    std::vector<syntax::PatternId> patterns;  // empty: matches everything
    sema::ModuleId module = 0;
    ExprRef guard, value;
  };
  NodeId match(ExprRef ref, const syntax::MatchExpr& expr, TypeId to);
  NodeId match_arms(LocalId subject, const std::vector<Arm>& arms, TypeId to, Span span);
  NodeId arm_chain(LocalId subject, const std::vector<const Arm*>& arms, size_t first, TypeId to, bool null_possible, Span span);
  std::optional<NodeId> as_switch(LocalId subject, const std::vector<Arm>& arms, TypeId to);
  NodeId pattern_test(LocalId subject, sema::ModuleId module, syntax::PatternId pattern, bool null_possible, Span span);
  NodeId arm_value(LocalId subject, const Arm& arm, TypeId to, bool guard_only, Span span);
  const sema::PatternInfo* binding_of(const Arm& arm) const;
  void flatten(sema::ModuleId module, syntax::PatternId pattern, std::vector<syntax::PatternId>& into) const;

  // ---- functions, tables, lookups (lower_functions.cpp)
  uint32_t function_of_fn(uint32_t fn);
  uint32_t function_of_table(uint32_t table);
  void build_fn(uint32_t fn, uint32_t index);
  void build_table(uint32_t table, uint32_t index);
  NodeId block_from(sema::ModuleId module, const syntax::Block& block, size_t statement, const sema::FnSymbol& fn);
  NodeId lookup(uint32_t lookup, NodeId key, Span span);

  // ---- statements (lower_statements.cpp)
  // Private to lower_statements.cpp and lower_emit.cpp; see lower_map_state.h.
  struct MapState;
  void statements(const syntax::Block& block, std::vector<Step>& into);
  void statement(syntax::StmtId id, std::vector<Step>& into);
  void let(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void assign(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void copy(const sema::StmtInfo& info, std::vector<Step>& into);
  void require(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void raise_when(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void when(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void assemble_records(std::vector<Step>& into);
  NodeId assembled(uint32_t field, std::vector<uint32_t>& path, TypeId to);
  Step begin_step(Step::What what, const sema::StmtInfo& info, std::string field);
  void finish_step(Step& step);
  void collect_poison(const syntax::Block& block);

  // ---- emit (lower_emit.cpp)
  MapProgram map_program(uint32_t index, bool filtered, uint32_t emit_target, TypeId rows_type);
  void emit(const syntax::Stmt& stmt, const sema::StmtInfo& info, std::vector<Step>& into);
  void emit_depends(const syntax::Block& block, Step& step);
  TypeId record_of(const sema::SchemaSymbol& schema);
  NodeId emitted_block(const syntax::Block& block, size_t at, const std::function<NodeId()>& then);
  NodeId emitted_rows(const syntax::Stmt& stmt, const sema::StmtInfo& info, uint32_t wanted, TypeId rows_type);
  NodeId joined(const std::vector<NodeId>& lists, TypeId rows_type);
  void collect_rows(MapProgram& program, TypeId rows_type);

  // ---- what a source promises (lower_sources.cpp)
  Step filter_step(const sema::SourceSymbol& source);
  void refinement_steps(const sema::SchemaSymbol& schema, const std::vector<bool>& read, std::vector<Step>& into);
  bool is_refined(TypeId type) const;
  NodeId meets(NodeId value);  // bool: whether a value meets the conditions of its type
  NodeId meets_named(NodeId value, const Type& named);
  uint32_t function_of_type(uint32_t type);  // Program::functions: bool of a value of the type's base
  std::string condition_text(TypeId type) const;
  NodeId row_key(Span span);
  uint32_t filter_issue() const;

  // ---- tests (lower_tests.cpp)
  void test_of(uint32_t index, const sema::TestSymbol::Subject& subject, const std::string& name);
  void given_record(const sema::SchemaSymbol& schema, ExprRef given, LoweredTest& lowered);
  void given_arguments(const sema::TestSymbol::Subject& subject, const std::string& name, sema::ModuleId module,
                       const syntax::TestGiven* given, LoweredTest& lowered);
  void expectation(sema::ModuleId module, const syntax::TestExpect& expect, LoweredTest& lowered, MapProgram& check);
  NodeId wire_value(ExprRef ref, TypeId to, sema::Decode decode);
  std::optional<NodeId> kept(ExprRef ref);
  NodeId within(ExprRef ref, const syntax::CompareExpr& expr, ExprRef tolerance);
  bool mentions_output(ExprRef ref) const;
  void assume(sema::ModuleId module, const syntax::TestAssume& assume, LoweredTest& lowered, MapProgram& assumed);
  std::string assume_lookup(uint32_t lookup, ExprRef rows);
  std::string assume_rows(bool of_map, uint32_t subject, ExprRef rows, LoweredTest& lowered);
  void given_dedupe(const sema::TestSymbol::Subject& subject, sema::ModuleId module, const syntax::TestGiven* given, LoweredTest& lowered);
  void given_counted(const sema::TestSymbol::Subject& subject, sema::ModuleId module, const syntax::TestGiven* given, LoweredTest& lowered);
  std::optional<uint32_t> counted_map(const sema::CheckBlock& block) const;

  uint32_t site(uint32_t issue, Verb verb, Span where, uint32_t lineage);
  uint32_t overflow_site(Span where, uint32_t lineage);
  std::string one_line(Span span) const;

  const sema::Program& in_;
  const SourceMap& sources_;
  Lowered result_;
  Program& out_;
  const bool probes_;
  Body* body_ = nullptr;                                                                    // the one being filled
  std::optional<ExprRef> blamed_;                                                           // what a handler at hand answers for
  std::unordered_map<uint32_t, uint32_t> fn_functions_, table_functions_, type_functions_;  // sema index -> Program::functions
  std::map<uint32_t, std::vector<std::pair<std::string, std::string>>> assumed_lookups_;    // sema index -> rows of the test at hand
  MapState* map_ = nullptr;
  std::string environment_;
  std::vector<uint32_t> order_;             // sema::Program::maps
  bool deferring_ = false, early_ = false;  // inside the value of a `deferred` field; such fields are left out
  uint32_t reader_ = kNone;                 // sema::Program::maps: the map being lowered
};

}  // namespace mig::ir
