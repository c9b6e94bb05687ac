// Compiled with AVX2; called only where the processor has it.
#if defined(__x86_64__)
#include "runtime/base/content_hash_body.inc"

namespace mig::content_hash {
const Functions kAvx2 = {create, destroy, reset, update, digest};
}
#endif
