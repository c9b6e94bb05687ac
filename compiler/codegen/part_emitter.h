// Emits the steps of a map, or of a part of it, into one function. Private to the code generator.
#pragma once

#include "compiler/codegen/map_emitter.h"

namespace mig::codegen {

class MapEmitter::PartEmitter {
 public:
  /// `state` is null when this part is the whole map; else the function answers kSkipped, or 0 to go on.
  PartEmitter(MapEmitter& map, uint32_t part, llvm::Function* function, llvm::Value* state);
  void emit();

 private:
  void emit_step(const ir::Step& step);
  void emit_steps(const std::vector<ir::Step>& steps);
  void emit_exits(const ir::Step& step, Scope& scope, llvm::BasicBlock* next);
  void prepare_issues(const ir::Step& step);
  void finish_step(const ir::Step& step, const Value& value, llvm::BasicBlock* next);
  void poison(const ir::Step& step);
  llvm::Value* flag(llvm::Value* at);

  MapEmitter& map_;
  ModuleEmitter& module_;
  const Shapes& shapes_;
  uint32_t part_;
  llvm::Function* function_;
  FunctionEmitter emitter_;
  Builder& builder_;
  llvm::Value* rejected_;
  llvm::Value* poison_at(uint32_t bit);
  std::vector<llvm::Value*> poison_;  // address of each bit's byte that is not in the state
  llvm::Value* state_;
  uint32_t number_ = 0;
  bool whole_;
};

}  // namespace mig::codegen
