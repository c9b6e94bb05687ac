// Opens the code generator's shared object on demand, so that only verbs that run code pay for LLVM.
#pragma once

#include <memory>
#include <string>

#include "compiler/codegen/request.h"

namespace mig::codegen {

/// The shared object beside the running program: <folder of the executable>/libmigc_jit.so, or ../lib/migc/libmigc_jit.so from there.
std::string default_library_path();

/// Stays loaded for the life of the process. Thread-safe: compile may be called by several threads.
class Library {
 public:
  /// Null with `error` set when the object is missing or of another build.
  static const Library* open(const std::string& path, std::string& error);
  /// Null with `error` set on failure; the caller then stays with the interpreter.
  std::unique_ptr<KernelSet> compile(const Request& request, Timings& timings, std::string& error) const;
  /// The processor that `compile` makes code for.
  std::string target() const;
  /// An address inside the shared object.
  const void* address() const { return reinterpret_cast<const void*>(create_); }

 private:
  CreateFunction* create_ = nullptr;
  TargetFunction* target_ = nullptr;
};

}  // namespace mig::codegen
