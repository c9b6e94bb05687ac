// The outside symbols that compiled code may refer to: an explicit list, nothing of the process is searched. Private to the code generator.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stdlib/function.h"

namespace mig::codegen {

/// Symbols of the code generator's own that compiled code calls, beside stdlib functions.
constexpr const char* kRaiseSymbol = "mig_jit_raise";            // void (Context*, u32 site)
constexpr const char* kRaiseWithSymbol = "mig_jit_raise_with";   // void (Context*, u32 site, const Text*)
constexpr const char* kAllocateSymbol = "mig_jit_allocate";      // void* (Context*, u64 bytes)
constexpr const char* kRecallSymbol = "mig_jit_recall";          // Status (Context*, Text*, text, u64 size, u32 function, its address)
constexpr const char* kPositionSymbol = "mig_jit_row_position";  // void (Context*, Text*)

/// The function of a map: void (Context*, input frames, output frames, u32 count, Outcome*).
inline std::string kernel_symbol(uint32_t map) { return "mig_kernel_" + std::to_string(map); }

std::vector<std::pair<const char*, const void*>> allowed_symbols(std::span<const stdlib::Function> functions);

}  // namespace mig::codegen
