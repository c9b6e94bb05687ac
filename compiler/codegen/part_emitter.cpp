#include "compiler/codegen/part_emitter.h"

#include <llvm/IR/CFG.h>
#include <llvm/IR/MDBuilder.h>

#include "compiler/ir/steps.h"
#include "runtime/plan/kernel_set.h"

namespace mig::codegen {

using ir::kNone;
using ir::NodeId;
using ir::Op;
using ir::Step;

namespace {

/// What an expression can do to the issue log.
struct Effects {
  bool raises = false;     // itself
  bool delegates = false;  // through code that does not know its step

  void add(const ir::Program& program, NodeId id) {
    const ir::Node& node = program.nodes[id];
    if (node.op == Op::kCallFunction || node.op == Op::kLambda) delegates = true;
    if (node.op == Op::kReject || node.op == Op::kSkip || node.op == Op::kWarn || node.op == Op::kFail || node.op == Op::kCall)
      raises = true;
    if (node.op == Op::kSwitch && node.c == kNone) raises = true;
    if (raises && delegates) return;
    ir::each_child(program, node, [&](NodeId child) { add(program, child); });
  }
};

}  // namespace

MapEmitter::PartEmitter::PartEmitter(MapEmitter& map, uint32_t part, llvm::Function* function, llvm::Value* state)
    : map_(map),
      module_(map.module_),
      shapes_(map.module_.shapes),
      part_(part),
      function_(function),
      emitter_(map.module_, function, map.map_.locals, &map.map_.input, function->getArg(0), function->getArg(1)),
      builder_(emitter_.builder),
      state_(state),
      number_(map.parts_[part].first),
      whole_(state == nullptr) {
  const auto own_flag = [this] {
    llvm::Value* const at = emitter_.slot(shapes_.i8, "flag");
    builder_.CreateStore(shapes_.byte(0), at);
    return at;
  };
  rejected_ = whole_ ? own_flag() : state;
  for (const Place& place : map.poison_) {
    llvm::Value* at = nullptr;
    if (place.part == part && !place.shared) at = own_flag();
    poison_.push_back(at);
  }
  for (uint32_t local = 0; local < map.locals_.size(); ++local) {
    const Place& place = map.locals_[local];
    if (!map.is_step_local_[local]) continue;
    if (place.shared) {
      emitter_.place(local, state, place.offset);
    } else if (place.part == part) {
      emitter_.place(
          local, emitter_.slot(slot_size(module_.storage(map.map_.locals[local]), module_.has_presence(map.map_.locals[local])), "local"));
    }
  }
}

void MapEmitter::PartEmitter::emit() {
  for (const Step* step : map_.parts_[part_].steps) emit_step(*step);
  if (!whole_) {
    builder_.CreateRet(shapes_.byte(0));
    return;
  }
  builder_.CreateRet(builder_.CreateSelect(flag(rejected_), shapes_.byte(static_cast<unsigned>(Outcome::kRejected)),
                                           shapes_.byte(static_cast<unsigned>(Outcome::kWritten))));
}

llvm::Value* MapEmitter::PartEmitter::flag(llvm::Value* at) {
  return builder_.CreateICmpNE(builder_.CreateAlignedLoad(shapes_.i8, at, llvm::Align(1)), shapes_.byte(0));
}

llvm::Value* MapEmitter::PartEmitter::poison_at(uint32_t bit) {
  const Place& place = map_.poison_[bit];
  return place.shared ? emitter_.offset(state_, place.offset) : poison_[bit];
}

void MapEmitter::PartEmitter::poison(const Step& step) {
  ir::each_poison(step, [this](uint32_t bit) { builder_.CreateAlignedStore(shapes_.byte(1), poison_at(bit), llvm::Align(1)); });
}

void MapEmitter::PartEmitter::emit_steps(const std::vector<Step>& steps) {
  for (const Step& step : steps) emit_step(step);
}

void MapEmitter::PartEmitter::emit_step(const Step& step) {
  const uint32_t number = number_;
  const uint32_t behind = number + ir::step_count(step);
  llvm::BasicBlock* const next = emitter_.block("next");
  if (!step.depends.empty()) {
    llvm::Value* any = nullptr;
    for (const uint32_t bit : step.depends) {
      llvm::Value* const one = builder_.CreateAlignedLoad(shapes_.i8, poison_at(bit), llvm::Align(1));
      any = any == nullptr ? one : builder_.CreateOr(any, one);
    }
    llvm::BasicBlock* const clean = emitter_.block("clean");
    llvm::BasicBlock* const poisoned = emitter_.block("poisoned");
    llvm::MDBuilder weights(builder_.getContext());
    builder_.CreateCondBr(builder_.CreateICmpEQ(any, shapes_.byte(0)), clean, poisoned, weights.createBranchWeights(1000, 1));
    builder_.SetInsertPoint(poisoned);
    poison(step);
    builder_.CreateBr(next);
    builder_.SetInsertPoint(clean);
  }
  Scope scope = emitter_.make_scope();
  emitter_.scope = &scope;
  emitter_.step = number_;
  prepare_issues(step);
  const Value value = emitter_.emit(step.node);
  emitter_.close(scope);
  if (module_.is_never(module_.program().nodes[step.node].type)) {
    builder_.CreateUnreachable();
  } else {
    finish_step(step, value, next);
  }
  emitter_.step = number;
  emit_exits(step, scope, next);
  builder_.SetInsertPoint(next);
  number_ = behind;
}

void MapEmitter::PartEmitter::prepare_issues(const Step& step) {
  Effects effects;
  effects.add(module_.program(), step.node);
  llvm::Value* const context = function_->getArg(0);
  if (effects.delegates) {
    builder_.CreateAlignedStore(shapes_.word(number_), emitter_.offset(context, offsetof(Context, step)), llvm::Align(4));
  }
  if (effects.delegates || effects.raises) {
    builder_.CreateAlignedStore(llvm::ConstantPointerNull::get(shapes_.pointer), emitter_.offset(context, offsetof(Context, cause)),
                                llvm::Align(8));
  }
}

void MapEmitter::PartEmitter::finish_step(const Step& step, const Value& value, llvm::BasicBlock* next) {
  switch (step.what) {
    case Step::What::kLet: {
      emitter_.store_local(step.index, value);
      break;
    }
    case Step::What::kAssign: {
      const FieldSlot& field = map_.map_.output.fields[step.index];
      llvm::Value* const output = function_->getArg(2);
      llvm::Value* const state =
          value.presence == nullptr ? shapes_.byte(static_cast<unsigned>(Presence::kValue)) : emitter_.assigned(value.presence);
      shapes_.store(builder_, field.storage, value, emitter_.offset(output, field.offset));
      builder_.CreateAlignedStore(state, emitter_.offset(output, step.index), llvm::Align(1));
      break;
    }
    case Step::What::kEffect: break;
    case Step::What::kGroup: {
      llvm::BasicBlock* const then = emitter_.block("when");
      llvm::BasicBlock* const otherwise = emitter_.block("otherwise");
      builder_.CreateCondBr(value.parts[0], then, otherwise);
      ++number_;
      builder_.SetInsertPoint(then);
      emit_steps(step.then);
      builder_.CreateBr(next);
      builder_.SetInsertPoint(otherwise);
      emit_steps(step.otherwise);
      break;
    }
  }
  builder_.CreateBr(next);
}

void MapEmitter::PartEmitter::emit_exits(const Step& step, Scope& scope, llvm::BasicBlock* next) {
  const auto begin = [this](llvm::BasicBlock* block) {
    if (llvm::pred_empty(block)) {
      block->eraseFromParent();
      return false;
    }
    builder_.SetInsertPoint(block);
    return true;
  };
  if (begin(scope.fail)) {
    // A failure that nothing catches is ruled out by the checker; should it happen, the record is refused.
    emitter_.raise(kNone);
    builder_.CreateBr(scope.poison);
  }
  if (begin(scope.skip)) {
    llvm::BasicBlock* const end = emitter_.block("skipped");
    builder_.CreateCondBr(flag(rejected_), scope.poison, end);
    builder_.SetInsertPoint(end);
    builder_.CreateRet(shapes_.byte(static_cast<unsigned>(Outcome::kSkipped)));
  }
  if (begin(scope.poison)) {
    builder_.CreateAlignedStore(shapes_.byte(1), rejected_, llvm::Align(1));
    poison(step);
    builder_.CreateBr(next);
  }
}

}  // namespace mig::codegen
