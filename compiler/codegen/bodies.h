// Bodies of stdlib functions as bitcode: loads, judges and links those that are short enough to inline. Private to the code generator.
#pragma once

#include <llvm/IR/Module.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mig::codegen {

class Bodies {
 public:
  /// The index of the bitcode is read at the first question, bodies when they are asked for. `bitcode` must outlive this object.
  Bodies(llvm::LLVMContext& context, std::string_view bitcode) : context_(context), bitcode_(bitcode) {}
  /// Whether the function is there, short, without loops, and calls nothing that compiled code could not call.
  bool inlinable(const char* symbol);
  /// Gives every body that was found inlinable to `module`, marked to be inlined always. Call once, last. Answers how many.
  uint32_t link_into(llvm::Module& module, std::string& error);

 private:
  void open();
  bool judge(llvm::Function& function);

  llvm::LLVMContext& context_;
  std::string_view bitcode_;
  bool opened_ = false;
  std::unique_ptr<llvm::Module> library_;
  std::map<std::string, bool, std::less<>> judged_;
};

}  // namespace mig::codegen
