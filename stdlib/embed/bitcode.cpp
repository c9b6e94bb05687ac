#include "stdlib/bitcode.h"

// MIGC_STDLIB_BITCODE is the path of the linked module, given by the build.
asm(".section .rodata\n"
    ".balign 16\n"
    ".global mig_stdlib_bitcode_begin\n"
    "mig_stdlib_bitcode_begin:\n"
    ".incbin \"" MIGC_STDLIB_BITCODE
    "\"\n"
    ".global mig_stdlib_bitcode_end\n"
    "mig_stdlib_bitcode_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char mig_stdlib_bitcode_begin[];
extern const char mig_stdlib_bitcode_end[];
}

namespace mig::stdlib {

std::string_view bitcode() { return {mig_stdlib_bitcode_begin, static_cast<size_t>(mig_stdlib_bitcode_end - mig_stdlib_bitcode_begin)}; }

}  // namespace mig::stdlib
