#include "compiler/codegen/bodies.h"

#include <llvm/Analysis/CFG.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/AttributeMask.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Linker/IRMover.h>
#include <llvm/Support/MemoryBuffer.h>

namespace mig::codegen {

namespace {

constexpr size_t kMaxInstructions = 60;

bool is_memory_routine(llvm::StringRef name) {
  return name == "memcpy" || name == "memmove" || name == "memset" || name == "memcmp" || name == "bcmp";
}

/// Constants that compiled code may bring along: data without code or outside addresses.
bool is_plain_data(const llvm::Value& value, int depth = 0) {
  if (depth > 8) return false;
  if (const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(&value)) {
    return variable->isConstant() && variable->hasInitializer() && !variable->isInterposable();
  }
  if (llvm::isa<llvm::GlobalValue>(value)) return false;
  const auto* constant = llvm::dyn_cast<llvm::Constant>(&value);
  if (constant == nullptr) return true;
  for (const llvm::Use& use : constant->operands()) {
    if (!is_plain_data(*use.get(), depth + 1)) return false;
  }
  return true;
}

}  // namespace

void Bodies::open() {
  opened_ = true;
  if (bitcode_.empty()) return;
  const llvm::MemoryBufferRef buffer(llvm::StringRef(bitcode_.data(), bitcode_.size()), "stdlib");
  llvm::Expected<std::unique_ptr<llvm::Module>> library = llvm::getLazyBitcodeModule(buffer, context_, true);
  if (!library) {
    llvm::consumeError(library.takeError());
    return;
  }
  library_ = std::move(*library);
}

bool Bodies::inlinable(const char* symbol) {
  if (!opened_) open();
  if (library_ == nullptr) return false;
  const auto found = judged_.find(symbol);
  if (found != judged_.end()) return found->second;
  llvm::Function* const function = library_->getFunction(symbol);
  return judged_[symbol] = function != nullptr && judge(*function);
}

bool Bodies::judge(llvm::Function& function) {
  if (function.isDeclaration() && !function.isMaterializable()) return false;
  if (llvm::Error error = function.materialize()) {
    llvm::consumeError(std::move(error));
    return false;
  }
  if (function.getInstructionCount() > kMaxInstructions) return false;
  llvm::SmallVector<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>, 4> loops;
  llvm::FindFunctionBackedges(function, loops);
  if (!loops.empty()) return false;
  for (const llvm::BasicBlock& block : function) {
    for (const llvm::Instruction& instruction : block) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call != nullptr) {
        if (call->isInlineAsm()) return false;
        // An indirect call is that of ArenaSource::more or of a closure: it needs no symbol.
        const llvm::Function* callee = call->getCalledFunction();
        if (callee != nullptr && !callee->isIntrinsic() && !is_memory_routine(callee->getName())) return false;
      }
      for (const llvm::Use& use : instruction.operands()) {
        if (call != nullptr && call->isCallee(&use)) continue;
        if (!is_plain_data(*use.get())) return false;
      }
    }
  }
  return true;
}

uint32_t Bodies::link_into(llvm::Module& module, std::string& error) {
  std::vector<llvm::GlobalValue*> wanted;
  std::vector<std::string> names;
  for (const auto& [name, good] : judged_) {
    if (!good || module.getFunction(name) == nullptr) continue;
    names.push_back(name);
    wanted.push_back(library_->getFunction(name));
  }
  if (wanted.empty()) {
    library_.reset();
    return 0;
  }
  // Constants that the bodies read come along; they are merged with other modules' by name.
  const auto bring_along = [](llvm::GlobalValue& value, const llvm::IRMover::ValueAdder& add) { add(value); };
  llvm::IRMover mover(module);
  if (llvm::Error failed = mover.move(std::move(library_), wanted, bring_along, false)) {
    error = llvm::toString(std::move(failed));
    return 0;
  }
  for (const std::string& name : names) {
    llvm::Function* const function = module.getFunction(name);
    // What the host's compiler was told about its target and its stack must not leak into its callers here.
    function->removeFnAttrs(llvm::AttributeMask(function->getAttributes().getFnAttrs()));
    function->addFnAttr(llvm::Attribute::AlwaysInline);
    function->setUWTableKind(llvm::UWTableKind::Async);
    function->setComdat(nullptr);
    function->setLinkage(llvm::GlobalValue::InternalLinkage);
    function->setDSOLocal(true);
  }
  return static_cast<uint32_t>(names.size());
}

}  // namespace mig::codegen
