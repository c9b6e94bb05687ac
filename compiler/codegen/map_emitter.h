// Emits a map: one function a record, split into parts when it is long, and the loop over a batch. Private to the code generator.
#pragma once

#include "compiler/codegen/function_emitter.h"

namespace mig::codegen {

class MapEmitter {
 public:
  MapEmitter(ModuleEmitter& module, const ir::MapProgram& map, uint32_t index);
  /// `Outcome (Context*, const u8* input, u8* output)`.
  llvm::Function* emit();

 private:
  /// Consecutive steps that become one function.
  struct Part {
    std::vector<const ir::Step*> steps;
    uint32_t first = 0;  // number of the first of them
  };
  /// Where a local of a step, or a poison bit, lives: in the part that alone uses it, or in the state that all parts share.
  struct Place {
    uint32_t part = ir::kNone;  // kNone: nobody uses it
    bool shared = false;
    uint64_t offset = 0;  // in the state, when shared
  };
  class PartEmitter;

  void split();
  void place_steps(const ir::Step& step, uint32_t part);
  void place_nodes(ir::NodeId id, uint32_t part);
  void lay_out_state();

  ModuleEmitter& module_;
  const ir::MapProgram& map_;
  std::string name_;
  std::vector<Part> parts_;
  std::vector<Place> locals_;
  std::vector<bool> is_step_local_;
  std::vector<Place> poison_;
  uint64_t flags_size_ = 1;  // the start of the state, zeroed for each record: byte 0 is `rejected`, then the shared poison bits
  uint64_t state_size_ = 16;
};

/// `void name(Context*, const u8* input, u8* output, u32 count, Outcome* outcomes)`, see Kernel::run.
void emit_batch_loop(ModuleEmitter& module, const ir::MapProgram& map, llvm::Function* record, const std::string& name);

}  // namespace mig::codegen
