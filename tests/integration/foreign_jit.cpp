// A code generator of another build: the right symbols with another mark, and nothing that may be called.
#include <cstdlib>

extern "C" {
extern const char* const mig_jit_build __attribute__((visibility("default")));
const char* const mig_jit_build = "0.1.0+0000000000000000";
__attribute__((visibility("default"))) void mig_jit_create() { std::abort(); }
__attribute__((visibility("default"))) void mig_jit_target() { std::abort(); }
}
