#include <llvm/IR/CFG.h>
#include <llvm/IR/MDBuilder.h>

#include "compiler/codegen/function_emitter.h"

namespace mig::codegen {

using ir::kNone;
using ir::Node;

/// Collects (block, value) of the ways into one block.
class FunctionEmitter::Join {
 public:
  Join(FunctionEmitter& emitter, TypeId type) : emitter_(emitter), type_(type), behind_(emitter.block("join")) {}

  /// The current block ends here with a value of type `from`.
  void arrive(Value value, TypeId from) {
    if (emitter_.module_.is_never(from)) {
      emitter_.builder.CreateUnreachable();
      return;
    }
    value = emitter_.adapt(std::move(value), from, type_);
    arrivals_.emplace_back(emitter_.builder.GetInsertBlock(), std::move(value));
    emitter_.builder.CreateBr(behind_);
  }
  void arrive(ir::NodeId id) {
    Value value = emitter_.emit(id);
    arrive(std::move(value), emitter_.program_.nodes[id].type);
  }

  Value finish() {
    emitter_.builder.SetInsertPoint(behind_);
    if (arrivals_.empty() || emitter_.module_.is_never(type_)) return emitter_.dead(type_);
    if (arrivals_.size() == 1) return arrivals_[0].second;
    Value result = arrivals_[0].second;
    if (result.presence != nullptr) {
      result.presence = phi([](Value& value) -> llvm::Value*& { return value.presence; });
    }
    for (size_t i = 0; i < result.parts.size(); ++i) {
      result.parts[i] = phi([i](Value& value) -> llvm::Value*& { return value.parts[i]; });
    }
    return result;
  }

 private:
  template <class Part>
  llvm::Value* phi(Part part) {
    llvm::Value* const first = part(arrivals_[0].second);
    bool same = true;
    for (auto& [block, value] : arrivals_) same = same && part(value) == first;
    if (same && llvm::isa<llvm::Constant>(first)) return first;
    llvm::PHINode* const node = emitter_.builder.CreatePHI(first->getType(), static_cast<unsigned>(arrivals_.size()));
    for (auto& [block, value] : arrivals_) node->addIncoming(part(value), block);
    return node;
  }

