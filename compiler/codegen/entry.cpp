#include "compiler/codegen/build_mark.h"
#include "compiler/codegen/session.h"

extern "C" {

extern const char* const mig_jit_build __attribute__((visibility("default")));
const char* const mig_jit_build = mig::codegen::kBuildMark;

__attribute__((visibility("default"))) mig::KernelSet* mig_jit_create(const mig::codegen::Request& request, mig::codegen::Timings& timings,
                                                                      std::string& error);
mig::KernelSet* mig_jit_create(const mig::codegen::Request& request, mig::codegen::Timings& timings, std::string& error) {
  return mig::codegen::compile(request, timings, error).release();
}

__attribute__((visibility("default"))) void mig_jit_target(std::string& description);
void mig_jit_target(std::string& description) { description = mig::codegen::describe_target(); }
}
