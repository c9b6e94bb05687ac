// The native bodies that profit from inlining, as LLVM bitcode inside the program. A library of its own: mig_stdlib_bitcode.
#pragma once

#include <string_view>

namespace mig::stdlib {

/// One linked module; lives as long as the program. Bodies that are not in it are called by Function::address.
std::string_view bitcode();

}  // namespace mig::stdlib
