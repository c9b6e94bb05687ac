#include "compiler/codegen/session.h"

#include <llvm/ExecutionEngine/JITLink/EHFrameSupport.h>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/ObjectCache.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>

#include <ctime>
#include <mutex>

#include "compiler/codegen/bodies.h"
#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/pipeline.h"
#include "compiler/codegen/profiler_map.h"
#include "compiler/codegen/symbols.h"
#include "compiler/ir/record_issues.h"

namespace mig::codegen {

namespace {

using KernelFunction = void(Context*, const uint8_t*, uint8_t*, uint32_t, Outcome*);

class JitKernel : public Kernel {
 public:
  JitKernel(KernelFunction* function, const std::vector<ir::Verb>& verbs) : function_(function), verbs_(verbs) {}
  void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
    ir::RecordIssues issues(context, verbs_);
    function_(&context, input, output, count, outcomes);
  }

 private:
  KernelFunction* function_;
  const std::vector<ir::Verb>& verbs_;
};

class JitKernels : public KernelSet {
 public:
  JitKernels(std::unique_ptr<llvm::TargetMachine> target, std::unique_ptr<llvm::orc::LLJIT> jit, const Request& request)
      : target_(std::move(target)),
        jit_(std::move(jit)),
        prepared_(request.prepared),
        verbs_(ir::site_verbs(*request.program)),
        level_(request.level) {
    kernels_.resize(request.program->maps.size());
  }
  const Kernel& kernel(uint32_t map) const override { return *kernels_[map]; }
  const void* const* prepared() const override { return prepared_->pointers.data(); }
  const char* engine() const override { return level_ == 0 ? "jit -O0" : "jit -O2"; }
  void set(uint32_t map, KernelFunction* function) { kernels_[map] = std::make_unique<JitKernel>(function, verbs_); }
  llvm::orc::LLJIT& jit() { return *jit_; }
  llvm::TargetMachine& target() { return *target_; }

 private:
  std::unique_ptr<llvm::TargetMachine> target_;  // the compiler inside jit_ uses it
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::shared_ptr<const ir::PreparedObjects> prepared_;
  std::vector<ir::Verb> verbs_;
  std::vector<std::unique_ptr<JitKernel>> kernels_;
  uint8_t level_;
};

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

/// Leaves out the passes over machine code that gain nothing where most work is in calls: a quarter of the time of generating.
/// LLVM has no other switch for them than its command line's, which is this shared object's own.
void skip_late_passes() {
  static constexpr const char* kArguments[] = {"migc",
                                               "-enable-misched=false",
                                               "-x86-cmov-converter=false",
                                               "-disable-machine-cse",
                                               "-disable-copyprop",
                                               "-disable-machine-sink",
                                               "-disable-machine-dce",
                                               "-disable-lsr",
                                               "-disable-constant-hoisting"};
  llvm::cl::ParseCommandLineOptions(static_cast<int>(std::size(kArguments)), kArguments, "", &llvm::nulls());
}

llvm::Expected<llvm::orc::JITTargetMachineBuilder> target_machine(const Request& request) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    skip_late_passes();
  });
  auto machine = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!machine) return machine.takeError();
  const bool fast = request.level != 0;
  machine->setCodeGenOptLevel(fast ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::None);
  machine->setRelocationModel(llvm::Reloc::PIC_);
  machine->setCodeModel(llvm::CodeModel::Small);
  llvm::TargetOptions& options = machine->getOptions();
  options.EnableFastISel = true;  // also behind the passes: a quarter less time, and no slower code where most work is in calls
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;  // no fused multiply-add: results are those of the interpreter
  return machine;
}

/// Hands out a copy of the object file that is linked.
class ObjectCopy : public llvm::ObjectCache {
 public:
  explicit ObjectCopy(std::string& to) : to_(to) {}
  void notifyObjectCompiled(const llvm::Module*, llvm::MemoryBufferRef object) override {
    to_.assign(object.getBufferStart(), object.getBufferSize());
  }
  std::unique_ptr<llvm::MemoryBuffer> getObject(const llvm::Module*) override { return nullptr; }

 private:
  std::string& to_;
};

