// Chooses the engine and makes its kernels. LLVM is opened only here, on demand.
#include <fmt/format.h>

#include <filesystem>

#include "compiler/codegen/loader.h"
#include "compiler/driver/session.h"
#include "compiler/interp/interpreter.h"
#include "compiler/ir/validate.h"
#include "stdlib/bitcode.h"
#include "stdlib/function.h"

namespace mig::driver {
namespace {

// Below this many bytes of input the interpreter has finished before code is compiled.
constexpr uintmax_t kSmallInput = 256 << 10;

}  // namespace

Engine choose_engine(const Plan& plan) {
  uintmax_t bytes = 0;
  for (const SourcePlan& source : plan.sources) {
    std::error_code error;
    const uintmax_t size = source.arguments.empty() ? kSmallInput : std::filesystem::file_size(source.arguments[0], error);
    if (error || source.arguments.empty()) return Engine::kJit;
    const std::string_view name = source.arguments[0];
    bytes += name.ends_with(".gz") || name.ends_with(".zst") ? size * 8 : size;
  }
  return bytes < kSmallInput ? Engine::kInterp : Engine::kJit;
}

Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program& program, Engine engine) {
  const auto problems = ir::validate(program, stdlib::functions());
  if (!problems.empty()) return Error{ErrorKind::kInternal, "the compiled program is not valid: " + problems.front(), ""};
  auto kernels = std::make_unique<Kernels>();
  std::string error;
  kernels->prepared_ = interp::prepare_objects(program, error);
  if (kernels->prepared_ == nullptr) return Error{ErrorKind::kInternal, "a constant of the spec could not be prepared: " + error, ""};
  if (engine != Engine::kInterp) {
    const codegen::Library* library = codegen::Library::open(codegen::default_library_path(), error);
    if (library != nullptr) {
      codegen::Request request;
      request.program = &program;
      request.functions = stdlib::functions();
      request.prepared = kernels->prepared_;
      request.bodies = stdlib::bitcode();
      request.level = engine == Engine::kJitFast ? 0 : 2;
      codegen::Timings timings;
      kernels->set_ = library->compile(request, timings, error);
    }
    if (kernels->set_ == nullptr && engine != Engine::kAuto) {
      return Error{ErrorKind::kConfig, "the JIT is not available: " + error, "use --engine=interp, or install libmigc_jit.so beside migc"};
    }
    if (kernels->set_ == nullptr) kernels->note_ = "the JIT is not available, so the interpreter is used: " + error;
  }
  if (kernels->set_ == nullptr) kernels->set_ = std::make_unique<interp::Interpreter>(program, stdlib::functions(), kernels->prepared_);
  return kernels;
}

}  // namespace mig::driver
