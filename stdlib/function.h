// The table of standard-library functions: how the interpreter and the JIT find and call them.
//
// A function is written once:
//     MIG_FUNCTION(text_lower)(mig::Context& context, mig::Text& result, const mig::Text& text) { ...; return mig::Status::kOk; }
// and listed once in function_table.def. It has C linkage (symbol `mig_text_lower`), is compiled natively for the interpreter and by clang
// to bitcode for the JIT, which links and inlines it. It must not throw, and touches no global state.
//
// Parameter shapes (the ABI is derived from the C++ type; a test compares it with the declaration in stdlib/*.mig):
//   bool, int64_t, double, int128, Text, List, Map  by const reference: a non-null value's payload
//   Cell by const reference: a nullable value, a `scalar`, or a generic element (state says whether there is a value)
//   Closure by const reference: a lambda
//   a prepared object (const DateFormats&, ...): built once from constant arguments by stdlib/prepared.h
// The result comes first, as a reference of the same shapes; a Cell result must set `state`.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/types/context.h"

#define MIG_FUNCTION(name) extern "C" mig::Status mig_##name

namespace mig::stdlib {

enum class Shape : uint8_t { kBool, kInt, kReal, kDecimal, kText, kList, kMap, kCell, kClosure, kPrepared };

using FunctionId = uint32_t;

struct Function {
  std::string_view name;  // as in `intrinsic("text_lower")`
  const char* symbol;     // "mig_text_lower"
  const void* address;    // native body
  Shape result;
  std::span<const Shape> parameters;
  /// Calls the native body with pointers to payloads (or Cells, Closures, prepared objects), in order.
  Status (*invoke)(Context& context, void* result, const void* const* arguments);
};

/// All functions, in table order; FunctionId is the index.
std::span<const Function> functions();
/// The function with this intrinsic name, or -1.
int64_t find_function(std::string_view name);

}  // namespace mig::stdlib