/// `target` serves the passes and the compiler: making a second one takes as long as compiling a few fields.
llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> make_jit(const Request& request, llvm::orc::JITTargetMachineBuilder machine,
                                                           llvm::TargetMachine& target, llvm::ObjectCache* copy) {
  const bool for_profilers = request.for_profilers;
  return llvm::orc::LLJITBuilder()
      .setJITTargetMachineBuilder(std::move(machine))
      .setLinkProcessSymbolsByDefault(false)
      .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
      .setCompileFunctionCreator(
          [&target,
           copy](const llvm::orc::JITTargetMachineBuilder&) -> llvm::Expected<std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> {
            return std::make_unique<llvm::orc::SimpleCompiler>(target, copy);
          })
      .setObjectLinkingLayerCreator([for_profilers](llvm::orc::ExecutionSession& session,
                                                    const llvm::Triple&) -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
        // Pages are written, then sealed as read-only or executable, never both.
        auto memory = llvm::jitlink::InProcessMemoryManager::Create();
        if (!memory) return memory.takeError();
        auto layer = std::make_unique<llvm::orc::ObjectLinkingLayer>(session, std::move(*memory));
        layer->addPlugin(
            std::make_shared<llvm::orc::EHFrameRegistrationPlugin>(session, std::make_unique<llvm::jitlink::InProcessEHFrameRegistrar>()));
        if (for_profilers) layer->addPlugin(profiler_map());
        return layer;
      })
      .create();
}

llvm::Error link_symbols(llvm::orc::LLJIT& jit, const Request& request) {
  llvm::orc::SymbolMap symbols;
  for (const auto& [name, address] : allowed_symbols(request.functions)) {
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
  }
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

/// The program as optimised LLVM IR; null with `error` set, or without one when the request was cancelled.
std::unique_ptr<llvm::Module> make_module(const Request& request, const std::vector<uint32_t>& maps, llvm::LLVMContext& context,
                                          llvm::orc::LLJIT& jit, llvm::TargetMachine& target, Timings& timings, std::string& error) {
  const auto cancelled = [&request] { return request.cancelled != nullptr && request.cancelled->load(std::memory_order_relaxed); };
  Stopwatch watch;
  Bodies bodies(context, request.level != 0 ? request.bodies : std::string_view());
  watch.add_to(timings.bodies);
  ModuleEmitter emitter(context, request, request.level != 0 ? &bodies : nullptr);
  emitter.module().setDataLayout(jit.getDataLayout());
  emitter.module().setTargetTriple(jit.getTargetTriple().str());
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

std::string describe_target() {
  std::string text = llvm::sys::getHostCPUName().str();
  std::vector<std::string> names;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    if (feature.getValue()) names.push_back(feature.getKey().str());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) text += "," + name;
  return text;
}

std::unique_ptr<KernelSet> compile(const Request& request, Timings& timings, std::string& error) {
  Stopwatch watch;
  const auto refused = [&error](llvm::Error failed) {
    error = llvm::toString(std::move(failed));
    return nullptr;
  };
  auto machine = target_machine(request);
  if (!machine) return refused(machine.takeError());
  auto target = machine->createTargetMachine();
  if (!target) return refused(target.takeError());
  std::string unwanted;
  ObjectCopy copy(request.produced != nullptr ? *request.produced : unwanted);
  auto jit = make_jit(request, std::move(*machine), **target, request.produced != nullptr ? &copy : nullptr);
  if (!jit) return refused(jit.takeError());
  // Every failure comes back from the lookup below too; nothing of it may go to standard error.
  (*jit)->getExecutionSession().setErrorReporter([](llvm::Error failed) { llvm::consumeError(std::move(failed)); });
  if (llvm::Error failed = link_symbols(**jit, request)) return refused(std::move(failed));
  auto kernels = std::make_unique<JitKernels>(std::move(*target), std::move(*jit), request);
  watch.add_to(timings.session);

  std::vector<uint32_t> maps = request.maps;
  if (maps.empty()) {
    for (uint32_t map = 0; map < request.program->maps.size(); ++map) maps.push_back(map);
  }
  if (request.object.empty()) {
    auto llvm_context = std::make_unique<llvm::LLVMContext>();
    llvm_context->setDiscardValueNames(request.dump == nullptr);
    std::unique_ptr<llvm::Module> module = make_module(request, maps, *llvm_context, kernels->jit(), kernels->target(), timings, error);
    if (module == nullptr) {
      if (error.empty()) error = "cancelled";
      return nullptr;
    }
    llvm::orc::ThreadSafeModule safe(std::move(module), std::move(llvm_context));
    if (llvm::Error failed = kernels->jit().addIRModule(std::move(safe))) return refused(std::move(failed));
  } else {
    auto object = llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(request.object.data(), request.object.size()), "cached");
    if (llvm::Error failed = kernels->jit().addObjectFile(std::move(object))) return refused(std::move(failed));
  }
  Stopwatch generating;
  for (const uint32_t map : maps) {
    auto address = kernels->jit().lookup(ModuleEmitter::kernel_symbol(map));
    if (!address) return refused(address.takeError());
    kernels->set(map, address->toPtr<KernelFunction*>());
  }
  generating.add_to(timings.generate);
  return kernels;
}

}  // namespace mig::codegen
