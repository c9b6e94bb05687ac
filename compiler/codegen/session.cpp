#include "compiler/codegen/session.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <ctime>
#include <mutex>

#include "compiler/codegen/bodies.h"
#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/pipeline.h"

namespace mig::codegen {

namespace {

/// Adds the thread's CPU time since the last call to a figure.
class Stopwatch {
 public:
  void add_to(uint64_t& figure) {
    const uint64_t current = now();
    figure += current - last_;
    last_ = current;
  }

 private:
  static uint64_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_nsec) / 1000;
  }
  uint64_t last_ = now();
};

/// Null with `error` set.
std::unique_ptr<llvm::TargetMachine> target_machine(const Request& request, std::string& error) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  const std::string triple = llvm::sys::getProcessTriple();
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) return nullptr;
  llvm::SubtargetFeatures features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) features.AddFeature(feature.getKey(), feature.getValue());
  llvm::TargetOptions options;
  options.EnableFastISel = true;  // also behind the passes: a quarter less time, and no slower code where most work is in calls
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;  // no fused multiply-add: results are those of the interpreter
  const bool fast = request.level != 0;
  const llvm::CodeGenOptLevel level = fast ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::None;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, llvm::sys::getHostCPUName(), features.getString(), options, llvm::Reloc::PIC_, llvm::CodeModel::Small, level, true));
  if (machine == nullptr) error = "there is no code generator for this processor";
  return machine;
}

bool write_object(llvm::TargetMachine& target, llvm::Module& module, std::string& object, std::string& error) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  llvm::MCContext* context = nullptr;
  if (target.addPassesToEmitMC(passes, context, out)) {
    error = "no object files can be written for this processor";
    return false;
  }
  passes.run(module);
  object.assign(bytes.begin(), bytes.end());
  return true;
}

/// The program as optimised LLVM IR; null with `error` set, or without one when the request was cancelled.
std::unique_ptr<llvm::Module> make_module(const Request& request, const std::vector<uint32_t>& maps, llvm::LLVMContext& context,
                                          llvm::TargetMachine& target, Timings& timings, std::string& error) {
  const auto cancelled = [&request] { return request.cancelled != nullptr && request.cancelled->load(std::memory_order_relaxed); };
  Stopwatch watch;
  Bodies bodies(context, request.level != 0 ? request.bodies : std::string_view());
  watch.add_to(timings.bodies);
  ModuleEmitter emitter(context, request, request.level != 0 ? &bodies : nullptr);
  emitter.module().setDataLayout(target.createDataLayout());
  emitter.module().setTargetTriple(target.getTargetTriple().str());
  for (const uint32_t map : maps) {
    if (cancelled()) return nullptr;
    emitter.emit_map(map);
  }
  emitter.finish();
  watch.add_to(timings.emit);
  if (request.level != 0) timings.inlined += bodies.link_into(emitter.module(), error);
  if (!error.empty()) return nullptr;
  watch.add_to(timings.bodies);
  std::unique_ptr<llvm::Module> module = emitter.take();
  llvm::raw_string_ostream complaint(error);
  if (llvm::verifyModule(*module, &complaint) || cancelled()) return nullptr;
  if (request.level != 0) optimise(*module, target);
  if (request.dump != nullptr) {
    llvm::raw_string_ostream out(*request.dump);
    module->print(out, nullptr);
  }
  watch.add_to(timings.optimise);
  return cancelled() ? nullptr : std::move(module);
}

}  // namespace

bool generate(const Request& request, Timings& timings, std::string& object, std::string& error) {
  Stopwatch watch;
  const std::unique_ptr<llvm::TargetMachine> target = target_machine(request, error);
  if (target == nullptr) return false;
  std::vector<uint32_t> maps = request.maps;
  if (maps.empty()) {
    for (uint32_t map = 0; map < request.program->maps.size(); ++map) maps.push_back(map);
  }
  llvm::LLVMContext context;
  context.setDiscardValueNames(request.dump == nullptr);
  watch.add_to(timings.session);
  const std::unique_ptr<llvm::Module> module = make_module(request, maps, context, *target, timings, error);
  if (module == nullptr) {
    if (error.empty()) error = "cancelled";
    return false;
  }
  Stopwatch generating;
  const bool good = write_object(*target, *module, object, error);
  generating.add_to(timings.generate);
  return good;
}

}  // namespace mig::codegen
