#include "compiler/codegen/build_mark.h"
#include "compiler/codegen/session.h"

extern "C" {

extern const char* const mig_jit_build __attribute__((visibility("default")));
const char* const mig_jit_build = mig::codegen::kBuildMark;

__attribute__((visibility("default"))) bool mig_jit_generate(const mig::codegen::Request& request, mig::codegen::Timings& timings,
                                                             std::string& object, std::string& error);
bool mig_jit_generate(const mig::codegen::Request& request, mig::codegen::Timings& timings, std::string& object, std::string& error) {
  return mig::codegen::generate(request, timings, object, error);
}
}
