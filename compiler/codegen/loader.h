// Opens the code generator's shared object on demand, so that only who compiles pays for LLVM, and makes kernels of object files.
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
  /// See GenerateFunction; the caller then stays with the interpreter.
  bool generate(const Request& request, Timings& timings, std::string& object, std::string& error) const {
    return generate_(request, timings, object, error);
  }
  /// `generate`, then `link`; null with `error` set on failure.
  std::unique_ptr<KernelSet> compile(const Request& request, Timings& timings, std::string& error) const;
  /// An address inside the shared object.
  const void* address() const { return reinterpret_cast<const void*>(generate_); }

 private:
  GenerateFunction* generate_ = nullptr;
};

/// Kernels of the object file that an equal request generated, on a processor of the same description. Needs no LLVM. Null with `error` set
/// when the file is not usable.
std::unique_ptr<KernelSet> link(const Request& request, std::string_view object, std::string& error);

}  // namespace mig::codegen
