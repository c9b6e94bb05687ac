// Kernels of an object file.
#include "compiler/codegen/code_image.h"
#include "compiler/codegen/loader.h"
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
  JitKernels(std::unique_ptr<CodeImage> image, const Request& request)
      : image_(std::move(image)), prepared_(request.prepared), verbs_(ir::site_verbs(*request.program)), level_(request.level) {
    kernels_.resize(request.program->maps.size());
  }
  const Kernel& kernel(uint32_t map) const override { return *kernels_[map]; }
  const void* const* prepared() const override { return prepared_->pointers.data(); }
  const char* engine() const override { return level_ == 0 ? "jit -O0" : "jit -O2"; }
  bool set(uint32_t map) {
    const void* const address = image_->find(kernel_symbol(map));
    if (address == nullptr) return false;
    kernels_[map] = std::make_unique<JitKernel>(reinterpret_cast<KernelFunction*>(reinterpret_cast<uintptr_t>(address)), verbs_);
    return true;
  }

 private:
  std::unique_ptr<CodeImage> image_;
  std::shared_ptr<const ir::PreparedObjects> prepared_;
  std::vector<ir::Verb> verbs_;
  std::vector<std::unique_ptr<JitKernel>> kernels_;
  uint8_t level_;
};

}  // namespace

std::unique_ptr<KernelSet> link(const Request& request, std::string_view object, std::string& error) {
  std::unique_ptr<CodeImage> image = CodeImage::link(object, allowed_symbols(request.functions), error);
  if (image == nullptr) return nullptr;
  if (request.for_profilers) write_profiler_map(*image);
  auto kernels = std::make_unique<JitKernels>(std::move(image), request);
  const auto set = [&](uint32_t map) {
    if (kernels->set(map)) return true;
    error = "the compiled code has no " + kernel_symbol(map);
    return false;
  };
  bool good = true;
  for (uint32_t map = 0; request.maps.empty() && map < request.program->maps.size(); ++map) good = good && set(map);
  for (const uint32_t map : request.maps) good = good && set(map);
  return good ? std::move(kernels) : nullptr;
}

}  // namespace mig::codegen