  FunctionEmitter& emitter_;
  TypeId type_;
  llvm::BasicBlock* behind_;
  std::vector<std::pair<llvm::BasicBlock*, Value>> arrivals_;
};

Value FunctionEmitter::emit_if(const Node& node) {
  Join join(*this, node.type);
  // A chain of `else if`, which may have thousands of links, is a loop here and not a recursion.
  for (const Node* link = &node;;) {
    const Value condition = emit(link->a);
    llvm::BasicBlock* const yes = block("then");
    llvm::BasicBlock* const no = block("else");
    builder.CreateCondBr(condition.parts[0], yes, no);
    builder.SetInsertPoint(yes);
    join.arrive(link->b);
    builder.SetInsertPoint(no);
    const Node& otherwise = program_.nodes[link->c];
    if (otherwise.op != ir::Op::kIf || otherwise.type != node.type) {
      join.arrive(link->c);
      return join.finish();
    }
    link = &otherwise;
  }
}

Value FunctionEmitter::emit_switch(const Node& node) {
  const Value value = emit(node.a);
  if (module_.is_never(program_.nodes[node.a].type)) return dead(node.type);
  llvm::BasicBlock* const otherwise = node.c == kNone ? scope->fail : block("otherwise");
  llvm::SwitchInst* const choice = builder.CreateSwitch(value.parts[0], otherwise, node.count);
  Join join(*this, node.type);
  for (uint32_t i = 0; i < node.count; ++i) {
    const ir::SwitchCase& option = program_.cases[node.first + i];
    auto* const constant = llvm::ConstantInt::getSigned(llvm::cast<llvm::IntegerType>(shapes_.i64), option.value);
    if (choice->findCaseValue(constant) != choice->case_default()) continue;  // the first of two equal cases counts
    llvm::BasicBlock* const arm = block("case");
    choice->addCase(constant, arm);
    builder.SetInsertPoint(arm);
    join.arrive(option.body);
  }
  if (node.c != kNone) {
    builder.SetInsertPoint(otherwise);
    join.arrive(node.c);
  }
  return join.finish();
}

Value FunctionEmitter::emit_coalesce(const Node& node) {
  Value first = emit(node.a);
  const TypeId from = program_.nodes[node.a].type;
  if (first.presence == nullptr) return adapt(std::move(first), from, node.type);
  llvm::BasicBlock* const has = block("has");
  llvm::BasicBlock* const lacks = block("lacks");
  llvm::Constant* const present = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  builder.CreateCondBr(builder.CreateICmpEQ(first.presence, present), has, lacks);
  Join join(*this, node.type);
  builder.SetInsertPoint(has);
  first.presence = present;
  join.arrive(std::move(first), from);
  builder.SetInsertPoint(lacks);
  join.arrive(node.b);
  return join.finish();
}

Value FunctionEmitter::emit_catch(const Node& node) {
  builder.CreateAlignedStore(llvm::ConstantPointerNull::get(shapes_.pointer), offset(context_, offsetof(Context, cause)), llvm::Align(8));
  Scope inner{block("caught"), scope->poison, scope->skip};
  Scope* const outer = scope;
  scope = &inner;
  Join join(*this, node.type);
  join.arrive(node.a);
  scope = outer;
  llvm::BasicBlock* const caught = inner.fail;
  close(inner);
  if (llvm::pred_empty(caught)) {
    caught->eraseFromParent();
    return join.finish();
  }
  builder.SetInsertPoint(caught);
  join.arrive(node.b);
  return join.finish();
}

Value FunctionEmitter::emit_let(const Node& node) {
  Value value = emit_as(node.a, locals_[node.index]);
  if (placed_.count(node.index) != 0) {
    store_local(node.index, value);
    return emit_as(node.b, node.type);
  }
  bound_[node.index] = std::move(value);
  Value result = emit_as(node.b, node.type);
  bound_.erase(node.index);
  return result;
}

llvm::Value* FunctionEmitter::place_of(ir::LocalId local) {
  const auto& [memory, at] = placed_.at(local);
  return offset(memory, at);
}

Value FunctionEmitter::load_local(ir::LocalId local) {
  if (const auto found = bound_.find(local); found != bound_.end()) return found->second;
  const Storage storage = module_.storage(locals_[local]);
  if (module_.has_presence(locals_[local])) return shapes_.load_cell(builder, storage, place_of(local));
  return shapes_.load(builder, storage, place_of(local));
}

void FunctionEmitter::store_local(ir::LocalId local, const Value& value) {
  const Storage storage = module_.storage(locals_[local]);
  if (module_.has_presence(locals_[local])) {
    shapes_.store_cell(builder, storage, value, place_of(local));
  } else {
    shapes_.store(builder, storage, value, place_of(local));
  }
}

void FunctionEmitter::raise(const Node& node) {
  if (node.b == kNone) return raise(node.index);
  const Value cause = emit(node.b);
  if (step != kNone) builder.CreateAlignedStore(shapes_.word(step), offset(context_, offsetof(Context, step)), llvm::Align(4));
  llvm::AllocaInst* const at = slot(shapes_.view, "cause");
  shapes_.store(builder, Storage::kText, cause, at);
  llvm::CallInst* const call = builder.CreateCall(module_.runtime_function(kRaiseWithSymbol), {context_, shapes_.word(node.index), at});
  call->addFnAttr(llvm::Attribute::Cold);
}

void FunctionEmitter::raise(uint32_t site) { raise(shapes_.word(site)); }

void FunctionEmitter::raise(llvm::Value* site) {
  if (step != kNone) builder.CreateAlignedStore(shapes_.word(step), offset(context_, offsetof(Context, step)), llvm::Align(4));
  llvm::CallInst* const call = builder.CreateCall(module_.runtime_function(kRaiseSymbol), {context_, site});
  call->addFnAttr(llvm::Attribute::Cold);
}

void FunctionEmitter::dispatch(llvm::Value* status, uint32_t site) {
  if (scope->dispatch == nullptr) {
    scope->dispatch = block("dispatch");
    Builder phis(scope->dispatch);
    scope->status = phis.CreatePHI(shapes_.i8, 8);
    scope->site = phis.CreatePHI(shapes_.i32, 8);
  }
  llvm::BasicBlock* const behind = block("ok");
  llvm::MDBuilder weights(builder.getContext());
  scope->status->addIncoming(status, builder.GetInsertBlock());
  scope->site->addIncoming(shapes_.word(site), builder.GetInsertBlock());
  builder.CreateCondBr(builder.CreateICmpEQ(status, shapes_.byte(static_cast<unsigned>(Status::kOk))), behind, scope->dispatch,
                       weights.createBranchWeights(1000, 1));
  builder.SetInsertPoint(behind);
}

void FunctionEmitter::fail_unless_ok(llvm::Value* status) {
  llvm::BasicBlock* const behind = block("ok");
  llvm::MDBuilder weights(builder.getContext());
  builder.CreateCondBr(builder.CreateICmpEQ(status, shapes_.byte(static_cast<unsigned>(Status::kOk))), behind, scope->fail,
                       weights.createBranchWeights(1000, 1));
  builder.SetInsertPoint(behind);
}

void FunctionEmitter::close(Scope& closed) {
  if (closed.dispatch == nullptr) return;
  llvm::BasicBlock* const at = builder.GetInsertBlock();
  builder.SetInsertPoint(closed.dispatch);
  llvm::BasicBlock* const overflow = block("overflow");
  llvm::SwitchInst* const choice = builder.CreateSwitch(closed.status, closed.poison, 3);
  const auto status = [this](Status value) { return llvm::cast<llvm::ConstantInt>(shapes_.byte(static_cast<unsigned>(value))); };
  choice->addCase(status(Status::kFail), closed.fail);
  choice->addCase(status(Status::kOverflow), overflow);
  choice->addCase(status(Status::kSkip), closed.skip);
  builder.SetInsertPoint(overflow);
  raise(closed.site);
  builder.CreateBr(closed.poison);
  if (at != nullptr) builder.SetInsertPoint(at);
}

}  // namespace mig::codegen
