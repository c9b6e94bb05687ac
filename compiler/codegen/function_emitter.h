// Emits expressions into one LLVM function: the body of a map or part of one, of a user function, or of a lambda. Private to the code
// generator. What each operation means is defined by compiler/interp/evaluator.cpp; this class must agree with it to the bit.
#pragma once

#include <llvm/ADT/DenseMap.h>

#include <optional>

#include "compiler/codegen/module_emitter.h"
#include "runtime/types/context.h"

namespace mig::codegen {

/// Where control goes when an expression has no value.
struct Scope {
  llvm::BasicBlock* fail;
  llvm::BasicBlock* poison;
  llvm::BasicBlock* skip;
  // Shared by all calls of the scope, made on first use: status -> one of the blocks above.
  llvm::BasicBlock* dispatch = nullptr;
  llvm::PHINode* status = nullptr;
  llvm::PHINode* site = nullptr;
};

class FunctionEmitter {
 public:
  /// `layout` is null in user functions; `input` may be null when nothing reads the record.
  FunctionEmitter(ModuleEmitter& module, llvm::Function* function, const std::vector<TypeId>& locals, const RecordLayout* layout,
                  llvm::Value* context, llvm::Value* input);

  /// The value of an expression, without a presence where its type has none. After a node of type never the block is dead.
  Value emit(ir::NodeId id);
  /// As `emit`, brought to `type`: a presence is added or dropped.
  Value emit_as(ir::NodeId id, TypeId type);

  void bind(ir::LocalId local, Value value) { bound_[local] = std::move(value); }
  /// The local lives in memory: a Cell when its type has a presence, else its payload.
  void place(ir::LocalId local, llvm::Value* memory, uint64_t at = 0) { placed_[local] = {memory, at}; }
  void store_local(ir::LocalId local, const Value& value);

  /// Fills the shared blocks of a scope and drops its targets that nothing reaches. The builder's block is kept.
  void close(Scope& scope);
  Scope make_scope() { return {block("fail"), block("poison"), block("skip")}; }
  /// The whole function: evaluates `id`, hands its value to `finish`, returns the Status.
  void emit_body(ir::NodeId id, llvm::function_ref<void(const Value&)> finish);
  /// The presence that an output field or an element gets: value, keep or null.
  llvm::Value* assigned(llvm::Value* presence);
  Scope* scope = nullptr;
  /// Number of the step at hand; kNone where it stands in Context::step.
  uint32_t step = ir::kNone;

  llvm::BasicBlock* block(const char* name);
  llvm::AllocaInst* slot(llvm::Type* type, const char* name);
  /// Bytes with cell alignment.
  llvm::AllocaInst* slot(uint64_t bytes, const char* name);
  llvm::Value* offset(llvm::Value* base, uint64_t bytes);
  void raise(const ir::Node& node);  // a reject, skip or warning
  void raise(uint32_t site);
  void raise(llvm::Value* site);
  /// The Value as one list of parts, presence first; and back.
  static void flatten(const Value& value, llvm::SmallVectorImpl<llvm::Value*>& out);

  Builder builder;

 private:
  Value emit_leaf(const ir::Node& node);
  Value emit_field(const ir::Node& node);
  Value emit_constant(const ir::Node& node);
  Value emit_if(const ir::Node& node);
  Value emit_switch(const ir::Node& node);
  Value emit_coalesce(const ir::Node& node);
  Value emit_catch(const ir::Node& node);
  Value emit_let(const ir::Node& node);
  Value emit_call(const ir::Node& node);
  /// A call with a proof, as instructions; nothing when it has to be called.
  std::optional<Value> emit_exact(const ir::Node& node);
  Value emit_user_call(const ir::Node& node);
  Value emit_build(const ir::Node& node);
  Value emit_get_field(const ir::Node& node);
  /// Where the payload already lies in memory (a source field, a constant), or null.
  llvm::Value* address_of(const ir::Node& node);
  llvm::Value* emit_lambda(const ir::Node& node);
  Value truth(llvm::Value* bit) { return {nullptr, {bit}}; }
  Value dead(TypeId type);
  Value adapt(Value value, TypeId from, TypeId to);
  Value load_local(ir::LocalId local);
  /// Goes on when `status` is kOk, else to the scope's targets.
  void dispatch(llvm::Value* status, uint32_t site);
  /// As `dispatch` for a call that can only fail.
  void fail_unless_ok(llvm::Value* status);
  llvm::Value* place_of(ir::LocalId local);
  llvm::Value* load_context(llvm::Type* type, uint64_t at, unsigned align);

  /// Joins the values of several blocks: a phi a part.
  class Join;

  ModuleEmitter& module_;
  const Shapes& shapes_;
  const ir::Program& program_;
  llvm::Function* function_;
  const std::vector<TypeId>& locals_;
  const RecordLayout* layout_;
  llvm::Value* context_;
  llvm::Value* input_;
  llvm::DenseMap<ir::LocalId, Value> bound_;
  llvm::DenseMap<ir::LocalId, std::pair<llvm::Value*, uint64_t>> placed_;  // memory and offset in it
  std::vector<llvm::AllocaInst*> shared_slots_;                            // arguments and results of calls that are not inlined
};

}  // namespace mig::codegen
