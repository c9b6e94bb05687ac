#include "compiler/codegen/symbols.h"

#include <cmath>
#include <cstring>

#include "compiler/codegen/module_emitter.h"
#include "compiler/ir/record_issues.h"
#include "compiler/ir/values.h"
#include "runtime/types/text_memo.h"

// What the code generator itself refers to for operations that the processor does not have.
extern "C" {
mig::int128 __divti3(mig::int128 a, mig::int128 b);
mig::int128 __modti3(mig::int128 a, mig::int128 b);
mig::uint128 __udivti3(mig::uint128 a, mig::uint128 b);
mig::uint128 __umodti3(mig::uint128 a, mig::uint128 b);
double __floattidf(mig::int128 a);
double __floatuntidf(mig::uint128 a);
mig::int128 __fixdfti(double a);
mig::uint128 __fixunsdfti(double a);
}

namespace mig::codegen {

namespace {

void raise(Context* context, uint32_t site) { ir::raise(*context, site); }
void raise_with(Context* context, uint32_t site, const Text* cause) { ir::raise_with(*context, site, *cause); }
void* allocate(Context* context, uint64_t size) { return arena_allocate(*context, size); }
using OfText = Status(Context*, Text*, const char*, uint64_t);
/// What the function makes of the text, from the worker's memo where it is there.
Status recall(Context* context, Text* result, const char* data, uint64_t size, uint32_t function, OfText* compute) {
  TextMemo* const memo = context->memo;
  if (memo == nullptr || size > TextMemo::kMostText || memo->is_off()) return compute(context, result, data, size);
  if (memo->find(function, data, size, *result)) return Status::kOk;
  const Status status = compute(context, result, data, size);
  if (status == Status::kOk) memo->keep(function, data, size, *result);
  return status;
}
void row_position(Context* context, Text* result) { *result = ir::row_position(*context); }

template <class Function>
const void* address(Function* function) {
  return reinterpret_cast<const void*>(function);
}

}  // namespace

std::vector<std::pair<const char*, const void*>> allowed_symbols(std::span<const stdlib::Function> functions) {
  using Unary = double(double);
  using Binary = double(double, double);
  std::vector<std::pair<const char*, const void*>> symbols = {
      {kRaiseSymbol, address(&raise)},
      {kRaiseWithSymbol, address(&raise_with)},
      {kAllocateSymbol, address(&allocate)},
      {kRecallSymbol, address(&recall)},
      {kPositionSymbol, address(&row_position)},
      {"memcpy", address(&std::memcpy)},
      {"memmove", address(&std::memmove)},
      {"memset", address(&std::memset)},
      {"memcmp", address(&std::memcmp)},
      {"bcmp", address(&std::memcmp)},
      {"__divti3", address(&__divti3)},
      {"__modti3", address(&__modti3)},
      {"__udivti3", address(&__udivti3)},
      {"__umodti3", address(&__umodti3)},
      {"__floattidf", address(&__floattidf)},
      {"__floatuntidf", address(&__floatuntidf)},
      {"__fixdfti", address(&__fixdfti)},
      {"__fixunsdfti", address(&__fixunsdfti)},
      {"floor", address(static_cast<Unary*>(&std::floor))},
      {"ceil", address(static_cast<Unary*>(&std::ceil))},
      {"trunc", address(static_cast<Unary*>(&std::trunc))},
      {"round", address(static_cast<Unary*>(&std::round))},
      {"rint", address(static_cast<Unary*>(&std::rint))},
      {"nearbyint", address(static_cast<Unary*>(&std::nearbyint))},
      {"fmod", address(static_cast<Binary*>(&std::fmod))},
      {"fmin", address(static_cast<Binary*>(&std::fmin))},
      {"fmax", address(static_cast<Binary*>(&std::fmax))},
  };
  for (const stdlib::Function& function : functions) symbols.emplace_back(function.symbol, function.address);
  return symbols;
}

}  // namespace mig::codegen
