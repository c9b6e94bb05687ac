// Kernels of the engine that was asked for, and how they came to be.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/ir/values.h"
#include "runtime/base/result.h"
#include "runtime/plan/kernel_set.h"
#include "runtime/plan/plan.h"

namespace mig::driver {

enum class Engine : uint8_t {
  kAuto,  // begins in the interpreter and goes over to optimised code when another thread has it ready
  kInterp,
  kJit,      // optimised, from the first record on
  kJitFast,  // compiles fast, runs slower
};

struct KernelOptions {
  Engine engine = Engine::kAuto;
  std::string cache_folder;  // of a CodeCache; "": none
  // With kAuto: after its first batch a run waits a while for the code instead of sharing one processor with the compiler.
  bool wait_for_code = false;
  bool for_profilers = false;         // see codegen::Request
  std::vector<uint32_t> record_maps;  // whose calls CodeFacts counts as records; the other maps find keys and merge
};

/// Kernels with what they borrow. Destruction waits for a compilation that is under way.
class Kernels {
 public:
  Kernels();
  ~Kernels();
  Kernels(const Kernels&) = delete;
  Kernels& operator=(const Kernels&) = delete;

  const KernelSet& set() const;
  /// Why another engine than wanted is used; else empty. May be called while kernels run.
  std::string note() const;
  /// Is a compilation under way whose result would only be thrown away now?
  bool compiling() const;

 private:
  friend Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program&, const KernelOptions&);
  class Tiers;
  std::unique_ptr<Tiers> tiers_;
};

/// `program` must outlive the kernels. With kAuto a missing code generator means the interpreter; with kJit it is an Error.
Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program& program, const KernelOptions& options);

/// Engine and waiting for a plan whose user asked for none: kInterp when its input is read before code could have been compiled, else
/// kAuto.
void choose_engine(const Plan& plan, KernelOptions& options);

}  // namespace mig::driver
