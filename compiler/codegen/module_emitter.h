// One LLVM module of a program: its maps, the user functions they reach, and declarations of what they call. Private to the code generator.
#pragma once

#include <llvm/IR/Module.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/codegen/bodies.h"
#include "compiler/codegen/request.h"
#include "compiler/codegen/value.h"

namespace mig::codegen {

/// Symbols of the code generator's own that compiled code calls, beside stdlib functions.
constexpr const char* kRaiseSymbol = "mig_jit_raise";            // void (Context*, u32 site)
constexpr const char* kRaiseWithSymbol = "mig_jit_raise_with";   // void (Context*, u32 site, const Text*)
constexpr const char* kAllocateSymbol = "mig_jit_allocate";      // void* (Context*, u64 bytes)
constexpr const char* kRecallSymbol = "mig_jit_recall";          // Status (Context*, Text*, text, u64 size, u32 function, its address)
constexpr const char* kPositionSymbol = "mig_jit_row_position";  // void (Context*, Text*)

class ModuleEmitter {
 public:
  /// `bodies` is null when nothing is inlined.
  ModuleEmitter(llvm::LLVMContext& context, const Request& request, Bodies* bodies);

  /// Defines kernel_symbol(map), with everything it needs.
  void emit_map(uint32_t map);
  static std::string kernel_symbol(uint32_t map) { return "mig_kernel_" + std::to_string(map); }
  /// Emits the user functions that maps and functions have asked for.
  void finish();

  llvm::Function* standard_function(stdlib::FunctionId id);
  /// `Status (Context*, result slot*, parts of each parameter...)`.
  llvm::Function* user_function(uint32_t index);
  /// Calls go through kRecallSymbol then.
  bool keeps_results(uint32_t function);
  llvm::FunctionCallee runtime_function(const char* symbol);
  /// A private constant with a NUL behind it; equal texts share it.
  llvm::Constant* text(std::string_view bytes);
  /// The constant in read-only memory; equal constants share it.
  llvm::Constant* constant(llvm::Constant* value);
  /// An internal function of this module, with the attributes that all of them have.
  llvm::Function* internal_function(llvm::FunctionType* type, const std::string& name);

  const ir::Program& program() const { return *request_.program; }
  const stdlib::Function& standard(stdlib::FunctionId id) const { return request_.functions[id]; }
  Storage storage(TypeId type) const { return facts_[type].storage; }
  /// Does the function always answer kOk?
  bool is_total(stdlib::FunctionId id) const { return id < request_.total.size() && request_.total[id]; }
  bool has_presence(TypeId type) const { return facts_[type].presence; }
  bool is_never(TypeId type) const { return facts_[type].never; }
  /// May a body be linked and inlined? Then the call's arguments are kept apart from those of other calls.
  bool may_inline(stdlib::FunctionId id);
  /// Functions then carry the names of the spec.
  bool for_profilers() const { return request_.for_profilers; }
  llvm::Module& module() { return *module_; }
  std::unique_ptr<llvm::Module> take() { return std::move(module_); }

  const Shapes shapes;

 private:
  struct TypeFacts {
    Storage storage;
    bool presence;
    bool never;
  };
  void emit_user_function(uint32_t index);

  const Request& request_;
  Bodies* bodies_;
  std::unique_ptr<llvm::Module> module_;
  std::vector<TypeFacts> facts_;
  std::vector<llvm::Function*> user_functions_;
  std::vector<std::optional<bool>> keeps_results_;  // by function, where it was asked
  std::vector<uint32_t> wanted_;
  std::map<llvm::Constant*, llvm::GlobalVariable*> constants_;
  std::map<std::string, llvm::GlobalVariable*, std::less<>> texts_;
};

}  // namespace mig::codegen
